"""What the first page measures."""
