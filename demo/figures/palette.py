"""One thing, one colour, on every page; colours that people with colour blindness tell apart.

Source: M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

LABEL = "#0072B2"
TARGET = "#CC79A7"
RIVALS = ("#D55E00", "#E69F00", "#009E73", "#56B4E9", "#8F8A00")
CONTROL = "#8A8A8A"
RIVAL_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
"""Never colour alone: each rival has its own dash."""


def line(label: int, target: int | None, classes: list[int]) -> dict[int, tuple[str, str]]:
    """(colour, dash) of each class: the label's, the target's, the rivals' in their order."""
    rivals = [k for k in classes if k not in (label, target)]
    styles = {
        k: (RIVALS[i % len(RIVALS)], RIVAL_DASHES[i % len(RIVAL_DASHES)])
        for i, k in enumerate(rivals)
    }
    styles[label] = (LABEL, "solid")
    if target is not None:
        styles[target] = (TARGET, "solid")
    return styles


def marker(symbol: str, colour: str) -> dict[str, object]:
    """A marker of one colour; "-open" ones get an outline that can be seen."""
    outline = {"width": 2, "color": colour} if symbol.endswith("-open") else {"width": 0}
    return {"symbol": symbol, "size": 9, "color": colour, "line": outline}
