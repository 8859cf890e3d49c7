// The hidden L1: all numbers are here, and a drag of epsilon or alpha is answered from them.

/** @import { Feed, Figure, Plot } from "../shared/types.d.ts" */
/** @import { HiddenL1, Shown } from "./sent.d.ts" */
import { createChart, logarithmic } from "../shared/chart.js";
import { all, component, element, find, press } from "../shared/component.js";
import { remember } from "../shared/link.js";
import { nearest } from "../shared/numbers.js";
import { isDark } from "../shared/theme.js";
import { lines, write } from "./hidden_l1_numbers.js";

/** of: "one" or "batch". @typedef {{ data: HiddenL1 | null, batch: (Shown & Feed) | null, of: string, stop: number, alpha: number, drawn: Figure | null }} State */

/** @param {HTMLElement} root */
function createView(root) {
  const state = /** @type {State} */ ({ data: null, batch: null, of: "one", stop: 0, alpha: 0.5, drawn: null });
  const epsilon = find(root, ".hl1-epsilon", HTMLInputElement);
  const charts = [".hl1-objective", ".hl1-ratio"].map((name) => createChart(find(root, name), (stop) => { setStop(stop); keepLink(state); }));
  const now = () => nowOf(state);

  function show(/** @type {HiddenL1} */ data) {
    root.dataset.dark = isDark(root) ? "1" : "0";
    if (!state.data) Object.assign(state, { alpha: data.alpha, of: data.of });
    const wanted = state.data?.kind === data.kind ? now().epsilons[state.stop] : data.epsilon;
    Object.assign(state, { data, batch: null, drawn: null });
    if (!data.batch) state.of = "one";
    find(root, ".hl1-alpha", HTMLInputElement).value = String(state.alpha);
    find(root, "[data-of=one]").textContent = data.one.name;
    Object.assign(find(root, "[data-of=batch]"), { hidden: !data.batch, textContent: "Many digits" });
    receive();
    change(wanted);
  }

  // What is measured on many digits comes later, and more of it again and again.
  function receive() {
    const message = window.fgsmFeeds?.["hidden-l1"];
    if (!message || !state.data || message.id !== state.data.batch) return;
    const wanted = now().epsilons[state.stop];
    state.batch = /** @type {Shown & Feed} */ (message);
    find(root, "[data-of=batch]").textContent = state.batch.name;
    if (state.of === "batch") change(wanted);
  }

  // Another picture, or more digits: the nearest epsilon that they have.
  function change(/** @type {number} */ wanted) {
    epsilon.max = String(now().epsilons.length - 1);
    state.stop = nearest(now().epsilons, wanted, Math.log);
    say(root, state);
    draw();
    write(root, now(), state.stop, state.alpha);
  }

  function setStop(/** @type {number} */ stop) {
    state.stop = Math.min(now().epsilons.length - 1, Math.max(0, stop));
    for (const chart of charts) chart.place(state.stop);
    write(root, now(), state.stop, state.alpha);
  }

  function draw() {
    if (waiting(state)) return charts.forEach((chart) => chart.wait(""));
    const { epsilons, figures } = now();
    const scale = logarithmic(epsilons);
    lines(now(), state.alpha).forEach((values, i) => { figures.objective.data[i].y = values; });
    for (const chart of charts) chart.place(state.stop);
    charts[0].draw(figures.objective, scale);
    if (state.drawn !== figures.ratio) charts[1].draw(figures.ratio, scale);
    state.drawn = figures.ratio;
  }

  listen(root, state, { change, setStop, draw });
  const onFeed = (/** @type {CustomEvent<{ kind: string }>} */ event) => { if (event.detail.kind === "hidden-l1") receive(); };
  window.addEventListener("fgsm-feed", onFeed);
  return { show, stop: () => { for (const chart of charts) chart.stop(); window.removeEventListener("fgsm-feed", onFeed); } };
}

/**
 * What the hands do: epsilon, alpha, and one picture or many digits.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {{ change: (epsilon: number) => void, setStop: (stop: number) => void, draw: () => void }} view
 */
function listen(root, state, { change, setStop, draw }) {
  const epsilon = find(root, ".hl1-epsilon", HTMLInputElement);
  const alpha = find(root, ".hl1-alpha", HTMLInputElement);
  const keep = () => keepLink(state);
  epsilon.addEventListener("input", () => setStop(Number(epsilon.value)));
  epsilon.addEventListener("change", keep);
  alpha.addEventListener("input", () => {
    state.alpha = Number(alpha.value);
    moveLines(find(root, ".hl1-objective .plot"), nowOf(state), state.alpha);
    write(root, nowOf(state), state.stop, state.alpha);
  });
  alpha.addEventListener("change", () => { draw(); keep(); });
  for (const tab of all(root, "[data-of]")) {
    tab.addEventListener("click", () => {
      const wanted = nowOf(state).epsilons[state.stop];
      state.of = tab.dataset.of ?? "one";
      change(wanted);
      keep();
    });
  }
}

/** @param {State} state */
function keepLink(state) {
  const epsilon = nowOf(state).epsilons[state.stop];
  remember({ epsilon: String(+epsilon.toPrecision(4)), alpha: String(state.alpha), of: state.of === "batch" ? "batch" : null });
}

/** @param {State} state */
const waiting = ({ of, batch }) => of === "batch" && !batch;

/** Of many digits where they are asked for and there. @param {State} state @returns {Shown} */
function nowOf({ of, batch, data }) {
  return of === "batch" && batch ? batch : /** @type {HiddenL1} */ (data).one;
}

/** The heading, and of what it speaks. @param {HTMLElement} root @param {State} state */
function say(root, state) {
  press(all(root, "[data-of]"), (tab) => tab.dataset.of === state.of);
  root.dataset.waiting = waiting(state) ? "1" : "0";
  const counted = state.of === "batch" && state.batch && state.batch.share < 1 ? `${state.batch.count} digits so far` : "";
  find(root, ".hl1-state").textContent = waiting(state) ? "Computing the first digits …" : counted;
  const parts = nowOf(state).heading.map(([line, textContent]) => element(line ? "b" : "span", { className: line, textContent }));
  find(root, ".hl1-say").replaceChildren(...parts);
}

/**
 * The paths themselves: Plotly would redraw everything, and a finger is faster than that.
 * @param {HTMLElement} place
 * @param {Shown} shown
 * @param {number} alpha
 */
function moveLines(place, shown, alpha) {
  const plot = /** @type {Plot} */ (place);
  const [axes, traces] = [plot._fullLayout, plot._fullData];
  if (!axes?.xaxis || !traces) return;
  const across = shown.epsilons.map((e) => axes.xaxis.d2p(e).toFixed(2));
  lines(shown, alpha).forEach((values, i) => {
    const at = values.map((v, k) => `${across[k]},${axes.yaxis.d2p(Math.max(v, 1e-300)).toFixed(2)}`);
    plot.querySelector(`.trace${traces[i]?.uid} .js-line`)?.setAttribute("d", `M${at.join("L")}`);
  });
}

export default component(".hl1", createView);
