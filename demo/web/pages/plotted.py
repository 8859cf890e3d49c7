"""A Plotly figure on a page, its words in the theme's own ink.

Streamlit's template writes axes in a pale grey; small print needs a contrast of 4.5 : 1.
"""

from typing import Any

import streamlit as st

INK = {"light": "#1B2530", "dark": "#E8EDF2"}
"""textColor of `.streamlit/config.toml`."""


def show(figure: Any, key: str, alt: str) -> None:
    """Draw the figure, without Plotly's own buttons. alt: what it shows, for who cannot see it."""
    ink = INK.get(st.context.theme.type or "light", INK["light"])
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(title_font_color=ink, tickfont_color=ink)
    figure.update_layout(font_color=ink, legend_font_color=ink)
    figure.update_annotations(font_color=ink)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)
