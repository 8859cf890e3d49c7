// Elements of a drawing.

const SPACE = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} text
 */
export function svg(tag, attributes = {}, text = "") {
  const made = document.createElementNS(SPACE, tag);
  set(made, attributes);
  made.textContent = text;
  return made;
}

/** @param {Element} made @param {Record<string, string | number>} attributes */
export function set(made, attributes) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
}
