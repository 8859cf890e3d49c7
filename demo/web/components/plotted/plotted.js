// A chart of a page. Its words and its grid follow the theme by plotted.css.

/** @import { Call } from "../shared/component.js" */
/** @import { Figure, Plot } from "../shared/types.d.ts" */
import { CONFIG, follow, themed } from "../shared/chart.js";
import { plotlyReady } from "../shared/plotly.js";

/** @param {Call<{ figure: Figure, alt: string }>} call */
export default function ({ data, parentElement }) {
  const plot = /** @type {Plot | null} */ (parentElement.querySelector(".plotted"));
  if (!plot || !data) return;
  const { figure, alt } = data;
  plot.style.height = `${figure.layout.height ?? 450}px`;
  plot.setAttribute("aria-label", alt);
  const { layout, axes } = themed(figure, plot);
  layout.font.size = 14;
  for (const axis of axes) {
    const title = { ...axis.title, standoff: 10, font: { size: 14 } };
    Object.assign(axis, { tickfont: { size: 13 }, automargin: true, ...axis, title });
  }
  plotlyReady().then((Plotly) => {
    if (!plot.isConnected) return;
    if (!plot._fullLayout) follow(plot); // the first time
    Plotly.react(plot, structuredClone(figure.data), layout, CONFIG);
  });
}
