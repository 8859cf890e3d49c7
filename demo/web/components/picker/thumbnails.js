// Native radio buttons under small pictures: arrows and focus come with them.

/** @import { Call } from "../shared/component.js" */
import { all, element, find } from "../shared/component.js";
import { closeDrawer } from "../shared/drawer.js";
import { shrinkUploads } from "../shared/own_file.js";

/** @typedef {{ name: string, title: string, src: string }} Photograph */

/** @param {Call<{ photographs: Photograph[], selected: string | null }>} call */
export default function ({ data, parentElement, setTriggerValue }) {
  shrinkUploads();
  const grid = find(parentElement, ".grid");
  if (!grid.childElementCount) grid.append(...data.photographs.map(choice));
  grid.onchange = (event) => { setTriggerValue("picked", /** @type {HTMLInputElement} */ (event.target).value); closeDrawer(); };
  for (const input of all(grid, "input", HTMLInputElement)) input.checked = input.value === data.selected;
}

/** @param {Photograph} photograph */
function choice({ name, title, src }) {
  const input = element("input", { type: "radio", name: "photograph", value: name });
  input.setAttribute("aria-label", title);
  return element("label", {}, input, element("img", { src, alt: title, title }));
}
