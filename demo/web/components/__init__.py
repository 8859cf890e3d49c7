"""HTML, CSS and scripts, and the Python that mounts them."""
