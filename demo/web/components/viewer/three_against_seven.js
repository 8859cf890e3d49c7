// Three against seven: the server's evaluations are kept here, and every drag is answered from them.

/** @import { Tell } from "../shared/component.js" */
/** @import { Model, Network, Sheet } from "./sent.d.ts" */
/** @import { State } from "./three_against_seven_state.js" */
import { all, component, element, find } from "../shared/component.js";
import { remember } from "../shared/link.js";
import { nearest } from "../shared/numbers.js";
import { unpacked } from "../shared/sent.js";
import { isDark } from "../shared/theme.js";
import { createDerivation } from "./three_against_seven_derivation.js";
import { createMargins } from "./three_against_seven_margins.js";
import { ACROSS, createModels, drawClean, drawPanels } from "./three_against_seven_panels.js";
import { epsilonOf, losses, net } from "./three_against_seven_state.js";
import { drawFindings, drawTable, drawWords } from "./three_against_seven_words.js";

const GUESS = "three-against-seven-guess"; // in the tab's own memory
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ACROSS, ArrowDown: ACROSS };

/** @param {HTMLElement} root */
function createView(root) {
  const state = /** @type {State} */ ({ stop: 0, network: 0, digit: 0, guess: null });
  const slider = find(root, ".epsilon", HTMLInputElement);
  let tell = /** @type {Tell} */ (() => {});
  let derive = /** @type {ReturnType<typeof createDerivation> | null} */ (null);
  const margins = createMargins(root, (stop) => state.data.stops[stop], (epsilon) => { if (state.data) { setStop(nearest(state.data.stops, epsilon)); keep(); } });

  async function show(/** @type {Sheet} */ sent, /** @type {Tell} */ say) {
    tell = say;
    const dark = isDark(root) ? "1" : "0";
    if (root.dataset.dark !== dark) margins.forget(); // its ink is the theme's
    root.dataset.dark = dark;
    state.arriving = sent.id;
    if (state.data?.id === sent.id) { draw(); return; }
    const [pixels, networks] = await Promise.all([unpacked(sent.pixels), Promise.all(sent.networks.map(opened))]);
    if (state.arriving !== sent.id || !root.isConnected) return;
    const first = !state.data;
    Object.assign(state, { data: { ...sent, networks }, pixels });
    if (first) begin();
    else keep(); // the server wrote its own link over the one from here
    drawClean(root, state);
    draw();
    root.dataset.ready = sent.id;
  }

  function begin() {
    derive = createDerivation(find(root, ".five"), state.data.words);
    fill(root, state.data, choose);
    setStop(remembered(state));
  }

  function draw() {
    if (!state.data) return;
    root.dataset.asked = state.guess === null ? "1" : "0";
    drawPanels(root, state);
    drawWords(root, state);
    if (state.guess === null) return;
    drawTable(root, state);
    drawFindings(root, state);
    margins.show(net(state), net(state).derivation.margins[state.digit], state.stop);
    derive?.(net(state).derivation, losses(state), state.digit, state.stop, epsilonOf(state), net(state).l1);
  }

  function setStop(/** @type {number} */ stop) {
    state.stop = Math.min(state.data.stops.length - 1, Math.max(0, stop));
    slider.value = String(state.stop);
    draw();
  }

  function choose(/** @type {number} */ network) {
    state.network = network;
    draw();
    keep();
  }

  const keep = () => { if (state.data && root.isConnected) keepLink(state); };
  listen(root, state, { draw, setStop, keep, turn: (by) => tell("turned", state.data.sheet + by) });
  const stuck = stickable(root);
  return { show, stop: () => { margins.stop(); stuck.disconnect(); } };
}

/**
 * Once: the parts that the data name.
 * @param {HTMLElement} root
 * @param {Sheet<Network>} data
 * @param {(network: number) => void} choose
 */
function fill(root, { stops, words, networks, labels }, choose) {
  find(root, ".epsilon", HTMLInputElement).max = String(stops.length - 1);
  for (const box of all(root, "[data-words]")) box.textContent = words[box.dataset.words ?? ""];
  find(root, ".choices").replaceChildren(...networks.map((n, i) => element("button", { type: "button", textContent: n.word, title: n.title, onclick: () => choose(i) })));
  createModels(root, networks, choose);
  for (const marks of all(root, ".marks")) marks.replaceChildren(...labels.map(() => element("i")));
}

/**
 * What the hands do: the slider, the question, the digits.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {{ draw: () => void, setStop: (stop: number) => void, keep: () => void, turn: (by: number) => void }} view
 */
