"""The tests of the room `demo/attacks/`."""
