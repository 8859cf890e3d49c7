"""One page a topic: controls -> store -> figures -> what is shown."""
