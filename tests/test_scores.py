"""`demo.scores`: by pencil, and what holds for any logits."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from demo import scores

LOGITS = torch.tensor([[0.0, math.log(3)], [math.log(4), 0.0]])
ROWS = st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=9)


def one(row: list[float]) -> Tensor:
    return torch.tensor([row])


def test_logits_a_factor_of_three_apart_are_a_quarter_and_three_quarters() -> None:
    expected = torch.tensor([[0.25, 0.75], [0.8, 0.2]], dtype=torch.float64)
    torch.testing.assert_close(scores.probabilities(LOGITS), expected, rtol=0, atol=1e-7)
    assert scores.confidence(LOGITS).tolist() == pytest.approx([0.75, 0.8])
    assert scores.predicted_label(LOGITS).tolist() == [1, 0]


def test_the_label_s_confidence_is_read_at_the_label() -> None:
    labels = torch.tensor([0, 0])
    assert scores.label_confidence(LOGITS, labels).tolist() == pytest.approx([0.25, 0.8])


def test_accuracy_is_the_share_of_right_answers() -> None:
    assert scores.accuracy(LOGITS, torch.tensor([1, 0])) == 1
    assert scores.accuracy(LOGITS, torch.tensor([1, 1])) == 0.5
    assert scores.accuracy(LOGITS, torch.tensor([0, 1])) == 0


def test_nearly_sure_is_not_rounded_to_sure() -> None:
    confidence = scores.confidence(torch.tensor([[20.0, 0.0]]))
    assert confidence.dtype == torch.float64
    assert 1 - confidence.item() == pytest.approx(math.exp(-20), rel=1e-6)


@given(row=ROWS, shift=st.floats(-50, 50, width=32))
def test_probabilities_sum_to_one_and_ignore_a_shift(row: list[float], shift: float) -> None:
    probabilities = scores.probabilities(one(row))
    assert probabilities.sum().item() == pytest.approx(1)
    assert (probabilities >= 0).all()
    shifted = scores.probabilities(one(row).double() + shift)
    torch.testing.assert_close(probabilities, shifted, rtol=1e-6, atol=1e-9)


@given(row=ROWS)
def test_the_confidence_is_the_predicted_label_s_and_the_largest(row: list[float]) -> None:
    logits = one(row)
    confidence, label = scores.confidence(logits), scores.predicted_label(logits)
    assert torch.equal(confidence, scores.label_confidence(logits, label))
    assert confidence.item() >= 1 / len(row) - 1e-12
    for k in range(len(row)):
        assert scores.label_confidence(logits, torch.tensor([k])) <= confidence
