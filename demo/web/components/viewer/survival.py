"""The component of "Does it survive": rows of verdicts that follow the viewer's epsilon."""

from typing import Any

from demo.web.components import linked

_component = linked.component("viewer/survival")


def show(data: dict[str, Any]) -> None:
    """Mount it, or hand the one that is there other rows. The keys: see `pages.survival`."""
    _component(data=data, key="survival")
