// A page of digits: radio buttons under small canvases, drawn from one array of 28 x 28 bytes each.
export default function ({ data, parentElement, setTriggerValue }) {
  shrinkUploads();
  const SIDE = 28;
  const grid = parentElement.querySelector(".grid");
  const { names, titles, page, pages, total } = data;
  if (grid.dataset.drawn !== data.packed) {
    grid.dataset.drawn = data.packed;
    const bytes = Uint8Array.from(atob(data.packed), (c) => c.charCodeAt(0));
    grid.replaceChildren(...names.map((name, i) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "digit", value: name });
      const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
      const picture = new ImageData(SIDE, SIDE);
      bytes.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE).forEach((value, j) => picture.data.set([value, value, value, 255], 4 * j));
      canvas.getContext("2d").putImageData(picture, 0, 0);
      canvas.setAttribute("aria-hidden", "true");
      label.append(input, canvas);
      return label;
    }));
  }
  const labels = [...grid.children];
  labels.forEach((label, i) => {
    label.title = titles[i];
    const input = label.querySelector("input");
    input.setAttribute("aria-label", titles[i]);
    input.checked = input.value === data.selected;
  });
  grid.onchange = (event) => { setTriggerValue("picked", event.target.value); closeDrawer(); };

  const ends = { first: 0, previous: page - 1, next: page + 1, last: pages - 1 };
  for (const button of parentElement.querySelectorAll("[data-turn]")) {
    const to = ends[button.dataset.turn];
    button.disabled = to < 0 || to >= pages || to === page;
    button.onclick = () => setTriggerValue("turned", to);
  }
  parentElement.querySelector(".where").textContent = total
    ? `${(page + 1).toLocaleString("en")} of ${pages.toLocaleString("en")} (${total.toLocaleString("en")})`
    : "no such digit";
}
