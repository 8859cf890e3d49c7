"""`demo.data.digits`: what ships is what it says, and MNIST is read or its absence explained."""

from pathlib import Path

import numpy as np
import pytest
import torch

from demo.data import digits
from demo.data.labelled import Labelled

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_mnist = pytest.mark.skipif(
    not (DATA / "MNIST").is_dir(), reason="MNIST is not beside the checkout"
)


def test_500_digits_of_each_class_ship_zeros_first() -> None:
    pixels, labels = digits.embedded()
    assert pixels.shape == (5000, 28, 28) and pixels.dtype == np.uint8
    assert (labels == np.repeat(np.arange(10), 500)).all()
    assert pixels.max() == 255


def test_a_changed_file_of_digits_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "digits.npz"
    other.write_bytes(digits.EMBEDDED.read_bytes() + b" ")
    monkeypatch.setattr(digits, "EMBEDDED", other)
    digits.embedded.cache_clear()
    with pytest.raises(ValueError, match=r"digits\.npz are not the expected file"):
        digits.embedded()


def test_pixels_become_images_in_the_unit_range() -> None:
    images = digits.to_images(np.array([[[0, 51], [255, 102]]], np.uint8))
    assert images.shape == (1, 1, 2, 2) and images.dtype == torch.float32
    expected = torch.tensor([0.0, 0.2, 1.0, 0.4])
    torch.testing.assert_close(images.flatten(), expected, rtol=1e-7, atol=0)


def sample() -> Labelled:
    labels = torch.tensor([3, 7, 1, 7, 3])
    return Labelled(torch.arange(5.0).reshape(5, 1, 1, 1), labels)


def test_some_classes_are_counted_from_nought_in_their_order() -> None:
    kept = sample().only((7, 3))
    assert kept.labels.tolist() == [1, 0, 0, 1]
    assert kept.images.flatten().tolist() == [0.0, 1.0, 3.0, 4.0]


def test_slices_and_index_tensors_keep_images_and_labels_together() -> None:
    for chosen in (slice(1, 3), torch.tensor([1, 2])):
        part = sample()[chosen]
        assert part.images.flatten().tolist() == [1.0, 2.0]
        assert part.labels.tolist() == [7, 1]
        assert len(part) == 2


def test_missing_files_are_named_with_the_option_that_helps(tmp_path: Path) -> None:
    with pytest.raises(digits.Missing, match="--data DIR") as caught:
        digits.mnist(tmp_path, train=True)
    assert str(tmp_path) in str(caught.value)


@needs_mnist
def test_mnist_is_read_whole_and_the_shipped_digits_are_among_its_first_5848() -> None:
    train, test = (digits.mnist(DATA, train=part) for part in (True, False))
    assert (len(train), len(test)) == (60_000, 10_000)
    pixels, labels = digits.embedded()
    first = (train.images[:5848, 0] * 255).round().to(torch.uint8).numpy()
    numbers = {image.tobytes(): int(k) for image, k in zip(first, train.labels, strict=False)}
    found = [numbers.get(image.tobytes()) for image in pixels]
    assert found == labels.tolist()


def test_training_and_validation_leave_the_shipped_digits_out() -> None:
    assert digits.TRAINING.start >= 5848
    assert digits.TRAINING.stop == digits.VALIDATION.start
    assert digits.VALIDATION.stop == 60_000
