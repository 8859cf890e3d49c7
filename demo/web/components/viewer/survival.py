"""The component of "Does it survive": rows of verdicts that follow the viewer's epsilon."""

from demo.web.components import linked
from demo.web.components.viewer.sent import Survival

_component = linked.component("viewer/survival")


def show(data: Survival) -> None:
    """Mount it, or hand the one that is there other rows."""
    _component(data=data, key="survival")
