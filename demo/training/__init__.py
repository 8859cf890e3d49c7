"""The one training loop, what it trains against, and the recipes."""
