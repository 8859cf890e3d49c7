// The curves: sent for epsilon = m = 1, moved up and down by both; a dot on each where n is.

/** @import { Plot } from "../shared/types.d.ts" */
/** @import { Growth } from "./sent.d.ts" */
import { createChart, logarithmic } from "../shared/chart.js";
import { all, find } from "../shared/component.js";
import { theme } from "../shared/theme.js";

/**
 * move(stop, factors, values): lines and dots as a drag has them. draw(): the lines by Plotly itself,
 * which a hand on them then hears of.
 * @param {HTMLElement} root
 * @param {Growth} data
 * @param {(stop: number) => void} onPick
 */
export function createCurves(root, { ns, figure }, onPick) {
  const plot = /** @type {Plot} */ (find(root, ".plot"));
  const dots = all(root, ".marker i", HTMLElement);
  const last = figure.data.length - 1;
  let [rising, flat, drawn, values] = [1, 1, "", /** @type {number[]} */ ([])];
  const factor = (/** @type {number} */ k) => (k < last ? rising : flat);

  const chart = createChart(root, onPick, (axes) => {
    const shown = plot._fullData;
    if (!axes || !shown) return;
    const at = (/** @type {number} */ value) => axes.yaxis.d2p(value);
    dots.forEach((dot, k) => { dot.style.top = `${at(values[k])}px`; });
    all(root, ".scatterlayer .trace", SVGGElement).forEach((line, k) => {
      const up = at(factor(k) * figure.data[k].y[0]) - at(shown[k].y[0]);
      line.style.transform = `translateY(${up}px)`;
    });
  });

  function move(/** @type {number} */ stop, /** @type {[number, number]} */ factors, /** @type {number[]} */ heights) {
    [rising, flat] = factors;
    values = heights;
    chart.place(stop);
  }

  function draw() {
    const wanted = [rising, flat, theme(root).ink].join();
    if (wanted === drawn) return;
    drawn = wanted;
    const data = figure.data.map((trace, k) => ({ ...trace, y: trace.y.map((value) => factor(k) * value) }));
    chart.draw({ ...figure, data }, logarithmic(ns));
  }

  return { move, draw, stop: chart.stop };
}
