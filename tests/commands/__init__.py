"""The tests of the room `demo/commands/`."""
