"""Growth against dimension: what that page measures."""
