"""The child: `python -m demo.data.isolation SECONDS` opens what comes in, within its limits."""

import contextlib
import os
import re
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import IO

from demo.data import decoding
from demo.data.isolation import wire


def serve(cpu_seconds: float) -> None:
    """Be the child: open what comes in, until nobody is there any more."""
    pipe = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no part of an answer
    _limit()
    warnings.simplefilter("ignore")
    while header := sys.stdin.buffer.read(wire.LENGTH.size):
        data = wire.read(sys.stdin.buffer, *wire.LENGTH.unpack(header))
        wire.send(pipe, wire.TAKEN)
        start = time.process_time()
        _alarm(cpu_seconds)
        sentence = _opened(pipe, data)
        _alarm(0)
        cost = wire.COST.pack(time.process_time() - start, _peak())
        wire.send(pipe, wire.END, cost + sentence.encode())
        if sentence == wire.TOO_LARGE:
            return  # a heap that was full: the next picture gets a new one


def _opened(pipe: IO[bytes], data: bytes) -> str:
    """Send the picture; the sentence why not, if anything is wrong with it."""
    try:
        found = decoding.opened(data)
        wire.send(pipe, wire.OPENED, wire.HEADER.pack(*found.size, found.orientation))
        for strip in found.strips:
            wire.send(pipe, wire.STRIP, strip.tobytes())
    except MemoryError:
        return wire.TOO_LARGE
    except ValueError as error:
        return str(error)
    return ""


def _limit() -> None:
    """Let the operating system hold this process to its limits, as far as it has them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends this
    if sys.platform == "win32":
        return
    import resource

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    counted = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    for limit, most in ((counted, wire.MEMORY - wire.LIBRARIES), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_FSIZE, 0)):  # fmt: skip
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


def _alarm(seconds: float) -> None:
    """Let the operating system end this process after so much of the processor; 0 calls it off."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _peak() -> int:
    """Bytes of memory that this process had at the most; 0 where that cannot be told."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    return 0


if __name__ == "__main__":
    serve(float(sys.argv[1]))
