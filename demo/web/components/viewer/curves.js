// The attack page's two curves in one place, chosen by two buttons.

// onPick(stop): somebody clicked the curve there.
function createCurves(root, state, onPick) {
  const chart = createChart(root, onPick);
  const tabs = [...root.querySelectorAll("[data-chart]")];

  function draw() {
    const confidence = state.chart === "confidence";
    const figure = confidence ? state.extra?.confidence || state.counterpart?.figure || state.answers?.figure : state.extra?.logits;
    root.querySelector(".chart-hint").textContent = chartHint(state.chart, state.data, figure, state.extra);
    const which = `${state.chart} ${state.data?.kind}`;
    if (!figure) return chart.wait(confidence || state.data?.method !== "ten" ? which : "none");
    const { levels: stops } = state.data;
    chart.draw(figure, confidence
      ? { toX: (stop) => stop, toStop: (x) => Math.round(x) }
      : { toX: (level) => level, toStop: (x) => nearest(stops, Math.max(0, x)) }, which);
  }

  const place = () => chart.place(state.chart === "confidence" ? state.stop : state.data.levels[state.stop]);

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      state.chart = tab.dataset.chart;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
      draw();
      if (state.data) place();
    });
  }
  return { draw, place };
}
