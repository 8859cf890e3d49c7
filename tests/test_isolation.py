"""`demo.isolation`: whatever a decoder does, the server goes on and one sentence says so."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from demo import decoding, isolation
from demo.isolation import wire

posix = pytest.mark.skipif(os.name != "posix", reason="the limits are the operating system's")
SLEEPY = ("-c", "import time; time.sleep(60)")


def replaced(what: str) -> tuple[str, ...]:
    """The child with another `decoding.opened`."""
    imports = "import os, sys, time; from demo import decoding; from demo.isolation import __main__"
    return ("-c", f"{imports}\n{what}\n__main__.serve(float(sys.argv[1]))")


FAULTS = {
    "a crash in C": "decoding.opened = lambda data: os.abort()",
    "a decoder that never ends": "def opened(data):\n  while True: pass\ndecoding.opened = opened",
    "a decoder that waits": "decoding.opened = lambda data: time.sleep(60)",
    "too much memory": "decoding.opened = lambda data: bytearray(500 * 2**20)",
    "an end in the middle": (
        "true = decoding.opened\n"
        "def opened(data):\n"
        "  found = true(data)\n"
        "  def strips():\n"
        "    yield next(found.strips)\n"
        "    os._exit(0)\n"
        "  return decoding.Opened(found.size, 1, strips())\n"
        "decoding.opened = opened"
    ),
}


def noise(width: int, height: int) -> Image.Image:
    levels = np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def saved(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


@pytest.fixture
def decoder() -> Iterator[isolation.Decoder]:
    made = isolation.Decoder()
    yield made
    made.close()


def sentence(decoder: isolation.Decoder, data: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        decoder.decoded(data)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    return str(caught.value)


def number(decoder: isolation.Decoder) -> int:
    """The process number of the child that is there."""
    assert decoder._child is not None
    return decoder._child.pid


@pytest.mark.parametrize("orientation", range(1, 9))
def test_strips_put_together_are_the_picture_turned_as_a_whole(
    decoder: isolation.Decoder, orientation: int
) -> None:
    picture, exif = noise(600, 1100), Image.Exif()
    exif[decoding.ORIENTATION] = orientation
    turn = decoding.TURNS.get(orientation)
    expected = picture if turn is None else picture.transpose(turn)
    data = saved(picture, exif=exif.tobytes())
    assert picture.width * picture.height > 2 * decoding.STRIP
    for got in (decoder.decoded(data), decoding.decoded(data)):
        assert np.array_equal(got, expected)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_the_brightest_value_of_a_deep_grey_is_looked_for_in_all_strips(
    decoder: isolation.Decoder, dtype: type
) -> None:
    levels = np.zeros((1100, 600), dtype)
    levels[1000, 300] = 65535 if dtype is np.uint16 else 510
    levels[0, 0] = levels.max() / 5
    got = np.array(decoder.decoded(saved(Image.fromarray(levels), "TIFF")))
    assert got[1000, 300].tolist() == [255] * 3 and got[0, 0].tolist() == [51] * 3


def test_the_child_loads_neither_torch_nor_streamlit() -> None:
    code = "import sys, demo.isolation; print(sorted({n.split('.')[0] for n in sys.modules}))"
    root = Path(__file__).parent.parent
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert "'PIL'" in loaded.stdout
    assert not {"'torch'", "'streamlit'", "'timm'", "'scipy'"} & set(loaded.stdout.split(", "))


def test_one_child_serves_picture_after_picture(decoder: isolation.Decoder) -> None:
    decoder.decoded(saved(noise(30, 20)))
    first = number(decoder)
    assert "damaged" in sentence(decoder, saved(noise(30, 20))[:200])
    decoder.decoded(saved(noise(31, 20)))
    assert number(decoder) == first
    assert (decoder.timeouts, decoder.deaths) == (0, 0)
    assert 0 <= decoder.spent.seconds < wire.CPU_SECONDS
    if sys.platform == "linux":
        assert 10 * 2**20 < decoder.spent.memory < 100 * 2**20


def test_a_child_that_died_meanwhile_is_replaced_and_nobody_notices(
    decoder: isolation.Decoder,
) -> None:
    picture = noise(30, 20)
    decoder.decoded(saved(picture))
    os.kill(number(decoder), getattr(signal, "SIGKILL", signal.SIGTERM))
    assert np.array_equal(decoder.decoded(saved(picture)), picture)
    assert decoder.deaths == 0


@posix
@pytest.mark.parametrize(
    ("fault", "words", "count"),
    [
        ("a crash in C", "damaged, or it needs more memory", (0, 1)),
        ("a decoder that never ends", "more than 2 seconds", (1, 0)),
        ("a decoder that waits", "more than 2 seconds", (1, 0)),
        ("too much memory", "more than 512 MB of memory", (0, 0)),
        ("an end in the middle", "damaged, or it needs more memory", (0, 1)),
    ],
)
def test_a_fault_of_the_decoder_is_one_sentence_and_the_next_child_is_another(
    fault: str, words: str, count: tuple[int, int]
) -> None:
    decoder = isolation.Decoder(0.3, 2.0, replaced(FAULTS[fault]))
    try:
        picture = saved(noise(600, 1100))
        assert words in sentence(decoder, picture)
        assert (decoder.timeouts, decoder.deaths) == count
        assert words in sentence(decoder, picture)  # the next one is asked, and does the same
    finally:
        decoder.close()


@posix
def test_the_processor_is_limited_in_the_middle_of_a_file_too() -> None:
    decoder = isolation.Decoder(cpu_seconds=0.02)
    try:
        large = saved(Image.new("RGB", (6000, 6000)), compress_level=1)
        assert "more than 2 seconds" in sentence(decoder, large)
        assert decoder.timeouts == 1
        small = noise(8, 8)
        assert np.array_equal(decoder.decoded(saved(small)), small)
    finally:
        decoder.close()


def test_a_child_that_never_begins_is_given_up() -> None:
    decoder = isolation.Decoder(wall_seconds=0.2, program=SLEEPY)
    try:
        assert sentence(decoder, saved(noise(8, 8))) == wire.NOT_NOW
    finally:
        decoder.close()


def test_a_file_that_is_empty_or_too_large_is_not_sent_at_all(decoder: isolation.Decoder) -> None:
    assert "empty" in sentence(decoder, b"")
    assert "at most 10 MB" in sentence(decoder, bytes(decoding.MAX_BYTES + 1))
    assert decoder._child is None


def test_people_who_come_together_each_get_their_own(decoder: isolation.Decoder) -> None:
    sent = [noise(40 + i, 30) for i in range(12)]
    got: dict[int, Image.Image | str] = {}

    def ask(i: int) -> None:
        try:
            got[i] = decoder.decoded(saved(sent[i])[: None if i % 3 else 100])
        except ValueError as error:
            got[i] = str(error)

    people = [threading.Thread(target=ask, args=(i,)) for i in range(len(sent))]
    for person in people:
        person.start()
    for person in people:
        person.join()
    for i, picture in enumerate(sent):
        assert np.array_equal(got[i], picture) if i % 3 else got[i] == decoding.DAMAGED


@posix
def test_the_child_ends_with_the_process_that_started_it() -> None:
    code = (
        "from demo import isolation; from PIL import Image; from io import BytesIO; import os\n"
        "file = BytesIO(); Image.new('RGB', (2, 2)).save(file, 'PNG')\n"
        "isolation.decoded(file.getvalue())\n"
        "print(isolation._DECODER._child.pid, flush=True); os._exit(9)"
    )
    root = Path(__file__).parent.parent
    parent = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    child, end = int(parent.stdout), time.monotonic() + 5
    while time.monotonic() < end and Path(f"/proc/{child}/status").exists():
        if "Z (zombie)" in Path(f"/proc/{child}/status").read_text():
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{child}").exists()
