// Streamlit's sidebar covers a phone's whole screen: after a choice it is closed with its own button.
export function closeDrawer() {
  if (!matchMedia("(max-width: 768px)").matches) return;
  const button = document.querySelector('[data-testid="stSidebarCollapseButton"] button[aria-expanded="true"]');
  /** @type {HTMLElement | null} */ (button)?.click();
}
