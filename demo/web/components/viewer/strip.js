// The strip of a phone: a picture of one's own, the camera, and the gallery, under the slider.

/** @import { Tell } from "../shared/component.js" */
/** @import { Opening } from "./sent.d.ts" */
import { all, element, find } from "../shared/component.js";
import { sendable } from "../shared/own_file.js";

/** @typedef {{ name: string, title: string, src: string }} Picture */

/**
 * @param {HTMLElement} root
 * @param {Tell} tell "picked", a name, or "given", { name, data }, goes to the server
 */
export function createStrip(root, tell) {
  const box = find(root, ".strip");
  const items = find(box, ".items");
  const said = find(box, ".strip-said");
  let [chosen, drawn] = ["", ""];

  async function give(/** @type {HTMLInputElement} */ input) {
    const file = input.files?.[0];
    if (!file) return;
    said.textContent = "Reading the picture …";
    try {
      tell("given", await sendable(file));
      said.textContent = "";
    } catch (error) {
      said.textContent = /** @type {Error} */ (error).message;
    }
    input.value = ""; // so that the same file can be chosen again
  }

  function source(/** @type {string} */ label, /** @type {string} */ symbol, /** @type {boolean} */ camera) {
    const item = element("label", { className: "own" });
    item.innerHTML = `<input type="file"${camera ? ' accept="image/*" capture="environment"' : ""}><span aria-hidden="true">${symbol}</span>${label}`;
    const input = find(item, "input", HTMLInputElement);
    input.addEventListener("change", () => give(input));
    return item;
  }

  function picture(/** @type {Picture} */ { name, title, src }) {
    const input = element("input", { type: "radio", name: "strip", value: name, checked: name === chosen });
    input.setAttribute("aria-label", title);
    input.addEventListener("change", () => tell("picked", name));
    return element("label", {}, input, element("img", { src, alt: "" }));
  }

  function show(/** @type {Opening} */ data) {
    chosen = data.chosen;
    said.textContent = data.complaint;
    for (const input of all(items, "[type=radio]", HTMLInputElement)) input.checked = input.value === chosen;
  }

  function fill(/** @type {Picture[]} */ pictures) {
    const now = JSON.stringify(pictures.map(({ name }) => name));
    if (now === drawn) return;
    drawn = now;
    items.replaceChildren(source("Own photo", "+", false), source("Camera", "◉", true), ...pictures.map(picture));
  }

  return { show, fill };
}
