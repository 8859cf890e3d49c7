"""The pad's strokes as a picture: drawn from their points, not read off the browser's canvas."""

import numpy as np
import pytest
import torch

from demo import models
from demo.data import digits, pictures

SEVEN = [[[84, 56], [150, 54], [210, 56]], [[210, 56], [170, 140], [126, 252]]]
"""Two strokes."""


def test_strokes_are_drawn_white_on_black_with_a_round_pen_as_wide_as_the_pads() -> None:
    dot = np.asarray(pictures.from_strokes([[[140, 140]]]))
    assert dot.shape == (pictures.PAD, pictures.PAD, 3) and (np.ptp(dot, axis=2) == 0).all()
    area = dot[:, :, 0].sum() / 255
    assert area == pytest.approx(np.pi * (pictures.PEN / 2) ** 2, rel=0.03)
    rows, columns = np.nonzero(dot[:, :, 0] > 127)
    assert abs(rows.mean() - 139.5) < 0.6 and abs(columns.mean() - 139.5) < 0.6
    line = np.asarray(pictures.from_strokes([[[40, 100], [240, 100]]]))[:, :, 0]
    assert (line[:, 140] > 127).sum() == pytest.approx(pictures.PEN, abs=1)
    assert line[100, 31:250].min() > 127 and line[100, :28].max() == 0  # the ends are round


def test_a_seven_drawn_on_the_pad_is_a_seven_to_the_network() -> None:
    seen = digits.as_mnist(pictures.from_strokes(SEVEN))[:, :, None]
    network = models.load("conv", torch.device("cpu"))
    assert int(network(pictures.to_tensor(seen)).argmax()) == 7


def test_a_stroke_that_leaves_the_pad_is_cut_at_its_edge() -> None:
    out = np.asarray(pictures.from_strokes([[[140, 140], [9e9, 140]]]))[:, :, 0]
    assert out[140, 140:].min() == 255 and out[140, :125].max() == 0


@pytest.mark.parametrize(
    "strokes",
    [None, "iVBORw0KGgo=", 7, [], {}, [[]], [[1, 2]], [[[1, 2, 3]]], [[["x", 1]]], [[[None, 1]]],
     [[[float("nan"), 1]]], [[[10**400, 1]]], [[[1, 2]] * 20_001]],
    ids=str,
)  # fmt: skip
def test_what_no_pad_sends_is_refused(strokes: object) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError)):
        pictures.from_strokes(strokes)