function listen(root, state, { draw, setStop, keep, turn }) {
  const slider = find(root, ".epsilon", HTMLInputElement);

  function answered(/** @type {State["guess"]} */ guess) {
    if (!state.data) return;
    state.guess = guess;
    if (guess === "skipped" && state.stop === 0) setStop(nearest(state.data.stops, 0.25));
    draw();
    keep();
    slider.focus({ preventScroll: true });
  }

  slider.addEventListener("input", () => { if (state.data) setStop(Number(slider.value)); });
  slider.addEventListener("change", keep);
  find(root, ".show-answer").addEventListener("click", () => answered(state.stop));
  find(root, ".skip").addEventListener("click", () => answered("skipped"));
  for (const button of all(root, "[data-turn]")) button.addEventListener("click", () => turn(Number(button.dataset.turn)));
  for (const canvas of all(root, ".sheet")) pickable(canvas, state, draw, keep);
}

/** @param {Model} sent @returns {Promise<Network>} */
async function opened(sent) {
  const { weights, signs, left, derivation: { loss, lossAtPoint } } = sent;
  const [w, s, l, j, p] = await Promise.all([weights, signs, left, loss, lossAtPoint].map(async (text) => (await unpacked(text)).buffer));
  return { ...sent, weights: new Float32Array(w), signs: new Int8Array(s), left: new Float32Array(l), loss: new Float64Array(j), lossAtPoint: new Float64Array(p) };
}

/** What the link, or the tab, says of the guess, the model and the digit; -> the stop. @param {State} state */
function remembered(state) {
  const { stops, networks, labels } = state.data;
  const asked = new URL(location.href).searchParams;
  const sound = (/** @type {string | null} */ text, /** @type {number} */ most) => {
    const value = Number(text || NaN);
    return value >= 0 && value <= most ? value : null;
  };
  const guess = asked.get("guess") ?? sessionStorage.getItem(GUESS);
  const guessed = sound(guess, 0.5);
  state.guess = guess === "skipped" ? guess : guessed === null ? null : nearest(stops, guessed);
  state.network = Math.max(0, networks.findIndex(({ name }) => name === asked.get("network")));
  state.digit = Math.max(0, Math.round(sound(asked.get("digit"), labels.length) ?? 1) - 1);
  return nearest(stops, sound(asked.get("epsilon"), 0.5) ?? (state.guess === null ? 0 : 0.25));
}

/** The link says what differs from a first visit; the tab remembers the guess on its own. @param {State} state */
function keepLink({ guess, stop, network, digit, data }) {
  const guessed = guess === null ? null : guess === "skipped" ? guess : String(data.stops[guess]);
  remember({
    guess: guessed, epsilon: String(data.stops[stop]),
    network: network ? data.networks[network].name : null, digit: digit ? String(digit + 1) : null,
  });
  if (guessed !== null) sessionStorage.setItem(GUESS, guessed);
}

/**
 * A sheet of digits, of which a pointer or the arrow keys choose one.
 * @param {HTMLElement} canvas
 * @param {State} state
 * @param {() => void} draw
 * @param {() => void} keep
 */
function pickable(canvas, state, draw, keep) {
  function select(/** @type {number} */ digit) {
    if (digit === state.digit || digit < 0 || digit >= state.data.labels.length) return;
    state.digit = digit;
    draw();
  }

  function pointed(/** @type {MouseEvent} */ event) {
    if (!state.data) return;
    const box = canvas.getBoundingClientRect();
    const at = (/** @type {number} */ v) => Math.min(ACROSS - 1, Math.max(0, Math.floor(v * ACROSS)));
    select(at((event.clientY - box.top) / box.height) * ACROSS + at((event.clientX - box.left) / box.width));
  }

  canvas.addEventListener("pointermove", pointed);
  canvas.addEventListener("pointerdown", pointed);
  canvas.addEventListener("pointerleave", keep);
  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !state.data) return;
    event.preventDefault();
    select(state.digit + step);
    keep();
  });
}

/** The bar with the slider stays in reach; once it does so at the top, nothing shows through above it. @param {HTMLElement} root */
function stickable(root) {
  const seen = new IntersectionObserver(([entry]) => {
    find(root, ".control").dataset.stuck = !entry.isIntersecting && entry.boundingClientRect.top < innerHeight / 2 ? "1" : "0";
  }, { rootMargin: "-62px 0px 0px 0px" });
  seen.observe(find(root, ".before-control"));
  return seen;
}

export default component(".three-seven", createView);
