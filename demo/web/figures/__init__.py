"""A result -> a Plotly figure. No torch, no streamlit; the theme's colours come with the page."""
