"""The growth component: sliders for n, m and epsilon; the curves, the parts and their sum follow.

The server sends the sums at every stop once, for epsilon = 1 and m = 1. Both growths are linear in
epsilon and m, so the browser shows exactly what the server would compute, and asks for nothing.
"""

from demo.web.components import linked
from demo.web.components.viewer.sent import Growth

_growth = linked.component("viewer/activation_growth")


def show(data: Growth) -> None:
    """Mount the component."""
    _growth(data=data, key="growth")
