"""A Plotly figure on a page."""

import json
from typing import Any

from demo.web.components import linked

_plot = linked.component("plotted/plotted")


def show(figure: Any, key: str, alt: str) -> None:
    """Draw the figure, without Plotly's own buttons. alt: what it shows, for who cannot see it."""
    _plot(data={"figure": json.loads(figure.to_json()), "alt": alt}, key=key)
