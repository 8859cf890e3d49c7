// The Plotly figure and the marker above it. The marker is placed by the axis itself: nothing is redrawn.

/** @import { Axis, Figure, Layout, Plot } from "./types.d.ts" */
import { find } from "./component.js";
import { createLegend } from "./legend.js";
import { nearest } from "./numbers.js";
import { plotlyReady } from "./plotly.js";
import { theme } from "./theme.js";

export const CONFIG = { displayModeBar: false };

/** @typedef {{ xaxis: Axis, yaxis: Axis, yaxis2: Axis }} Axes */
/** What stands on the x axis at a stop, and back. @typedef {{ toX: (stop: number) => number, toStop: (x: number) => number }} Scale */

/** Over a logarithmic axis, where the stops have these values. @param {number[]} values @returns {Scale} */
export const logarithmic = (values) => ({ toX: (stop) => Math.log10(values[stop]), toStop: (x) => nearest(values, 10 ** x, Math.log) });

/**
 * The figure's layout in the theme's colours, and its axes' own.
 * @param {Figure} figure
 * @param {Element} root
 */
export function themed(figure, root) {
  const { ink, second, family } = theme(root);
  const layout = Object.assign(structuredClone(figure.layout), {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true,
    font: { color: ink || "#222", family, size: 13 },
    hoverlabel: { bgcolor: second, font: { color: ink || "#222" } },
  });
  const axes = Object.keys(layout).filter((key) => /^[xy]axis/.test(key)).map((key) => layout[key]);
  return { layout, axes };
}

/**
 * The plot takes the size of its place whenever that changes: the page's style may come after it.
 * @param {Plot} plot
 */
export function follow(plot) {
  const sized = new ResizeObserver(() => requestAnimationFrame(() => {
    const { clientWidth: width, clientHeight: height, _fullLayout: drawn } = plot;
    if (!drawn || !height || Math.abs(drawn.width - width) + Math.abs(drawn.height - height) < 2) return;
    window.Plotly.Plots.resize(plot);
  }));
  sized.observe(plot);
  return sized;
}

/**
 * wait(which): no curve is there yet, or none belongs here. draw(figure, scale, which, last): that
 * chart; last: an entry at the end of the legend. place(stop): the marker.
 * @param {HTMLElement} root
 * @param {(stop: number) => void} onPick
 * @param {(axes: Axes | null, stop: number | null) => void} onPlace draws what else moves with the
 *   marker; null where there is nothing to place yet
 */
export function createChart(root, onPick, onPlace = () => {}) {
  const wrap = find(root, ".plot-wrap");
  const plot = /** @type {Plot} */ (find(root, ".plot"));
  const marker = find(root, ".marker");
  const list = /** @type {HTMLElement | null} */ (root.querySelector(".legend"));
  const legend = list && createLegend(list);
  let shown = /** @type {Scale | null} */ (null);
  let [x, turn] = [/** @type {number | null} */ (null), 0];
  let drawn = /** @type {string | null} */ (null); // which chart

  // An old curve of the same chart is dimmed, any other is hidden.
  function wait(/** @type {string} */ which) {
    turn++;
    shown = null;
    wrap.dataset.waiting = which === drawn ? "old" : "other";
    place(x);
  }

  function place(/** @type {number | null} */ stop) {
    x = stop;
    const axes = plot._fullLayout;
    if (!shown || !axes?.xaxis || stop === null) {
      marker.style.visibility = "hidden";
      return onPlace(null, stop);
    }
    const { xaxis, yaxis } = axes;
    marker.style.height = `${yaxis._length}px`;
    marker.style.transform = `translate(${xaxis._offset + xaxis.l2p(shown.toX(stop)) - 1}px, ${yaxis._offset}px)`;
    marker.style.visibility = "visible";
    return onPlace(axes, stop);
  }

  async function draw(/** @type {Figure} */ figure, /** @type {Scale} */ scale, which = "", /** @type {HTMLElement | null} */ last = null) {
    const mine = ++turn;
    const Plotly = await plotlyReady();
    if (mine !== turn || !plot.isConnected) return;
    const traces = structuredClone(figure.data);
    const layout = laidOut(figure, root, legend ? "below" : plot.clientWidth < 520 ? "narrow" : "wide");
    legend?.(traces, plot, last);
    await Plotly.react(plot, traces, layout, CONFIG);
    plot.removeAllListeners("plotly_afterplot");
    plot.on("plotly_afterplot", () => place(x)); // it has another size now
    drawn = which;
    if (mine !== turn) return;
    shown = scale;
    delete wrap.dataset.waiting;
    place(x);
  }

  wrap.addEventListener("click", (event) => {
    const axis = plot._fullLayout?.xaxis;
    if (!shown || !axis) return;
    const at = event.clientX - plot.getBoundingClientRect().left - axis._offset;
    if (at >= -4 && at <= axis._length + 4) onPick(shown.toStop(axis.p2l(at)));
  });
  const sized = follow(plot);
  return { draw, place, wait, stop: () => sized.disconnect() };
}

/**
 * @param {Figure} figure
 * @param {HTMLElement} root
 * @param {"below" | "narrow" | "wide"} legend below: our own; narrow: Plotly's on a phone, in two
 *   columns, with room for its rows
 * @returns {Layout}
 */
function laidOut(figure, root, legend) {
  const { layout, axes } = themed(figure, root);
  const grid = theme(root).line || "#ddd";
  for (const axis of axes) Object.assign(axis, { gridcolor: grid, zerolinecolor: grid, linecolor: grid });
  if (legend === "below") Object.assign(layout, { showlegend: false, margin: { ...layout.margin, b: 46 } });
  if (legend !== "narrow" || layout.showlegend === false) return layout;
  Object.assign(layout.legend, { entrywidth: 0.48, entrywidthmode: "fraction", font: { size: 11 } });
  const named = figure.data.filter((trace) => trace.showlegend !== false);
  const twoLines = named.filter((trace) => (trace.name || "").includes("<br>")).length;
  layout.margin.b = 64 + 17 * (Math.ceil(named.length / 2) + twoLines);
  layout.font.size = 12;
  return layout;
}
