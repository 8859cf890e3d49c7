"""The hidden L1's component: epsilon and alpha to drag, every number sent in advance."""

from demo.web.components import linked
from demo.web.components.viewer.sent import HiddenL1

_component = linked.component("viewer/hidden_l1")


def show(data: HiddenL1) -> None:
    """Mount it, or hand the one that is there another picture.

    What is measured on a thousand digits comes later, by `viewer.feed`.
    """
    _component(data=data, key="hidden-l1")
