"""Seeded damage: flipped bits, cut and spliced files, lying lengths, chunks out of place."""

import itertools
import random
import struct
import zlib
from collections.abc import Callable, Iterator

TELLING = (0, 1, 2, 3, 4, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 65536,
           2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)  # fmt: skip
"""Numbers at which sizes and counts go wrong."""

Parts = list[bytes]
Mutation = Callable[[random.Random, bytes, list[bytes]], bytes]


def flipped_bits(dice: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """One to forty bits, anywhere."""
    damaged = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 12, 40))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def other_bytes(dice: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """A run of bytes that are all 0, all 255, or drawn."""
    damaged, length = bytearray(data), dice.choice((1, 2, 4, 8, 64))
    at = dice.randrange(len(damaged))
    kinds = (bytes(length), b"\xff" * length, dice.randbytes(length))
    damaged[at : at + length] = dice.choice(kinds)
    return bytes(damaged)


def cut(dice: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """The file ends too soon, or a piece of its middle is missing."""
    a, b = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[:a] if dice.random() < 0.5 else data[:a] + data[b:]


def repeated(dice: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """A piece comes several times."""
    a, b = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[:b] + data[a:b] * dice.choice((1, 2, 30)) + data[b:]


def spliced(dice: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """It begins as one file and goes on as another."""
    other = dice.choice(others)
    return data[: dice.randrange(len(data))] + other[dice.randrange(len(other)) :]


def lying_number(dice: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """A number of two or four bytes, near the beginning rather than far from it, is another."""
    damaged = bytearray(data)
    near = min(len(damaged), dice.choice((64, 256, len(damaged))))
    for _ in range(dice.choice((1, 1, 2))):
        at, order = dice.randrange(near), dice.choice("<>")
        value, kind = dice.choice(TELLING), dice.choice("HI")
        number = struct.pack(order + kind, value % (65536 if kind == "H" else 2**32))
        damaged[at : at + len(number)] = number
    return bytes(damaged)


def chunks_out_of_place(dice: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """The file's own chunks, one of them damaged, doubled, missing, moved or another file's.

    Checksums and lengths of PNG are made right again, so that what is inside is read.
    """
    take_apart, put_together = _structure(data)
    parts = take_apart(data)
    if len(parts) < 2:
        return lying_number(dice, data, others)
    i, j = dice.randrange(len(parts)), dice.randrange(len(parts))
    what = dice.choice(("damage", "damage", "damage", "double", "lose", "move", "borrow"))
    if what == "damage" and parts[i]:
        hurt = dice.choice((flipped_bits, lying_number, cut, repeated))
        parts[i] = hurt(dice, parts[i], others)
    elif what == "double":
        parts[i:i] = [parts[j]] * dice.choice((1, 2, 50))
    elif what == "lose":
        del parts[i]
    elif what == "move":
        parts.insert(j, parts.pop(i))
    else:
        other = dice.choice(others)
        parts.insert(i, dice.choice([other, *_structure(other)[0](other)]))
    return put_together(parts)


def _structure(data: bytes) -> tuple[Callable[[bytes], Parts], Callable[[Parts], bytes]]:
    if data.startswith(b"\x89PNG"):
        return _png_apart, _png_together
    if data.startswith(b"\xff\xd8"):
        return _jpeg_apart, b"".join
    if data[4:8] == b"ftyp":
        return _boxes_apart, b"".join
    if data.startswith(b"RIFF"):
        return _riff_apart, _riff_together
    if data[:2] in (b"II", b"MM"):
        return _tiff_apart, b"".join
    return lambda data: [data[:16], data[16:64], data[64:]], b"".join


def _png_apart(data: bytes) -> Parts:
    parts, at = [], 8
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        parts.append(data[at + 4 : at + 8 + length])
        at += 12 + length
    return parts


def _png_together(parts: Parts) -> bytes:
    chunks = (struct.pack(">I", max(0, len(p) - 4)) + p + struct.pack(">I", zlib.crc32(p))
              for p in parts)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _jpeg_apart(data: bytes) -> Parts:
    """Marker by marker; what follows the start of a scan is one part with it."""
    places = [i for i in range(len(data) - 1)
              if data[i] == 255 and data[i + 1] not in (0, 255, *range(0xD0, 0xD8))]  # fmt: skip
    return [data[a:b] for a, b in itertools.pairwise([*places, len(data)])]


def _boxes_apart(data: bytes) -> Parts:
    """Boxes, and those in the box `meta`, whose header is a part of its own."""
    parts, at = [], 0
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if length < 8:
            break
        kind = data[at + 4 : at + 8]
        into = 12 if kind == b"meta" else 8 if kind in (b"iprp", b"ipco", b"moov") else length
        parts.append(data[at : at + into])
        at += into
    return [*parts, data[at:]]


def _riff_apart(data: bytes) -> Parts:
    parts, at = [], 12
    while at + 8 <= len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        end = at + 8 + length + length % 2
        parts.append(data[at:end])
        at = end
    return parts


def _riff_together(parts: Parts) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _tiff_apart(data: bytes) -> Parts:
    """Header and pixels, then the first directory's entries of twelve bytes each."""
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack(order + "I", data[4:8].ljust(4, b"\0"))
    (count,) = struct.unpack(order + "H", data[start : start + 2].ljust(2, b"\0"))
    first = start + 2
    entries = [data[first + 12 * i : first + 12 * i + 12] for i in range(min(count, 64))]
    return [data[:first], *entries, data[first + 12 * len(entries) :]]


MUTATIONS: tuple[Mutation, ...] = (
    flipped_bits, other_bytes, cut, repeated, spliced, lying_number, lying_number,
    chunks_out_of_place, chunks_out_of_place, chunks_out_of_place,
)  # fmt: skip


def mutated(seeds: dict[str, bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` damaged files, each with a name that tells how it was made: seeds in turn."""
    dice, names, files = random.Random(seed), list(seeds), list(seeds.values())
    for number in range(count):
        name = names[number % len(names)]
        data, done = seeds[name], []
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            mutation = dice.choice(MUTATIONS)
            data = mutation(dice, data, files) or data[:1]
            done.append(mutation.__name__)
        yield f"{number}: {name}: {' '.join(done)}", data
