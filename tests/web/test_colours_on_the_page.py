"""One thing, one colour: the viewer's style sheet, the figures' palette, and what can be read."""

import re
import tomllib
from pathlib import Path

import pytest

from demo.web.figures import palette

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "demo" / "web" / "components" / "viewer" / "view.css").read_text(encoding="utf-8")
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
LIGHT, DARK = CSS.split('.fgsm[data-dark="1"]', 1)
INKS = {"light": LIGHT, "dark": DARK.split("}", 1)[0]}


def luminance(colour: str) -> float:
    """Of an sRGB colour #RRGGBB, 0 to 1. Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21. Source: WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def variable(css: str, name: str) -> str:
    """The value of a custom property."""
    found = re.search(rf"--{name}: (#[0-9A-F]{{6}});", css)
    assert found, name
    return found[1]


@pytest.mark.parametrize("role", palette.STYLES)
def test_the_viewer_has_the_figures_colours(role: str) -> None:
    assert variable(LIGHT, role) == palette.STYLES[role][0]
    assert f'[data-role="{role}"] {{ --ink: var(--{role}-ink); --fill: var(--{role}); }}' in CSS


@pytest.mark.parametrize("theme", INKS)
@pytest.mark.parametrize("role", palette.STYLES)
def test_a_class_name_in_its_colour_can_be_read(role: str, theme: str) -> None:
    ink = variable(INKS[theme], f"{role}-ink")
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(ink, THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", INKS)
def test_text_links_and_the_primary_colour_can_be_read(theme: str) -> None:
    colours = THEMES[theme]
    for ink in ("textColor", "linkColor", "primaryColor"):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(colours[ink], colours[ground]) >= 4.5


def test_no_rival_has_the_dash_of_adversarial_training() -> None:
    dashes = [dash for _, dash in palette.STYLES.values()]
    assert palette.TRAINING["adversarial"][1] not in dashes
    assert len(set(palette.RIVAL_DASHES)) == len(palette.RIVALS)


def test_a_class_keeps_its_role_whatever_is_drawn() -> None:
    few, many = palette.roles(3, 5, [3, 8, 5]), palette.roles(3, 5, [3, 8, 5, 9, 1])
    assert few == {8: "rival-1", 3: "label", 5: "target"}
    assert many == few | {9: "rival-2", 1: "rival-3"}
