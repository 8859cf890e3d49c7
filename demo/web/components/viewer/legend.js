// The legend under a plot, in HTML: names wrap and are never cut, and a click hides its line.

const DASHES = { solid: "", dash: "9 5", dot: "2 4", dashdot: "9 4 2 4" };

// list: an empty <ul>.  Returns show(traces, plot, last): draws one entry for each trace with a name,
// and after them the <li> `last`, if there is one.
function createLegend(list) {
  const hidden = new Set(); // names; what is hidden stays hidden when the plot is drawn again

  function entry(trace, index, plot) {
    const item = document.createElement("li");
    const { color, width, dash = "solid" } = trace.line;
    const dashes = DASHES[dash] ?? dash.replace(/px/g, "").replace(/,/g, " ");
    item.innerHTML = `<button type="button" aria-pressed="${!hidden.has(trace.name)}"><svg width="32" height="10" aria-hidden="true"><line x1="1" y1="5" x2="31" y2="5" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}"/></svg><span class="legendtext"></span></button>`;
    item.querySelector(".legendtext").textContent = trace.name.replace("<br>", " ");
    item.firstChild.addEventListener("click", () => {
      if (!hidden.delete(trace.name)) hidden.add(trace.name);
      item.firstChild.setAttribute("aria-pressed", String(!hidden.has(trace.name)));
      window.Plotly.restyle(plot, { visible: !hidden.has(trace.name) }, [index]);
    });
    return item;
  }

  return (traces, plot, last = null) => {
    const named = traces.map((trace, i) => [trace, i]).filter(([trace]) => trace.name && trace.showlegend !== false);
    for (const [trace] of named) trace.visible = !hidden.has(trace.name);
    list.replaceChildren(...named.map(([trace, i]) => entry(trace, i, plot)), ...(last ? [last] : []));
  };
}
