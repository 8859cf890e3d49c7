"""The colours component: a photograph beside its gradient's signs, and one pixel taken apart."""

from typing import Any

from demo.web.components import linked

_colours = linked.component("viewer/colours")


def show(data: dict[str, Any]) -> None:
    """Mount the component. data: JSON, arrays packed; the keys are those of `pages.colours`."""
    _colours(data=data, key="colours")
