"""`demo.data.isolation`: whatever a decoder does, the server goes on and one sentence says so."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from demo.data import decoding, isolation
from demo.data.decoding import canvas, modes
from demo.data.isolation import wire
from tests import PATIENCE
from tests.decoding.files import noise, saved

posix = pytest.mark.skipif(os.name != "posix", reason="the limits are the operating system's")
SLEEPY = ("-c", "import time; time.sleep(60)")


def replaced(what: str) -> tuple[str, ...]:
    """The child with another `decoding.opened`."""
    imports = "import os, sys, time\nfrom demo.data import decoding\n"
    imports += "from demo.data.isolation import __main__"
    return ("-c", f"{imports}\n{what}\n__main__.serve(float(sys.argv[1]))")


def middle(what: str) -> str:
    """That, after the first strip."""
    return (
        "true = decoding.opened\n"
        "def opened(data):\n"
        "  found = true(data)\n"
        "  def strips():\n"
        "    yield next(found.strips)\n"
        f"    {what}\n"
        "  return decoding.Opened(found.size, 1, strips())\n"
        "decoding.opened = opened"
    )


FAULTS = {
    "a crash in C": "decoding.opened = lambda data: os.abort()",
    "too much memory": "decoding.opened = lambda data: bytearray(500 * 2**20)",
    "an end in the middle": middle("os._exit(0)"),
}
ENDLESS = {
    "from the start": "def opened(data):\n  while True: pass\ndecoding.opened = opened",
    "in the middle of a file": middle("while found.size[0] > 100: pass"),
}


@pytest.fixture
def decoder() -> Iterator[isolation.Decoder]:
    made = isolation.Decoder(PATIENCE, PATIENCE)
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
    exif[canvas.ORIENTATION] = orientation
    turn = canvas.TURNS.get(orientation)
    expected = picture if turn is None else picture.transpose(turn)
    data = saved(picture, exif=exif.tobytes())
    assert picture.width * picture.height > 2 * modes.STRIP
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
    code = "import sys, demo.data.isolation; print(sorted({n.split('.')[0] for n in sys.modules}))"
    root = Path(__file__).parents[2]
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert "'PIL'" in loaded.stdout
    assert not {"'torch'", "'streamlit'", "'timm'", "'scipy'"} & set(loaded.stdout.split(", "))


def test_one_child_serves_picture_after_picture(decoder: isolation.Decoder) -> None:
    decoder.decoded(saved(noise(30, 20)))
    first = number(decoder)
    assert "cut off" in sentence(decoder, saved(noise(30, 20))[:200])
    decoder.decoded(saved(noise(600, 1100)))
    assert number(decoder) == first
    assert (decoder.timeouts, decoder.deaths) == (0, 0)
    assert 0 < decoder.spent.seconds < PATIENCE
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
        ("too much memory", "more than 512 MB of memory", (0, 0)),
        ("an end in the middle", "damaged, or it needs more memory", (0, 1)),
    ],
)
def test_a_fault_of_the_decoder_is_one_sentence_and_the_next_child_is_another(
    fault: str, words: str, count: tuple[int, int]
) -> None:
    decoder = isolation.Decoder(PATIENCE, PATIENCE, replaced(FAULTS[fault]))
    try:
        picture = saved(noise(600, 1100))
        assert words in sentence(decoder, picture)
        assert (decoder.timeouts, decoder.deaths) == count
        assert words in sentence(decoder, picture)  # the next one is asked, and does the same
    finally:
        decoder.close()


@posix
@pytest.mark.parametrize("where", ENDLESS)
def test_the_processor_is_limited_wherever_a_decoder_does_not_end(where: str) -> None:
    """The processor's time counts, not the clock's: how busy the machine is makes no difference."""
    decoder = isolation.Decoder(0.5, PATIENCE, replaced(ENDLESS[where]))
    try:
        for _ in range(2):  # the next child is asked, and does the same
            assert "more than 2 seconds" in sentence(decoder, saved(noise(600, 1100)))
        assert (decoder.timeouts, decoder.deaths) == (2, 0)
        if where == "in the middle of a file":
            small = noise(8, 8)
            assert np.array_equal(decoder.decoded(saved(small)), small)
    finally:
        decoder.close()


class Hand:
    """In the place of a timer: its time has come when the sleeper has left its mark."""

    def __init__(self, mark: Path, stop: Callable[[], None]) -> None:
        self.stop, self.mark, self.over = stop, mark, threading.Event()
        self._watch = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._watch.start()

    def cancel(self) -> None:
        self.over.set()

    def _run(self) -> None:
        while not self.over.wait(0.01):
            if self.mark.exists():
                return self.stop()


def test_a_decoder_that_waits_is_ended_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test's clock strikes once the decoder has begun to wait."""
    mark = tmp_path / "waits"
    waits = f"decoding.opened = lambda data: (open({str(mark)!r}, 'w').close(), time.sleep(9999))"
    seconds: list[float] = []

    def timer(after: float, stop: Callable[[], None]) -> Hand:
        seconds.append(after)
        return Hand(mark, stop)

    clock = SimpleNamespace(Timer=timer, Event=threading.Event, Lock=threading.Lock)
    monkeypatch.setattr(isolation, "threading", clock)
    decoder = isolation.Decoder(PATIENCE, wire.WALL_SECONDS, replaced(waits))
    try:
        assert "more than 2 seconds" in sentence(decoder, saved(noise(8, 8)))
        assert (decoder.timeouts, decoder.deaths) == (1, 0) and seconds == [wire.WALL_SECONDS]
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
    assert "more than 10 MB" in sentence(decoder, bytes(decoding.MAX_BYTES + 1))
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
        assert np.array_equal(got[i], picture) if i % 3 else "cut off" in got[i]


@posix
def test_the_child_ends_with_the_process_that_started_it() -> None:
    code = (
        "import io, os; from demo.data import isolation; from PIL import Image\n"
        "file = io.BytesIO(); Image.new('RGB', (2, 2)).save(file, 'PNG')\n"
        "isolation.decoded(file.getvalue())\n"
        "print(isolation._DECODER._child.pid, flush=True); os._exit(9)"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    child, end = int(parent.stdout), time.monotonic() + PATIENCE
    while time.monotonic() < end and Path(f"/proc/{child}/status").exists():
        if "Z (zombie)" in Path(f"/proc/{child}/status").read_text():
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{child}").exists()
