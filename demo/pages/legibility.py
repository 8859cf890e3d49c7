"""What Streamlit's own parts need to be read by everybody: 4.5 : 1 in both themes, and a word.

The theme has no option for any of these: captions are seen through at 60 %, code is coloured
for a grey of its own, a choice of several is white on the primary colour.
"""

import streamlit as st

STYLE = """<style>
.stApp [data-testid="stCaptionContainer"] { color: inherit; opacity: 1; }
.stApp .stCode code .token.token { color: inherit; }
.stApp .stCode code .token.keyword { font-weight: 700; }
.stApp .stCode code :is(.token.comment, .token.string) { font-style: italic; }
.stApp .stMultiSelect [data-tag] { color: light-dark(#FFFFFF, #11161C); }
@media (max-width: 768px) {
  .stApp [data-testid="stExpandSidebarButton"] { width: auto; }
  .stApp [data-testid="stExpandSidebarButton"]::after {
    content: "Settings and pages"; font-family: "Source Sans", sans-serif; font-size: .875rem;
    padding-left: .3rem;
  }
}
</style>"""


def style() -> None:
    """Put it into the page."""
    st.html(STYLE)
