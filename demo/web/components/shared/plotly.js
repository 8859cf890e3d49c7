// Plotly's own bundle, one file for every chart of every page: asked for once, kept by the browser.

/** @import { Plotly } from "./types.d.ts" */

const FILE = "plotly-cartesian-4.1.1-79542150855a.min.js"; // under static/; its name holds its hash

/** @returns {Promise<Plotly>} */
export function plotlyReady() {
  window.fgsmPlotly ??= new Promise((resolve) => {
    const streamlit = /** @type {HTMLScriptElement} */ (document.querySelector('script[src*="/static/js/"]')).src;
    const address = new URL(`../../app/static/${FILE}`, streamlit).href;
    const load = async () => {
      try { // what the browser has is right, however old it is
        const answer = await fetch(address, { cache: "force-cache" });
        if (!answer.ok) throw new Error(answer.statusText);
        const script = document.createElement("script");
        script.src = URL.createObjectURL(await answer.blob());
        script.onload = () => resolve(window.Plotly);
        document.head.append(script);
      } catch { // the server is away
        setTimeout(load, 1000);
      }
    };
    load();
  });
  return window.fgsmPlotly;
}
