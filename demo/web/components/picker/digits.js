// A page of digits: radio buttons under small canvases, drawn from one array of 28 x 28 bytes each.

/** @import { Call } from "../shared/component.js" */
import { all, element, find, pen } from "../shared/component.js";
import { closeDrawer } from "../shared/drawer.js";
import { count } from "../shared/numbers.js";
import { shrinkUploads } from "../shared/own_file.js";

const SIDE = 28;

/** @typedef {{ packed: string, names: string[], titles: string[], selected: string | null, page: number, pages: number, total: number }} Digits */

/** @param {Call<Digits>} call */
export default function ({ data, parentElement, setTriggerValue }) {
  shrinkUploads();
  const grid = find(parentElement, ".grid");
  const { names, titles, page, pages, total } = data;
  if (grid.dataset.drawn !== data.packed) {
    grid.dataset.drawn = data.packed;
    const bytes = Uint8Array.from(atob(data.packed), (c) => c.charCodeAt(0));
    grid.replaceChildren(...names.map((name, i) => digit(name, bytes.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE))));
  }
  all(grid, "label").forEach((label, i) => {
    label.title = titles[i];
    const input = find(label, "input", HTMLInputElement);
    input.setAttribute("aria-label", titles[i]);
    input.checked = input.value === data.selected;
  });
  grid.onchange = (event) => { setTriggerValue("picked", /** @type {HTMLInputElement} */ (event.target).value); closeDrawer(); };

  /** @type {Record<string, number>} */
  const ends = { first: 0, previous: page - 1, next: page + 1, last: pages - 1 };
  for (const button of all(parentElement, "[data-turn]", HTMLButtonElement)) {
    const to = ends[button.dataset.turn ?? ""];
    button.disabled = to < 0 || to >= pages || to === page;
    button.onclick = () => setTriggerValue("turned", to);
  }
  find(parentElement, ".where").textContent = total
    ? `${count(page + 1)} of ${count(pages)} (${count(total)})`
    : "no such digit";
}

/** @param {string} name @param {Uint8Array} bytes 28 x 28 */
function digit(name, bytes) {
  const canvas = element("canvas", { width: SIDE, height: SIDE });
  const picture = new ImageData(SIDE, SIDE);
  bytes.forEach((value, j) => picture.data.set([value, value, value, 255], 4 * j));
  pen(canvas).putImageData(picture, 0, 0);
  canvas.setAttribute("aria-hidden", "true");
  return element("label", {}, element("input", { type: "radio", name: "digit", value: name }), canvas);
}
