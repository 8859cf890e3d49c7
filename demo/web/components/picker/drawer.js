// Streamlit's sidebar covers a phone's whole screen: after a choice it is closed with its own button.
function closeDrawer() {
  if (!matchMedia("(max-width: 768px)").matches) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button[aria-expanded="true"]')?.click();
}
