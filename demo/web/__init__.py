"""The browser's side: figures, store and components, controls, pages."""
