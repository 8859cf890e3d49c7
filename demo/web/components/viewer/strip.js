// The strip of a phone: a picture of one's own, the camera, and the gallery, under the slider.

/** @import { Tell } from "../shared/component.js" */
/** @import { Opening } from "./sent.d.ts" */
import { element, find } from "../shared/component.js";
import { createGallery } from "../shared/gallery.js";
import { sendable } from "../shared/own_file.js";

/**
 * @param {HTMLElement} root
 * @param {Tell} tell "picked", a name, or "given", { name, data }, goes to the server
 */
export function createStrip(root, tell) {
  const box = find(root, ".strip");
  const said = find(box, ".strip-said");
  const gallery = createGallery(find(box, ".items"), "strip", (name) => tell("picked", name));
  const own = [source("Own photo", "+", false), source("Camera", "◉", true)];

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

  function show(/** @type {Opening} */ data) {
    said.textContent = data.complaint;
    gallery.choose(data.chosen);
  }

  return { show, fill: (/** @type {string} */ packed) => gallery.fill(packed, own) };
}
