// The three pictures: kept as bytes, drawn again at each stop.

/** @import { State } from "./sent.d.ts" */
import { find, pen } from "../shared/component.js";
import { drawChange, drawPerturbation, drawSigns, withAlpha } from "../shared/pixels.js";

/** @param {HTMLElement} root @param {State} state */
export function createPictures(root, state) {
  const of = (/** @type {string} */ which) => find(root, `[data-picture="${which}"] .image`, HTMLCanvasElement);
  const canvas = { clean: of("clean"), perturbation: of("perturbation"), adversarial: of("adversarial") };

  // clean, signs: (H, W, C) bytes of the picture and of the perturbation's signs.
  function take(/** @type {Uint8Array} */ clean, /** @type {Uint8Array} */ signs) {
    const { size, channels } = state.data;
    state.clean = withAlpha(clean, channels, Uint8ClampedArray, 255);
    state.signs = withAlpha(new Int8Array(signs.buffer), channels, Int8Array, 0);
    for (const image of Object.values(canvas)) {
      if (image.width !== size) image.width = image.height = size;
    }
    state.pixels = new ImageData(new Uint8ClampedArray(state.clean), size);
    state.noise = new ImageData(new Uint8ClampedArray(state.clean.length).fill(255), size);
    pen(canvas.clean).putImageData(new ImageData(state.clean, size), 0, 0);
  }

  function draw() {
    const { data, stop } = state;
    if (state.change) {
      const size = data.size * data.size * 4;
      const change = state.change.subarray(stop * size, (stop + 1) * size);
      drawChange(state.pixels.data, state.clean, change, data.fraction);
      drawPerturbation(state.noise.data, change, data.levels[stop] ? 1 / (data.fraction * data.levels[stop]) : 0);
    } else {
      drawSigns(state.pixels.data, state.clean, state.signs, data.method === "ten" ? 0 : data.saved[stop]);
      drawPerturbation(state.noise.data, state.signs, 1);
    }
    pen(canvas.adversarial).putImageData(state.pixels, 0, 0);
    pen(canvas.perturbation).putImageData(state.noise, 0, 0);
  }

  return { canvas, take, draw };
}

/** @param {State} state @param {number} x @param {number} y */
export function describePixel(state, x, y) {
  const { data, stop, size } = state;
  const at = 4 * (y * size + x);
  const parts = (data.channels === 1 ? ["value"] : ["R", "G", "B"]).map((channel, k) => {
    const value = state.clean[at + k];
    const change = state.change ? state.change[stop * size * size * 4 + at + k] / data.fraction : state.signs[at + k] * data.levels[stop];
    const moved = Math.min(255, Math.max(0, value + change));
    const sign = change > 0 || (!change && state.signs[at + k] > 0) ? "+" : change < 0 || state.signs[at + k] < 0 ? "−" : "0";
    return `${channel} ${value}, sign ${sign} → ${+moved.toFixed(3)}`;
  });
  return `Pixel (${x}, ${y}):  ${parts.join("   ")}   (8-bit levels)`;
}

/** @param {HTMLElement} root @param {State} state */
export function paintSwatches(root, state) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (let j = 0; j < state.signs.length; j += 4) {
    const key = `${state.signs[j]},${state.signs[j + 1]},${state.signs[j + 2]}`;
    counts.set(key, (counts.get(key) || 0) + 1);
  }
  const total = state.signs.length / 4;
  const symbol = (/** @type {number} */ sign) => ["−", "0", "+"][sign + 1];
  const grey = state.data.channels === 1;
  find(root, ".colours summary").textContent = grey ? "Why is the perturbation black and white?" : "Why is the perturbation colourful?";
  find(root, ".colours p").innerHTML = grey
    ? "A digit has one channel. White is plus epsilon, black is minus epsilon, and grey is no change: there the gradient is exactly zero. Here is how often each one occurs."
    : "The sign is taken for each pixel <em>and each channel</em>. Plus or minus in red, green and blue gives 2 × 2 × 2 = 8 colours; here is how often each one occurs in this perturbation.";
  const items = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 9).map(([key, count]) => {
    const signs = key.split(",").map(Number);
    return `<li><i style="background: rgb(${signs.map((s) => 127.5 + 127.5 * s).join(" ")})"></i>${grey ? symbol(signs[0]) : signs.map((sign, i) => "RGB"[i] + symbol(sign)).join(" ")} ${((100 * count) / total).toFixed(1)} %</li>`;
  });
  find(root, ".swatches").innerHTML = items.join("");
}
