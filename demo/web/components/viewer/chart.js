// The Plotly figure and the marker above it. The marker is placed by the axis itself: nothing is redrawn.

// onPlace(axes, stop): draws what else moves with the marker; null where there is nothing to place yet.
function createChart(root, onPick, onPlace = () => {}) {
  const wrap = root.querySelector(".plot-wrap");
  const plot = root.querySelector(".plot");
  const marker = root.querySelector(".marker");
  let shown = null; // { toStop, toX }
  let x = null;
  let turn = 0;
  let drawn = null; // which chart
  const list = root.querySelector(".legend");
  const legend = list && createLegend(list);

  // No curve is there yet, or none belongs here: an old one of the same chart is dimmed, any other is hidden.
  function wait(which) {
    turn++;
    shown = null;
    wrap.dataset.waiting = which === drawn ? "old" : "other";
    place(x);
  }

  function place(stop) {
    x = stop;
    const axes = plot._fullLayout;
    if (!shown || !axes || !axes.xaxis || stop === null) { marker.style.visibility = "hidden"; onPlace(null, stop); return; }
    const left = axes.xaxis._offset + axes.xaxis.l2p(shown.toX(stop));
    marker.style.height = axes.yaxis._length + "px";
    marker.style.transform = `translate(${left - 1}px, ${axes.yaxis._offset}px)`;
    marker.style.visibility = "visible";
    onPlace(axes, stop);
  }

  // last: an entry at the end of the legend, or null.
  async function draw(figure, scale, which = "", last = null) {
    const mine = ++turn;
    const Plotly = await plotlyReady();
    if (mine !== turn || !plot.isConnected) return;
    const style = getComputedStyle(root);
    const ink = style.getPropertyValue("--st-text-color").trim() || "#222";
    const grid = style.getPropertyValue("--st-border-color").trim() || "#ddd";
    const layout = structuredClone(figure.layout);
    Object.assign(layout, { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", autosize: true });
    layout.font = { color: ink, family: style.fontFamily, size: 13 };
    const traces = structuredClone(figure.data);
    if (legend) {
      Object.assign(layout, { showlegend: false });
      layout.margin.b = 46;
      legend(traces, plot, last);
    } else if (plot.clientWidth < 520) { // a phone: the legend in two columns, with room for its rows
      Object.assign(layout.legend, { entrywidth: 0.48, entrywidthmode: "fraction", font: { size: 11 } });
      const shown = figure.data.filter((t) => t.showlegend !== false);
      const twoLines = shown.filter((t) => (t.name || "").includes("<br>")).length;
      layout.margin.b = 64 + 17 * (Math.ceil(shown.length / 2) + twoLines);
      layout.font.size = 12;
    }
    layout.hoverlabel = { bgcolor: style.getPropertyValue("--st-secondary-background-color").trim(), font: { color: ink } };
    for (const axis of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) Object.assign(layout[axis], { gridcolor: grid, zerolinecolor: grid, linecolor: grid });
    await Plotly.react(plot, traces, layout, { displayModeBar: false, responsive: true });
    plot.removeAllListeners("plotly_afterplot");
    plot.on("plotly_afterplot", () => place(x)); // it has another size now
    drawn = which;
    if (mine !== turn) return;
    shown = scale;
    delete wrap.dataset.waiting;
    place(x);
  }

  wrap.addEventListener("click", (event) => {
    const axes = plot._fullLayout;
    if (!shown || !axes) return;
    const at = event.clientX - plot.getBoundingClientRect().left - axes.xaxis._offset;
    if (at >= -4 && at <= axes.xaxis._length + 4) onPick(shown.toStop(axes.xaxis.p2l(at)));
  });
  new ResizeObserver(() => requestAnimationFrame(() => place(x))).observe(wrap);
  return { draw, place, wait };
}

function isDark(root) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return r + g + b < 384;
}

function nearest(values, wanted) {
  let best = 0;
  values.forEach((v, i) => { if (Math.abs(v - wanted) < Math.abs(values[best] - wanted)) best = i; });
  return best;
}
