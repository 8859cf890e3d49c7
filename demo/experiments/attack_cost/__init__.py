"""What an adversarial example costs: four attacks side by side, and what training on them costs."""
