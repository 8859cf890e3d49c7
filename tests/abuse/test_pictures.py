"""Damaged and hostile pictures: each is a picture or one sentence, within time and memory."""

import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from demo.data import decoding, isolation
from demo.data.isolation import wire
from tests.abuse import bombs, mutations, pictures
from tests.abuse.seeds import drawn, saved, seeds

pytestmark = pytest.mark.slow
SLOW = ("scans: JPEG of 50 megapixels", "text: JPEG with 2,600,000 empty ones",
        "pixels: TIFF of 50 megapixels of fractions", "pixels: TIFF of 200,000 tiles")  # fmt: skip
"""Left to the command, which opens all: each takes seconds, and each has a sister that is here."""
MEGABYTES = wire.MEMORY / 2**20


def test_all_thirty_seeds_open_and_cover_every_format_that_is_taken() -> None:
    tally = pictures.tried(seeds().items())
    assert (tally.pictures, tally.files) == (30, 30)
    found = {Image.open(BytesIO(data)).format for data in seeds().values()}
    assert found - {"MPO"} == set(decoding.FORMATS)


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_is_a_picture_or_a_sentence(seed: int) -> None:
    tally = pictures.tried(mutations.mutated(seeds(), 300, seed + 1000))
    assert tally.faults == {} and tally.files == 300
    assert tally.deaths == tally.timeouts == 0
    assert 50 < tally.pictures < 250  # damage that is always fatal, or never, tests nothing
    assert tally.worst_megabytes <= MEGABYTES


@pytest.mark.parametrize("name", [name for name in bombs.BOMBS if name not in SLOW])
def test_a_bomb_is_a_picture_or_a_sentence(name: str) -> None:
    data = bombs.BOMBS[name]()
    assert len(data) <= decoding.MAX_BYTES
    tally = pictures.tried([(name, data)])
    assert tally.faults == {} and tally.files == 1
    assert tally.deaths == 0
    assert tally.worst_cpu_seconds <= wire.CPU_SECONDS
    assert tally.worst_megabytes <= MEGABYTES


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is the operating system's")
def test_a_bomb_does_not_keep_the_next_person_waiting_for_long() -> None:
    decoder = isolation.Decoder()
    try:
        with pytest.raises(ValueError, match="more than 2 seconds"):
            decoder.decoded(bombs.BOMBS["scans: JPEG of 1 megapixel"]())
        assert decoder.decoded(saved(drawn(), "PNG")).size == drawn().size
    finally:
        decoder.close()


def test_the_same_seed_gives_the_same_damage_and_another_gives_other() -> None:
    files = seeds()  # an animated AVIF holds the second in which it was made
    first, again, other = ([*mutations.mutated(files, 60, seed)] for seed in (1, 1, 2))
    assert first == again
    assert sum(a != b for a, b in zip(first, other, strict=True)) > 50


@pytest.mark.parametrize(
    ("error", "sound"),
    [
        (ValueError("This picture is damaged: choose another."), True),
        (ValueError("broken data stream when reading image file"), False),
        (ValueError("This is one. And this is another."), False),
        (ValueError("Traceback (most recent call last):\n  File ..."), False),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "no sentence but a kind of ValueError."), False),
    ],
)
def test_what_counts_as_a_sentence(error: ValueError, sound: bool) -> None:
    assert pictures.is_a_sentence(error) is sound


def test_a_folder_of_files_is_opened_too(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "good.png").write_bytes(saved(drawn(), "PNG"))
    (tmp_path / "bad.tif").write_bytes(b"II*\0")
    tally = pictures.tried(pictures.corpus(str(tmp_path)))
    assert (tally.pictures, tally.sentences.total(), tally.faults) == (1, 1, {})
