"""One command a topic: the words of a shell -> experiments -> a report. A topic has `add_to`."""
