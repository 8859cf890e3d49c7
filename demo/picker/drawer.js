// Streamlit's sidebar covers a phone's whole screen: after a choice it is closed with its own button.
function closeDrawer() {
  if (!matchMedia("(max-width: 768px)").matches) return;
  const sidebar = document.querySelector('[data-testid="stSidebar"][aria-expanded="true"]');
  sidebar?.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}
