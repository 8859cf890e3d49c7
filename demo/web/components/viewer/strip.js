// The strip of a phone: a picture of one's own, the camera, and the gallery, under the slider.

// tell("picked", name) and tell("given", { name, data }) go to the server.
function createStrip(root, tell) {
  const box = root.querySelector(".strip");
  const items = box.querySelector(".items");
  const said = box.querySelector(".strip-said");
  let chosen = null;
  let drawn = null;

  async function give(input) {
    const [file] = input.files;
    if (!file) return;
    said.textContent = "Reading the picture …";
    try {
      tell("given", await sendable(file));
      said.textContent = "";
    } catch (error) {
      said.textContent = error.message;
    }
    input.value = ""; // so that the same file can be chosen again
  }

  function source(label, symbol, camera) {
    const item = document.createElement("label");
    item.className = "own";
    item.innerHTML = `<input type="file"${camera ? ' accept="image/*" capture="environment"' : ""}><span aria-hidden="true">${symbol}</span>${label}`;
    item.firstChild.addEventListener("change", (event) => give(event.target));
    return item;
  }

  function picture({ name, title, src }) {
    const item = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "strip", value: name, checked: name === chosen });
    input.setAttribute("aria-label", title);
    input.addEventListener("change", () => tell("picked", name));
    item.append(input, Object.assign(document.createElement("img"), { src, alt: "" }));
    return item;
  }

  function show(data) {
    chosen = data.chosen;
    said.textContent = data.complaint;
    for (const input of items.querySelectorAll("[type=radio]")) input.checked = input.value === chosen;
  }

  // pictures: { name, title, src } each.
  function fill(pictures) {
    const now = JSON.stringify(pictures.map(({ name }) => name));
    if (now === drawn) return;
    drawn = now;
    items.replaceChildren(source("Own photo", "+", false), source("Camera", "◉", true), ...pictures.map(picture));
  }

  return { show, fill };
}
