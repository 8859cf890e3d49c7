"""The tests of the room `demo/training/`."""
