"""Logits against epsilon from negative to positive, as the paper's figure 4 draws them."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demo.web.figures import frame

_LEVELS, _EPSILONS = [-16, -8, -4, 0, 4, 8, 16], [-1, -0.5, -0.25, 0, 0.25, 0.5, 1]
_AXES = {
    "photographs": (_LEVELS, [str(n) for n in _LEVELS], "255 × epsilon, along the same signs"),
    "digits": (
        [255 * e for e in _EPSILONS],
        [f"{e:g}".replace("0.", ".") for e in _EPSILONS],
        "epsilon, along the same signs, without the clip",
    ),
}


def plot(
    levels: NDArray[np.float64],
    logits: dict[int, NDArray[np.float32]],
    names: dict[int, str],
    label: int,
    styles: dict[int, tuple[str, str]],
    kind: str = "photographs",
) -> go.Figure:
    """One line a class. levels: (E,) 255 * epsilon, through 0.  logits: class -> (E,).

    label: the class in J.  styles: (colour, dash) of each class.
    kind: of picture; a digit's axis is labelled with epsilon itself.
    """
    ticks, text, title = _AXES[kind]
    figure = go.Figure()
    for k, line in logits.items():
        figure.add_scatter(
            x=levels, y=line, name=names[k], mode="lines",
            line={"color": styles[k][0], "dash": styles[k][1], "width": 3 if k == label else 2},
            hovertemplate="%{y:.2f}",
        )  # fmt: skip
    frame.around(figure, 56, 16, 110, hovermode="x unified", legend=frame.LEGEND)
    figure.update_xaxes(
        title_text=title, zeroline=True, tickvals=ticks, ticktext=text,
        range=[levels[0], levels[-1]],
    )  # fmt: skip
    return figure.update_yaxes(title_text="logit")
