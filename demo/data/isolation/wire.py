"""What parent and child say to each other, and the limits that both know.

parent: length, file  ->  child
parent  <-  TAKEN, then OPENED, STRIP, STRIP, ..., END; END has a sentence where it failed
"""

import struct
from typing import IO

from demo.data.decoding import PROMISE

CPU_SECONDS = 2.0
"""Of the processor, for one picture: fair on a busy machine, where a second takes longer."""
WALL_SECONDS = 15.0
MEMORY = 512 * 2**20
LIBRARIES = 48 * 2**20
"""Of `MEMORY`: what the code of Python and of the decoders takes, which no limit counts."""

TAKEN, OPENED, STRIP, END = b"TOSE"
FRAME = struct.Struct("<BI")
HEADER = struct.Struct("<IIB")
LENGTH = struct.Struct("<I")
COST = struct.Struct("<dQ")
PIPE = 1 << 20
"""Bytes that a pipe holds, where it can be told to: fewer turns between the processes."""

TOO_SLOW = (
    f"This picture takes more than {CPU_SECONDS:g} seconds to open, which is the most that one "
    f"picture gets, and pictures of {PROMISE} take less: save it smaller and try again."
)
TOO_LARGE = (
    f"This picture needs more than {MEMORY // 2**20} MB of memory to open, which is the most that "
    "one picture gets: save it smaller and try again."
)
NOT_NOW = "Pictures cannot be opened on this machine just now: try again in a moment."


def frame(pipe: IO[bytes]) -> tuple[int, bytes]:
    """The next kind and body. Raises EOFError where the other end is gone."""
    kind, length = FRAME.unpack(read(pipe, FRAME.size))
    return kind, read(pipe, length)


def read(pipe: IO[bytes], length: int) -> bytes:
    """So many bytes. Raises EOFError where the other end is gone."""
    data = pipe.read(length)
    if len(data) != length:
        raise EOFError
    return data


def send(pipe: IO[bytes], kind: int, body: bytes = b"") -> None:
    """Write one frame to a pipe that has no buffer."""
    pipe.write(FRAME.pack(kind, len(body)))
    rest = memoryview(body)
    while rest:
        rest = rest[pipe.write(rest) :]
