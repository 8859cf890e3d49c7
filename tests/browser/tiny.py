"""Two small photograph networks that only tests know, and the app that begins with them.

What is about the interface needs no network of millions of weights: these answer in milliseconds.
Streamlit runs this file as it runs `app.py`: see the fixture `address`.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from demo import models
from tests.server import ROOT

STANDARD, ROBUST = "tiny", "tiny-adversarial"
CELLS = 8
"""A picture is averaged to so many values a side and colour."""
WEIGHT = {STANDARD: 0.6, ROBUST: 0.2}
"""Standard deviation of the weights: the robust is less sure."""


def network(name: str) -> nn.Module:
    """(N, 3, S, S) -> logits (N, 1000), linear, of any side S; always the same weights."""
    linear = nn.Linear(3 * CELLS**2, 1000, bias=False)
    generator = torch.Generator().manual_seed(1)
    drawn = torch.randn(linear.weight.shape, generator=generator)
    linear.load_state_dict({"weight": WEIGHT[name] * drawn})
    return nn.Sequential(nn.AdaptiveAvgPool2d(CELLS), nn.Flatten(), linear)


def register() -> None:
    """Put both before all other photograph networks."""
    sources: dict[Any, Any] = models._SOURCES
    sources["tests"] = lambda card, progress: network(card.name)
    card = replace(
        models.MODELS[0], name=STANDARD, title="Tiny network", source="tests", robust=ROBUST,  # type: ignore[arg-type]
        sha256=None, file=None, parameters=192_000, megabytes=1, accuracy=None,
    )  # fmt: skip
    robust = replace(card, name=ROBUST, title="Tiny network, trained against one step", robust=None)
    models.MODELS = (
        card,
        replace(robust, training="adversarial", against="one step"),
        *models.MODELS,
    )
    from demo.web.controls import link  # it reads what there is

    link.OPENS = STANDARD


if __name__ == "__main__":
    if models.MODELS[0].name != STANDARD:
        register()
    exec(compile((ROOT / "app.py").read_text(encoding="utf-8"), "app.py", "exec"))
