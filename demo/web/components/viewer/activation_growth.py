"""The growth component: sliders for n, m and epsilon; the curves, the parts and their sum follow.

The server sends the sums at every stop once, for epsilon = 1 and m = 1. Both growths are linear in
epsilon and m, so the browser shows exactly what the server would compute, and asks for nothing.
"""

from typing import Any

from demo.web.components import linked

_growth = linked.component("viewer/activation_growth")


def show(data: dict[str, Any]) -> None:
    """Mount the component. data: JSON; the keys are those that `pages.activation_growth` writes."""
    _growth(data=data, key="growth")
