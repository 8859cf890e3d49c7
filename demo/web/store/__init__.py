"""Every cache, a file a page, and the one worker that computes for everybody in turn.

Cache keys are names, bytes and numbers, so no session sees another's result, and every cache is
bounded.
"""
