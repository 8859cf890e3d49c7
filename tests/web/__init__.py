"""The tests of the room `demo/web/`."""
