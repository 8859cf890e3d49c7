"""The tests, in rooms as the house has them."""

PATIENCE = 600.0
"""Seconds that only a hang exceeds, however busy the machine is."""
