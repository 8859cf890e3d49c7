"""The tests of the room `demo/models/`."""
