// The legend under a plot, in HTML: names wrap and are never cut, and a click hides its line.

/** @import { Plot, Trace } from "./types.d.ts" */
import { element, find } from "./component.js";

/** @type {Record<string, string>} */
const DASHES = { solid: "", dash: "9 5", dot: "2 4", dashdot: "9 4 2 4" };

/**
 * An entry, its line before its words.
 * @param {string} words
 * @param {Trace["line"]} line
 */
export function entry(words, { color, width, dash = "solid" }) {
  const item = element("li");
  const dashes = DASHES[dash] ?? dash.replace(/px/g, "").replace(/,/g, " ");
  item.innerHTML = `<button type="button"><svg width="32" height="10" aria-hidden="true"><line x1="1" y1="5" x2="31" y2="5" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}"/></svg><span class="legendtext"></span></button>`;
  find(item, ".legendtext").textContent = words;
  return item;
}

/**
 * show(traces, plot, last): draws an entry for each trace with a name, and then `last`, if there is one.
 * @param {HTMLElement} list an empty <ul>
 */
export function createLegend(list) {
  /** @type {Set<string>} */
  const hidden = new Set(); // names; what is hidden stays hidden when the plot is drawn again

  function of(/** @type {Trace} */ trace, /** @type {number} */ index, /** @type {Plot} */ plot) {
    const item = entry(trace.name.replace("<br>", " "), trace.line);
    const button = find(item, "button");
    const pressed = () => button.setAttribute("aria-pressed", String(!hidden.has(trace.name)));
    button.addEventListener("click", () => {
      if (!hidden.delete(trace.name)) hidden.add(trace.name);
      pressed();
      window.Plotly.restyle(plot, { visible: !hidden.has(trace.name) }, [index]);
    });
    pressed();
    return item;
  }

  return (/** @type {Trace[]} */ traces, /** @type {Plot} */ plot, /** @type {HTMLElement | null} */ last) => {
    const named = traces.filter((trace) => trace.name && trace.showlegend !== false);
    for (const trace of named) trace.visible = !hidden.has(trace.name);
    const items = named.map((trace) => of(trace, traces.indexOf(trace), plot));
    list.replaceChildren(...items, ...(last ? [last] : []));
  };
}
