// Native radio buttons under small pictures: arrows and focus come with them.

import { all, element } from "./component.js";
import { unpackedText } from "./sent.js";

/** @typedef {{ name: string, title: string, src: string }} Picture */

/**
 * choose(name): that one is chosen; fill(packed, first): drawn once for each gallery, `first` before its pictures.
 * @param {HTMLElement} box
 * @param {string} group name of the radio buttons
 * @param {(name: string) => void} onPick
 */
export function createGallery(box, group, onPick) {
  let [chosen, drawn] = ["", ""];

  function one(/** @type {Picture} */ { name, title, src }) {
    const input = element("input", { type: "radio", name: group, value: name, checked: name === chosen });
    input.setAttribute("aria-label", title);
    input.addEventListener("change", () => onPick(name));
    return element("label", {}, input, element("img", { src, alt: "", title }));
  }

  function choose(/** @type {string} */ name) {
    chosen = name;
    for (const input of all(box, "[type=radio]", HTMLInputElement)) input.checked = input.value === name;
  }

  async function fill(/** @type {string} */ packed, /** @type {HTMLElement[]} */ first = []) {
    if (packed === drawn) return;
    drawn = packed;
    const pictures = /** @type {Picture[]} */ (JSON.parse(await unpackedText(packed)));
    if (packed === drawn) box.replaceChildren(...first, ...pictures.map(one));
  }

  return { choose, fill };
}
