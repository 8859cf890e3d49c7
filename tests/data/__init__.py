"""The tests of the room `demo/data/`."""
