"""One command a topic, with `run`: options -> experiments -> a report. `words` parses."""
