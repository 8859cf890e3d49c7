"""The tests of the room `demo/experiments/`."""
