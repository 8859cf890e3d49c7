"""Python under bad stars: no file can be written, and the clock can be set back.

Loaded before anything else where this folder is on PYTHONPATH. From the start no file grows by
one byte, as on a full disk, whichever folder it lies in; the log goes through a pipe. `time.time`
goes back an hour as soon as the file that SET_BACK names exists.
"""

import contextlib
import os
import resource
import subprocess
import time

if os.environ.pop("LOG_BY_PIPE", None):
    writer = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    assert writer.stdin is not None
    for stream in (1, 2):
        os.dup2(writer.stdin.fileno(), stream)
    writer.stdin.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

_right = time.time


def _set_back() -> float:
    with contextlib.suppress(KeyError, OSError):
        os.stat(os.environ["SET_BACK"])
        return _right() - 3600
    return _right()


time.time = _set_back
