// The attack page's two curves in one place, chosen by two buttons.

/** @import { State } from "./sent.d.ts" */
import { createChart } from "../shared/chart.js";
import { all, find, press } from "../shared/component.js";
import { entry } from "../shared/legend.js";
import { nearest } from "../shared/numbers.js";
import { chartHint } from "./words.js";

/**
 * @param {HTMLElement} root
 * @param {State} state
 * @param {(stop: number) => void} onPick somebody clicked the curve there
 */
export function createCurves(root, state, onPick) {
  const chart = createChart(root, onPick);
  const control = createControl(state, ask);
  const tabs = all(root, "[data-chart]");

  function draw() {
    const confidence = state.chart === "confidence";
    const figure = confidence ? state.extra?.confidence || state.counterpart?.figure || state.answers?.figure : state.extra?.logits;
    find(root, ".chart-hint").textContent = chartHint(state.chart, state.data, figure, state.extra) ?? "";
    const which = `${state.chart} ${state.data?.kind}`;
    if (!figure) return chart.wait(confidence || state.data?.method !== "ten" ? which : "none");
    const { levels: stops } = state.data;
    return chart.draw(figure, confidence
      ? { toX: (stop) => stop, toStop: (x) => Math.round(x) }
      : { toX: (level) => level, toStop: (x) => nearest(stops, Math.max(0, x)) }, which,
    confidence && state.extra && !state.extra.confidence && state.data.method !== "ten" ? control() : null);
  }

  // What is looked at and was not computed for this picture yet is asked for, once.
  function ask() {
    const there = state.extra?.what;
    if (!there || state.data.method === "ten") return;
    const wanted = new Set(there);
    if (state.chart === "logits") wanted.add("logits");
    if (state.control) wanted.add("control");
    const key = [state.data.id, ...wanted].join();
    if (wanted.size === there.length || state.asked === key) return;
    state.asked = key;
    state.tell("looked", { id: state.data.id, what: [...wanted] });
  }

  const place = () => chart.place(state.chart === "confidence" ? state.stop : state.data.levels[state.stop]);

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      state.chart = tab.dataset.chart ?? "";
      press(tabs, (other) => other === tab);
      draw();
      if (state.data) place();
      ask();
    });
  }
  return { draw, place, ask, stop: chart.stop };
}

/**
 * A legend's entry for the random signs while they are not computed: a click asks for them.
 * @param {State} state
 * @param {() => void} ask
 */
function createControl(state, ask) {
  const item = entry("random signs", { color: "#8A8A8A", width: 2 });
  const button = find(item, "button");
  function shown() {
    find(item, ".legendtext").textContent = state.control ? "random signs: computing …" : "random signs";
    return item;
  }
  button.addEventListener("click", () => {
    state.control = true;
    shown();
    ask();
  });
  return shown;
}
