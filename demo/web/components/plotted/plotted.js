// A chart of a page. Its words and its grid follow the theme by plotted.css.

export default function ({ data, parentElement }) {
  const plot = parentElement.querySelector(".plotted");
  if (!plot || !data) return;
  const { figure, alt } = data;
  plot.style.height = `${figure.layout.height ?? 450}px`;
  plot.setAttribute("aria-label", alt);
  const style = getComputedStyle(plot);
  const layout = Object.assign(structuredClone(figure.layout), {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true,
    font: { color: style.getPropertyValue("--st-text-color").trim(), family: style.fontFamily, size: 14 },
    hoverlabel: { bgcolor: style.getPropertyValue("--st-secondary-background-color").trim() },
  });
  for (const axis of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    const title = { ...layout[axis].title, standoff: 10, font: { size: 14 } };
    layout[axis] = { tickfont: { size: 13 }, automargin: true, ...layout[axis], title };
  }
  plotlyReady().then((Plotly) => {
    if (plot.isConnected) Plotly.react(plot, structuredClone(figure.data), layout, { displayModeBar: false, responsive: true });
  });
}
