"""The attacks side by side in HTML: picture, change, cost, size, answer; they wrap on a phone."""

from collections.abc import Sequence
from html import escape

from demo.data import pictures
from demo.data.pictures import Pixels
from demo.experiments.attack_cost.race import Row
from demo.experiments.attack_cost.walks import Attack
from demo.web.figures.attack_cost import STYLES, duration

FULL: dict[str, str] = {
    "FGSM": "one step", "BIM": "ten steps", "PGD": "40 steps, random starts",
    "L-BFGS": "toward a target",
}  # fmt: skip
_STYLE = (
    "<style>.cost{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:0 1rem}"
    "@media(max-width:900px){.cost{grid-template-columns:repeat(2,minmax(0,1fr))}}"
    ".cost figure{margin:0 0 1rem;border-top:4px solid;padding-top:.4rem;min-width:0;display:grid;"
    "grid-row:span 6;grid-template-rows:subgrid;align-items:start}"  # one row a line, in all cards
    ".cost figure.clean{border-color:#0072B2}"
    ".cost img{width:100%;aspect-ratio:1;display:block;border-radius:4px}"
    ".cost .change{width:38%;margin-top:.4rem}"
    ".cost .row{display:flex;gap:.6rem;align-items:center}"
    ".cost .big{font-size:1.5rem;font-weight:600;line-height:1.25}"
    ".cost .big small,.cost p{font-size:.875rem;font-weight:400}"
    ".cost p{margin:.15rem 0;line-height:1.35;overflow-wrap:anywhere}"
    ".cost .waiting{aspect-ratio:1;border-radius:4px;border:1px dashed #8A8A8A;display:flex;"
    "align-items:center;justify-content:center;font-size:.875rem;text-align:center}"
    "</style>"
)


def cards(clean: str, found: Sequence[str]) -> str:
    """The clean picture's card, then one card an attack, in a grid."""
    return f'{_STYLE}<div class="cost">{clean}{"".join(found)}</div>'


def clean(pixels: Pixels, name: str, confidence: float, forward_seconds: float) -> str:
    """The picture before any attack; its forward pass is the unit of the others' seconds."""
    return (
        f'<figure class="clean"><p><b>Clean</b></p>{_image(pixels, f"Clean: {name}")}'
        f"<p><b>{escape(name)}</b>, {share(confidence)}</p>"
        f'<div class="big">1 <small>forward pass</small></div>'
        f"<p>{duration(forward_seconds)}: the unit of the seconds beside it</p></figure>"
    )


def card(row: Row, name: str) -> str:
    """What one attack found and cost. name: of the answer."""
    extra = f" + {row.forward_only} forward only" if row.forward_only else ""
    plural = "pass" if row.passes == 1 else "passes"
    ratio = f"{row.ratio:,.0f}" if row.ratio >= 100 else f"{row.ratio:.2g}"
    return (
        f"{_open(row.attack)}{_image(row.pixels, f'After {row.attack}: {name}')}"
        f"<p>{_answer(row, name)}, {share(row.answer.confidence)}</p>"
        f'<div class="big">{row.passes:,} <small>{plural}{extra}</small></div>'
        f"<p>{duration(row.seconds)} = {ratio} forward passes</p>"
        f'<div class="row"><span class="change">'
        f"{_image(row.change, f'The change by {row.attack}, magnified')}</span>"
        f"<div><p>‖r‖<sub>∞</sub> = {255 * row.largest:.3g}/255</p>"
        f"<p>‖r‖<sub>2</sub> = {row.norm:.3g}</p></div></div>"
        "</figure>"
    )


def _answer(row: Row, name: str) -> str:
    if row.reached:
        return f"<b>{escape(name)}</b>"
    return (
        f"failed: <b>{'not there, but' if row.attack == 'L-BFGS' else 'still'} {escape(name)}</b>"
    )


def waiting(attack: Attack, passes: int) -> str:
    """The place of an attack that has not ended."""
    words = f"pass {passes:,} …" if passes else "comes next"
    return f'{_open(attack)}<div class="waiting">{words}</div></figure>'


def share(value: float) -> str:
    """A confidence in percent; what is not quite 1 is not shown as 1."""
    return "&gt; 99.9 %" if 0.999 < value < 1 else f"{100 * value:.3g} %"


def _open(attack: Attack) -> str:
    colour = STYLES[attack][0]
    return f'<figure style="border-color:{colour}"><p><b>{attack}</b>, {FULL[attack]}</p>'


def _image(pixels: Pixels, alt: str) -> str:
    source = pictures.uri(pictures.to_png(pixels), "png")
    crisp = ' style="image-rendering:pixelated"' if pixels.shape[2] == 1 else ""
    return f'<img src="{source}" alt="{escape(alt)}"{crisp}>'
