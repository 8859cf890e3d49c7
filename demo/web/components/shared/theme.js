// Streamlit's colours and letters, as an element of the page has them.

/** @param {Element} element */
export function theme(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--st-${name}-color`).trim();
  return { ink: colour("text"), line: colour("border"), ground: colour("background"), second: colour("secondary-background"), family: style.fontFamily };
}

/** @param {Element} element */
export function isDark(element) {
  const probe = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  probe.fillStyle = theme(element).ground || "#fff";
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return r + g + b < 384;
}
