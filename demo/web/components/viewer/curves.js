// The attack page's two curves in one place, chosen by two buttons.

// onPick(stop): somebody clicked the curve there.
function createCurves(root, state, onPick) {
  const chart = createChart(root, onPick);
  const control = createControl(state, ask);
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
      : { toX: (level) => level, toStop: (x) => nearest(stops, Math.max(0, x)) }, which,
    confidence && state.extra && !state.extra.confidence && state.data.method !== "ten" ? control() : null);
  }

  // What is looked at and was not computed for this picture yet is asked for, once.
  function ask() {
    const there = state.extra?.what;
    if (!there || state.data.method === "ten") return;
    const wanted = new Set(there);
    if (state.chart === "logits") wanted.add("logits");
    if (state.control) wanted.add("control");
    const key = [state.data.id, ...wanted].join();
    if (wanted.size === there.length || state.asked === key) return;
    state.asked = key;
    state.tell("looked", { id: state.data.id, what: [...wanted] });
  }

  const place = () => chart.place(state.chart === "confidence" ? state.stop : state.data.levels[state.stop]);

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      state.chart = tab.dataset.chart;
      for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
      draw();
      if (state.data) place();
      ask();
    });
  }
  return { draw, place, ask };
}

// A legend's entry for the random signs while they are not computed: a click asks for them.
function createControl(state, ask) {
  const item = document.createElement("li");
  item.innerHTML = '<button type="button"><svg width="32" height="10" aria-hidden="true"><line x1="1" y1="5" x2="31" y2="5" stroke="#8A8A8A" stroke-width="2"/></svg><span class="legendtext"></span></button>';
  const [button, words] = [item.firstChild, item.querySelector(".legendtext")];
  function shown() {
    button.setAttribute("aria-pressed", String(!!state.control));
    words.textContent = state.control ? "random signs: computing …" : "random signs";
    return item;
  }
  button.addEventListener("click", () => {
    state.control = !state.control;
    shown();
    ask();
  });
  return shown;
}
