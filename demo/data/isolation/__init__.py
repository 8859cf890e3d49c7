"""A process of its own that opens pictures: what a file does to its decoder, it does to that alone.

One small child, started when the first picture comes and kept; it is started again when it died.
Each picture has `CPU_SECONDS` of the processor and the child `MEMORY` of memory, both enforced by
the operating system, so a decoder that hangs in C is stopped too; the wall clock is for one that
waits. Windows has no such limits: there the wall clock alone stops it.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from demo.data import decoding
from demo.data.isolation import wire


class Spent(NamedTuple):
    """What the last picture cost the child: seconds of the processor, bytes at the most so far."""

    seconds: float
    memory: int


class Decoder:
    """A child process, and what happened to those before it. Threads take turns.

    timeouts, deaths: children stopped by a limit of time, and those that ended otherwise.
    """

    def __init__(
        self,
        cpu_seconds: float = wire.CPU_SECONDS,
        wall_seconds: float = wire.WALL_SECONDS,
        program: tuple[str, ...] = ("-m", "demo.data.isolation"),
    ) -> None:
        """program: what Python runs in the child."""
        self.timeouts = self.deaths = 0
        self.spent = Spent(0.0, 0)
        self._wall_seconds = wall_seconds
        self._command = (sys.executable, *program, str(cpu_seconds))
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def decoded(self, data: bytes) -> Image.Image:
        """The picture in a file: its first frame, upright, on white, in sRGB, at full size.

        Whatever is wrong with the file, and whatever it does to its decoder, is a `ValueError`
        whose one sentence is for the person who sent it.
        """
        decoding.refuse_by_size(data)
        with self._turn:
            for _ in range(2):  # a child that died while nobody asked is not the picture's fault
                with contextlib.suppress(_NotTaken):
                    return self._asked(data)
        raise ValueError(wire.NOT_NOW)

    def close(self) -> None:
        """End the child; the next picture starts another."""
        with self._turn:
            self._end()

    def _asked(self, data: bytes) -> Image.Image:
        child = self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self._wall_seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer, self.spent = _answer(child, data)
        except (EOFError, OSError) as error:
            raise ValueError(self._mourned(late.is_set())) from error
        except MemoryError as error:  # of this process
            self._end()
            raise ValueError(wire.TOO_LARGE) from error
        except (_NotTaken, KeyboardInterrupt, SystemExit):
            self._end()  # half an answer is on its way: the next must not be taken for it
            raise
        finally:
            timer.cancel()
        if isinstance(answer, str):
            raise ValueError(answer)
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, pipesize=wire.PIPE, cwd=Path(__file__).parents[3],
                env=os.environ | one_thread,
            )  # fmt: skip
        return self._child

    def _mourned(self, late: bool) -> str:
        """The child died of a picture: count it, and say what the person can do."""
        assert self._child is not None
        status = self._child.wait()
        self._end()
        if late or (os.name == "posix" and -status in (signal.SIGPROF, signal.SIGXCPU)):
            self.timeouts += 1
            return wire.TOO_SLOW
        self.deaths += 1
        return decoding.DAMAGED_OR_TOO_LARGE

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):  # what could not be sent
                    assert pipe is not None
                    pipe.close()


class _NotTaken(Exception):
    """The child ended before it had the whole file."""


def _answer(child: subprocess.Popen[bytes], data: bytes) -> tuple[Image.Image | str, Spent]:
    """The picture or a sentence. EOFError or OSError where the child ends in the middle."""
    assert child.stdin is not None and child.stdout is not None
    try:
        child.stdin.write(wire.LENGTH.pack(len(data)) + data)
        child.stdin.flush()
        wire.frame(child.stdout)
    except (EOFError, OSError) as error:
        raise _NotTaken from error
    canvas, width = decoding.Canvas((1, 1), 1), 1
    while (frame := wire.frame(child.stdout))[0] != wire.END:
        if frame[0] == wire.OPENED:
            width, height, orientation = wire.HEADER.unpack(frame[1])
            canvas = decoding.Canvas((width, height), orientation)
        else:
            rows = len(frame[1]) // (3 * width)
            canvas.add(Image.frombytes("RGB", (width, rows), frame[1]))
    cost, sentence = frame[1][: wire.COST.size], frame[1][wire.COST.size :].decode()
    return sentence or canvas.picture, Spent(*wire.COST.unpack(cost))


_DECODER = Decoder()
atexit.register(_DECODER.close)


def decoded(data: bytes) -> Image.Image:
    """As `Decoder.decoded`, by the one child that this process has."""
    return _DECODER.decoded(data)
