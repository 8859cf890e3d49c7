// One pixel's three gradients -> three signs -> one of eight colours.

/** @import { Colours } from "./sent.d.ts" */
import { all, component, find, pen } from "../shared/component.js";
import { createLens } from "../shared/lens.js";
import { number } from "../shared/numbers.js";
import { drawPerturbation, withAlpha } from "../shared/pixels.js";
import { unpacked } from "../shared/sent.js";

const CHANNELS = ["red", "green", "blue"];

/** @param {HTMLElement} root */
function createColours(root) {
  const state = { size: 0, id: "", gradient: new Float32Array(), names: /** @type {string[]} */ ([]) };
  const [photograph, signs] = all(root, ".image", HTMLCanvasElement);
  const lens = createLens(root, state, (x, y) => { apart(x, y); return `Pixel (${x}, ${y}), counted from the upper left.`; });

  async function show(/** @type {Colours} */ data) {
    if (state.id === data.id) return;
    state.id = data.id;
    const [clean, bytes] = await Promise.all([unpacked(data.clean), unpacked(data.gradient)]);
    if (state.id !== data.id) return;
    const gradient = new Float32Array(bytes.buffer);
    Object.assign(state, { size: data.size, gradient, names: data.names });
    for (const image of [photograph, signs]) image.width = image.height = data.size;
    pen(photograph).putImageData(new ImageData(withAlpha(clean, 3, Uint8ClampedArray, 255), data.size), 0, 0);
    const drawn = new ImageData(new Uint8ClampedArray(data.size * data.size * 4).fill(255), data.size);
    drawPerturbation(drawn.data, withAlpha(gradient.map(Math.sign), 3, Float32Array, 0), 1);
    pen(signs).putImageData(drawn, 0, 0);
    photograph.setAttribute("aria-label", `Photograph: ${data.title}`);
    census(data);
    const middle = data.size >> 1;
    apart(middle, middle);
    lens.draw();
  }

  // "black" is 0, "blue" 1, ... "white" 7: the three signs as binary digits.
  const light = (/** @type {number} */ k) => `rgb(${[4, 2, 1].map((bit) => (k & bit ? 255 : 0)).join(" ")})`;
  const shade = (/** @type {number[]} */ values) => `rgb(${values.map((v) => 127.5 + 127.5 * Math.sign(v)).join(" ")})`;

  function census(/** @type {Colours} */ data) {
    const total = data.size * data.size;
    const symbol = (/** @type {number} */ k) => ["R", "G", "B"].map((c, i) => c + (k & (4 >> i) ? "+" : "−")).join(" ");
    const items = data.names.map((name, k) => `<li data-colour="${k}"><i style="background: ${light(k)}"></i>${name}<br><b>${((100 * data.counts[k]) / total).toFixed(1)} %</b><br>${symbol(k)}</li>`);
    find(root, ".census").innerHTML = items.join("");
    if (data.without) find(root, ".census").insertAdjacentHTML("beforeend", `<li>a channel without gradient <b>${((100 * data.without) / total).toFixed(1)} %</b></li>`);
  }

  function apart(/** @type {number} */ x, /** @type {number} */ y) {
    const from = 3 * (y * state.size + x);
    const values = [...state.gradient.subarray(from, from + 3)];
    find(root, ".where").textContent = `Pixel (${x}, ${y})`;
    find(root, ".one tbody").innerHTML = values.map((value, i) => {
      const only = [0, 0, 0];
      if (value > 0) only[i] = 255;
      const sign = value > 0 ? "+1" : value < 0 ? "−1" : "0";
      return `<tr><th scope="row">${CHANNELS[i]}</th><td class="value" data-value="${value}">${signed(value)}</td><td class="sign">${sign}</td><td><i style="background: rgb(${only.join(" ")})"></i></td></tr>`;
    }).join("");
    const k = values.reduce((sum, v, i) => sum + (v > 0 ? 4 >> i : 0), 0);
    const whole = values.every((v) => v !== 0);
    find(root, ".mixed i").style.background = shade(values);
    find(root, ".mixed span").textContent = whole ? `together: ${state.names[k]}` : "together: a channel without gradient stays grey";
    for (const item of all(root, ".census li")) item.dataset.here = whole && item.dataset.colour === String(k) ? "1" : "0";
  }

  const signed = (/** @type {number} */ v) => (v > 0 ? "+" : "") + number(v, 2);

  return { show, stop() {} };
}

export default component(".colours-view", createColours);
