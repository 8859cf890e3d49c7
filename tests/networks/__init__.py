"""The tests of the room `demo/networks/`."""
