// The viewer: the server's results are kept here, and every drag is answered from them.

/** @import { Tell } from "../shared/component.js" */
/** @import { Answers, Opening, State } from "./sent.d.ts" */
import { component, find } from "../shared/component.js";
import { closeDrawer } from "../shared/drawer.js";
import { createLens } from "../shared/lens.js";
import { remember } from "../shared/link.js";
import { nearest } from "../shared/numbers.js";
import { withAlpha } from "../shared/pixels.js";
import { unpacked } from "../shared/sent.js";
import { isDark } from "../shared/theme.js";
import { createTop, drawWords, paintNotes } from "./answers.js";
import { createCurves } from "./curves.js";
import { createExports } from "./exports.js";
import { createPictures, describePixel, paintSwatches } from "./pictures.js";
import { createPlayer } from "./player.js";
import { createStrip } from "./strip.js";
import { createSwitch } from "./switch.js";

const FED = ["answers", "counterpart", "extra", "progress", "strip"];

/** @param {HTMLElement} root */
function createView(root) {
  const state = /** @type {State} */ ({ answers: null, counterpart: null, extra: null, size: 0, chart: "confidence" });
  const slider = find(root, ".epsilon", HTMLInputElement);
  const pictures = createPictures(root, state);
  const lens = createLens(root, state, (x, y) => describePixel(state, x, y));
  const chart = createCurves(root, state, (stop) => setStop(stop));
  const tops = /** @type {const} */ ([".before", ".after"]).map((where) => createTop(find(root, where), state));
  const training = createSwitch(root, (asked) => state.tell("switched", asked));
  const strip = createStrip(root, (event, value) => state.tell(event, value));
  const player = createPlayer(root, state, setStop, rememberEpsilon);
  createExports(root, state, pictures.canvas, rememberEpsilon);
  find(root, ".guide-me").addEventListener("click", () => state.tell("guided", 1));

  function setStop(/** @type {number} */ stop, { quiet = false } = {}) {
    if (!state.data) return;
    state.stop = Math.min(state.data.levels.length - 1, Math.max(0, stop));
    slider.value = String(state.stop);
    draw();
    window.fgsmLevel = state.data.levels[state.stop];
    window.dispatchEvent(new CustomEvent("fgsm-level"));
    if (!quiet) rememberEpsilon();
  }

  function draw() {
    if (!state.data) return;
    pictures.draw();
    drawWords(root, state, [tops[0], tops[1]]);
    chart.place();
    lens.draw();
  }

  function rememberEpsilon() {
    if (!state.data) return;
    remember({ epsilon: String(+(state.data.levels[state.stop] / 255).toFixed(6)) });
    state.chosen = state.data.kind;
    tellStop();
  }

  // While the fold of the printed page is open, the server hears of a stop that stays.
  function tellStop() {
    const level = state.data.levels[state.stop];
    if (state.data.told !== null && state.data.told !== level) state.tell("stayed", level);
  }

  for (const begins of ["pointerdown", "keydown"]) slider.addEventListener(begins, () => performance.clearMeasures("fgsm-drag"));
  slider.addEventListener("input", (event) => {
    player.stop();
    setStop(Number(slider.value), { quiet: true });
    performance.measure("fgsm-drag", { start: event.timeStamp, end: performance.now() });
  });
  slider.addEventListener("change", rememberEpsilon);
  const go = (/** @type {CustomEvent<{ level: number }>} */ event) => { player.stop(); setStop(nearest(state.data.levels, event.detail.level)); };
  window.addEventListener("fgsm-go", go); // another part of the page asks for an epsilon
  const feeds = createFeeds(root, state, { chart, draw, strip });
  const show = createShow(root, state, { pictures, chart, training, strip, setStop, feeds, rememberEpsilon, tellStop });
  return { show, stop: () => { player.stop(); feeds.stop(); chart.stop(); window.removeEventListener("fgsm-go", go); } };
}

