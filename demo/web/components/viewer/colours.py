"""The colours component: a photograph beside its gradient's signs, and one pixel taken apart."""

from demo.web.components import linked
from demo.web.components.viewer.sent import Colours

_colours = linked.component("viewer/colours")


def show(data: Colours) -> None:
    """Mount the component."""
    _colours(data=data, key="colours")
