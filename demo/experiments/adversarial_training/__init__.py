"""What the page on adversarial training measures."""
