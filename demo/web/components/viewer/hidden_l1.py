"""The hidden L1's component: epsilon and alpha to drag, every number sent in advance."""

from typing import Any

from demo.web.components import linked

_component = linked.component("viewer/hidden_l1")


def show(data: dict[str, Any]) -> None:
    """Mount it, or hand the one that is there another picture.

    data: JSON. The keys are those that `demo.web.pages.hidden_l1` writes; what is measured on a
    thousand digits comes later, by `viewer.feed`.
    """
    _component(data=data, key="hidden-l1")
