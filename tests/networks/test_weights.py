"""`demo.networks.weights`: what does not fit a network exactly is refused by name."""

from typing import Any

import pytest
import torch
from torch import nn

from demo.networks import weights


def test_a_network_takes_all_its_tensors_from_the_file() -> None:
    tensors = {"weight": torch.ones(2, 3)}
    filled = weights.filled(nn.Linear(3, 2, bias=False), tensors)
    assert torch.equal(filled.state_dict()["weight"], tensors["weight"])


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"weight": torch.zeros(2, 4)}, "size mismatch for weight"),
        ({}, 'Missing key.* "weight"'),
        ({"weight": torch.zeros(2, 3), "more": torch.zeros(1)}, 'Unexpected key.* "more"'),
    ],
)
def test_tensors_that_do_not_fit_are_refused_by_name(tensors: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"do not fit the network Linear: {complaint}"):
        weights.filled(nn.Linear(3, 2, bias=False), tensors)
