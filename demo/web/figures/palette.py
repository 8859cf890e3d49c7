"""One thing, one colour, on every page; colours that people with colour blindness tell apart.

Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

from collections.abc import Sequence

LABEL = "#0072B2"
TARGET = "#CC79A7"
RIVALS = ("#D55E00", "#E69F00", "#009E73", "#56B4E9", "#8F8A00")
CONTROL = "#8A8A8A"
RIVAL_DASHES = ("dot", "dashdot", "14px,4px", "2px,8px", "12px,3px,2px,3px,2px,3px")
"""Never colour alone: each rival has its own dash, and none is the one of adversarial training."""
STYLES = {"label": (LABEL, "solid"), "target": (TARGET, "solid")} | {
    f"rival-{i + 1}": style for i, style in enumerate(zip(RIVALS, RIVAL_DASHES, strict=True))
}
"""What a class is on the page -> its (colour, dash); `components/viewer/view.css` has the names."""
TRAINING = {"standard": (LABEL, "solid", "circle"), "adversarial": (RIVALS[2], "dash", "square")}
"""Where a network is a thing of its own: (colour, dash, marker)."""


def roles(label: int, target: int | None, classes: Sequence[int]) -> dict[int, str]:
    """What each class is: "label", "target", or "rival-1" ... "rival-5" in their order."""
    rivals = [k for k in dict.fromkeys(classes) if k not in (label, target)]
    found = {k: f"rival-{i % len(RIVALS) + 1}" for i, k in enumerate(rivals)}
    found[label] = "label"
    if target is not None:
        found[target] = "target"
    return found


def line(label: int, target: int | None, classes: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(colour, dash) of each class: the label's, the target's, the rivals' in their order."""
    return {k: STYLES[role] for k, role in roles(label, target, classes).items()}


def marker(symbol: str, colour: str) -> dict[str, object]:
    """A marker of one colour; "-open" ones get an outline that can be seen."""
    outline = {"width": 2, "color": colour} if symbol.endswith("-open") else {"width": 0}
    return {"symbol": symbol, "size": 9, "color": colour, "line": outline}
