// The weights, their sign, and two sheets of digits, five wide.

/** @import { Values } from "../shared/pixels.js" */
/** @import { Network } from "./sent.d.ts" */
/** @import { State } from "./three_against_seven_state.js" */
import { all, element, find, pen } from "../shared/component.js";
import { count } from "../shared/numbers.js";
import { drawPerturbation, withAlpha } from "../shared/pixels.js";
import { NAMES, net, wrongAt } from "./three_against_seven_state.js";

const SIDE = 28;
export const ACROSS = 5;

/** @param {HTMLCanvasElement} canvas @param {Values} values @param {number} scale */
function drawGrey(canvas, values, scale) {
  const picture = new ImageData(SIDE, SIDE);
  picture.data.fill(255);
  drawPerturbation(picture.data, withAlpha(values, 1, Float32Array, 0), scale);
  pen(canvas).putImageData(picture, 0, 0);
}

/** Pixel j of digit i -> its place on the canvas, four bytes a pixel. @param {number} i @param {number} j */
const placeOf = (i, j) => 4 * ((Math.floor(i / ACROSS) * SIDE + Math.floor(j / SIDE)) * ACROSS * SIDE + (i % ACROSS) * SIDE + (j % SIDE));

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} digits
 * @param {(i: number, j: number) => number} value of pixel j of digit i
 */
function drawSheet(canvas, digits, value) {
  const picture = new ImageData(ACROSS * SIDE, ACROSS * SIDE);
  picture.data.fill(255);
  for (let i = 0; i < digits; i++) {
    for (let j = 0; j < SIDE * SIDE; j++) {
      const at = placeOf(i, j);
      picture.data[at] = picture.data[at + 1] = picture.data[at + 2] = value(i, j);
    }
  }
  pen(canvas).putImageData(picture, 0, 0);
}

/** @param {HTMLElement} root @param {State} state */
export function drawClean(root, { data, pixels }) {
  drawSheet(find(root, ".clean", HTMLCanvasElement), data.labels.length, (i, j) => pixels[i * SIDE * SIDE + j]);
  find(root, ".where").textContent = `digits ${count(data.start + 1)} to ${count(data.start + data.labels.length)} of ${count(data.networks[0].digits)}`;
  for (const button of all(root, "[data-turn]", HTMLButtonElement)) {
    const to = data.sheet + Number(button.dataset.turn);
    button.disabled = to < 0 || to >= data.sheets;
  }
}

/** x - y epsilon sign(w) in whole 8-bit levels: the clamped array clips. @param {HTMLElement} root @param {State} state */
export function drawPanels(root, state) {
  const { data, pixels, stop } = state;
  const { signs, weights, ownWhite } = net(state);
  const level = data.levels[stop];
  drawSheet(find(root, ".perturbed", HTMLCanvasElement), data.labels.length, (i, j) => pixels[i * SIDE * SIDE + j] + (data.labels[i] ? 1 : -1) * level * signs[j]);
  if (state.drawn !== net(state)) {
    state.drawn = net(state);
    drawGrey(find(root, ".w", HTMLCanvasElement), weights, 1 / ownWhite);
    drawGrey(find(root, ".sign", HTMLCanvasElement), signs, 1);
  }
  all(root, ".marks").forEach((marks, panel) => {
    all(marks, "i").forEach((cell, i) => mark(cell, state, i, panel ? stop : 0));
  });
}

/** @param {HTMLElement} cell @param {State} state @param {number} i the digit @param {number} stop */
function mark(cell, state, i, stop) {
  const wrong = state.guess !== null && wrongAt(state, i, stop);
  cell.dataset.wrong = wrong ? "1" : "0";
  cell.dataset.chosen = state.guess !== null && i === state.digit ? "1" : "0";
  cell.textContent = wrong ? NAMES[1 - state.data.labels[i]] : "";
}

/**
 * The three models side by side.
 * @param {HTMLElement} root
 * @param {Network[]} networks
 * @param {(network: number) => void} onChoose
 */
export function createModels(root, networks, onChoose) {
  find(root, ".models").replaceChildren(...networks.map((network, i) => modelCard(network, () => onChoose(i))));
  const { white } = networks[0];
  find(root, ".scale").textContent = `One grey scale for all three: black is −${white.toFixed(2)} and less, mid grey 0, white +${white.toFixed(2)} and more; almost 0 is less than a tenth of that. Wrong answers above are of the 1,000 digits that ship.`;
}

/** @param {Network} n @param {() => void} onclick */
function modelCard(n, onclick) {
  const card = element("article");
  card.innerHTML = `<h3><button type="button"></button></h3><canvas width="${SIDE}" height="${SIDE}" role="img"></canvas><dl>
    <dt>wrong, clean</dt><dd class="clean-error"></dd>
    <dt>wrong, FGSM at <span class="at"></span></dt><dd class="fgsm-error"></dd>
    <dt>‖w‖₁</dt><dd>${n.l1.toFixed(1)}</dd>
    <dt>weights almost 0</dt><dd>${(100 * n.small).toFixed(0)} %</dd></dl>
    <p>MNIST’s ${count(n.test.digits)} test digits: ${(100 * n.test.clean).toFixed(1)} % wrong clean, ${(100 * n.test.fgsm).toFixed(1)} % under FGSM at .25.</p>`;
  Object.assign(find(card, "button"), { textContent: n.word, title: n.title, onclick });
  const picture = find(card, "canvas", HTMLCanvasElement);
  picture.setAttribute("aria-label", `Weights, ${n.word}`);
  drawGrey(picture, n.weights, 1 / n.white);
  return card;
}
