// Plotly's own bundle, one file for every chart of every page: asked for once, kept by the browser.

/** @import { Plotly } from "./types.d.ts" */
import { kept } from "./sent.js";

const FILE = "plotly-cartesian-4.1.1-79542150855a.min.js"; // under static/; its name holds its hash

/** @returns {Promise<Plotly>} */
export function plotlyReady() {
  window.fgsmPlotly ??= kept(`/app/static/${FILE}`).then((file) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = URL.createObjectURL(file);
    script.onload = () => resolve(window.Plotly);
    document.head.append(script);
  }));
  return window.fgsmPlotly;
}