/**
 * show(data, tell): another opening has arrived; tell(event, value) says something to the server.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {object} parts
 * @param {ReturnType<typeof createPictures>} parts.pictures
 * @param {ReturnType<typeof createCurves>} parts.chart
 * @param {ReturnType<typeof createSwitch>} parts.training
 * @param {ReturnType<typeof createStrip>} parts.strip
 * @param {(stop: number, how: { quiet: boolean }) => void} parts.setStop
 * @param {ReturnType<typeof createFeeds>} parts.feeds
 * @param {() => void} parts.rememberEpsilon
 * @param {() => void} parts.tellStop
 */
function createShow(root, state, { pictures, chart, training, strip, setStop, feeds, rememberEpsilon, tellStop }) {
  const slider = find(root, ".epsilon", HTMLInputElement);
  return async (/** @type {Opening} */ data, /** @type {Tell} */ tell) => {
    state.tell = tell;
    root.dataset.dark = isDark(root) ? "1" : "0";
    state.arriving = data.id;
    const [clean, signs] = await Promise.all([unpacked(data.clean), unpacked(data.signs)]);
    if (state.arriving !== data.id) return;
    const level = state.data?.kind === data.kind && state.data.followed === data.followed ? state.data.levels[state.stop] : data.level;
    const fresh = state.data?.id !== data.id;
    if (fresh && state.data) closeDrawer();
    Object.assign(state, { data, size: data.size, change: null });
    if (fresh) Object.assign(state, { answers: null, counterpart: null, extra: null });
    training.show(data);
    strip.show(data);
    pictures.take(clean, signs);
    root.dataset.kind = data.kind;
    find(root, '[data-chart="logits"]').textContent = data.kind === "digits" ? "Logits, −1 to +1" : "Logits, −16 to +16";
    slider.max = String(data.levels.length - 1);
    paintSwatches(root, state);
    if (fresh) {
      find(root, ".notes").replaceChildren();
      slider.style.removeProperty("--bands");
      chart.draw();
    }
    setStop(nearest(data.levels, level), { quiet: true });
    if (state.chosen === data.kind) rememberEpsilon(); // the server writes an address without it
    else tellStop();
    feeds.again();
  };
}

/**
 * Later results come by feeds of their own, so that the pictures never wait for them.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {object} parts
 * @param {ReturnType<typeof createCurves>} parts.chart
 * @param {() => void} parts.draw
 * @param {ReturnType<typeof createStrip>} parts.strip
 */
function createFeeds(root, state, { chart, draw, strip }) {
  async function receive(/** @type {string} */ kind) {
    const message = window.fgsmFeeds?.[kind];
    if (!message || !state.data) return;
    if (kind === "strip" && message.id === state.data.kind) strip.fill(message.items);
    if (message.id !== state.data.id) return;
    if (kind === "progress") showProgress(root, state, message.done);
    else await take(kind, message);
  }

  async function take(/** @type {string} */ kind, /** @type {any} */ message) {
    if (kind === "answers" && message.change) {
      const bytes = await unpacked(message.change);
      if (message.id !== state.data.id) return;
      state.change = withAlpha(new Int16Array(bytes.buffer), state.data.channels, Int16Array, 0);
    }
    Object.assign(state, { [kind]: message });
    if (kind === "answers") paintNotes(root, state, /** @type {Answers} */ (message));
    chart.draw();
    draw();
    if (kind === "extra") chart.ask();
  }

  const onFeed = (/** @type {CustomEvent<{ kind: string }>} */ event) => { receive(event.detail.kind); };
  window.addEventListener("fgsm-feed", onFeed);
  return {
    again: () => FED.forEach(receive),
    stop: () => window.removeEventListener("fgsm-feed", onFeed),
  };
}

/** @param {HTMLElement} root @param {State} state @param {number} done steps of ten */
function showProgress(root, state, done) {
  const bar = find(root, ".progress", HTMLProgressElement);
  bar.hidden = done >= 10 || !!state.change;
  bar.value = done;
}

export default component(".fgsm", createView);
