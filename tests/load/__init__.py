"""Many people at once: `python -m tests.load`; behind nginx: `python -m tests.load.cluster`."""
