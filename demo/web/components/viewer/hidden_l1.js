// The hidden L1: all numbers are here, and a drag of epsilon or alpha is answered from them.

const views = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".hl1");
  if (!root || !data) return;
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root).show(data);
  return () => { views.get(root)?.stop(); views.delete(root); };
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const state = { data: null, batch: null, of: "one", stop: 0, alpha: 0.5, drawn: null };
  const [epsilon, alpha] = [find(".hl1-epsilon"), find(".hl1-alpha")];
  const charts = {
    objective: createChart(find(".hl1-objective"), (stop) => { setStop(stop); remember(); }),
    ratio: createChart(find(".hl1-ratio"), (stop) => { setStop(stop); remember(); }),
  };

  const waiting = () => state.of === "batch" && !state.batch;
  const now = () => (state.of === "batch" && state.batch ? state.batch : state.data?.one);

  // --- what arrives -------------------------------------------------------------------------

  function show(data) {
    root.dataset.dark = isDark(root) ? "1" : "0";
    if (!state.data) Object.assign(state, { alpha: data.alpha, of: data.of });
    const wanted = state.data?.kind === data.kind ? now().epsilons[state.stop] : data.epsilon;
    Object.assign(state, { data, batch: null, drawn: null });
    alpha.value = state.alpha;
    find("[data-of=one]").textContent = data.one.name;
    find("[data-of=batch]").hidden = !data.batch;
    find("[data-of=batch]").textContent = "Many digits";
    if (!data.batch) state.of = "one";
    receive();
    change(wanted);
  }

  // What is measured on many digits comes later, and more of it again and again.
  function receive() {
    const message = (window.fgsmFeeds || {})["hidden-l1"];
    if (!message || !state.data || message.id !== state.data.batch) return;
    const wanted = now().epsilons[state.stop];
    state.batch = message;
    find("[data-of=batch]").textContent = message.name;
    if (state.of === "batch") change(wanted);
  }

  const onFeed = (event) => { if (event.detail.kind === "hidden-l1") receive(); };
  window.addEventListener("fgsm-feed", onFeed);

  // --- which picture, which epsilon, which alpha ---------------------------------------------

  function change(wanted) {
    for (const tab of root.querySelectorAll("[data-of]")) tab.setAttribute("aria-pressed", String(tab.dataset.of === state.of));
    root.dataset.waiting = waiting() ? "1" : "0";
    find(".hl1-state").textContent = waiting() ? "Computing the first digits …" : state.of === "batch" && state.batch.share < 1 ? `${state.batch.count} digits so far` : "";
    epsilon.max = now().epsilons.length - 1;
    state.stop = nearestStop(now().epsilons, wanted);
    epsilon.value = state.stop;
    say();
    draw();
    write();
  }

  function say() {
    const parts = now().heading.map(([kind, text]) => {
      const part = document.createElement(kind ? "b" : "span");
      part.className = kind;
      part.textContent = text;
      return part;
    });
    find(".hl1-say").replaceChildren(...parts);
  }

  function setStop(stop) {
    state.stop = Math.min(now().epsilons.length - 1, Math.max(0, stop));
    epsilon.value = state.stop;
    for (const chart of Object.values(charts)) chart.place(state.stop);
    write();
  }

  function setAlpha(value) {
    state.alpha = value;
    moveLines();
    write();
  }

  // --- lines ---------------------------------------------------------------------------------

  // In the figure's order: true, first order, linear margin, clipped.
  function lines() {
    const [a, s] = [state.alpha, now()];
    const mixed = (values) => values.map((v) => a * s.loss + (1 - a) * v);
    return [mixed(s.adversarial), s.epsilons.map((e) => s.loss + (1 - a) * e * s.norm), mixed(s.straight), mixed(s.clipped)];
  }

  function draw() {
    if (waiting()) return Object.values(charts).forEach((chart) => chart.wait(""));
    const { epsilons, figures } = now();
    const scale = {
      toX: (stop) => Math.log10(epsilons[stop]),
      toStop: (x) => nearestStop(epsilons, 10 ** x),
    };
    const values = lines();
    figures.objective.data.forEach((trace, i) => { trace.y = values[i]; });
    charts.objective.place(state.stop);
    charts.ratio.place(state.stop);
    charts.objective.draw(figures.objective, scale);
    if (state.drawn !== figures.ratio) charts.ratio.draw(figures.ratio, scale);
    state.drawn = figures.ratio;
  }

  // The paths themselves: Plotly would redraw everything, and a finger is faster than that.
  function moveLines() {
    const plot = find(".hl1-objective .plot");
    const axes = plot._fullLayout;
    if (!axes?.xaxis || !plot._fullData) return;
    const across = now().epsilons.map((e) => axes.xaxis.d2p(e));
    lines().forEach((values, i) => {
      const path = plot.querySelector(`.trace${plot._fullData[i]?.uid} .js-line`);
      const at = values.map((v, k) => `${across[k].toFixed(2)},${axes.yaxis.d2p(Math.max(v, 1e-300)).toFixed(2)}`);
      path?.setAttribute("d", `M${at.join("L")}`);
    });
  }

  // --- numbers -------------------------------------------------------------------------------

  function write() {
    const s = now();
    const [a, e, k] = [state.alpha, s.epsilons[state.stop], state.stop];
    const [w, v] = [decimal(a), decimal(1 - a)];
    const norm = a === 1 ? 0 : s.norm;
    const rows = {
      true: `= ${w} × ${number(s.loss)} + ${v} × ${number(s.adversarial[k])} = ${strong(a * s.loss + (1 - a) * s.adversarial[k])} nats`,
      first: `= ${number(s.loss)} + ${v} × ${decimal(e)} × ${number(s.norm)} = ${strong(s.loss + (1 - a) * e * norm)} nats`,
      ratio: ratio(s, k, a),
      straight: s.count > 1
        ? `on average = ${strong(s.straight[k])}: what J(<i>x̃</i>) would be if each margin <i>M</i> were linear; it is ${number(s.adversarial[k])}`
        : `= softplus(${decimal(e)} × ${number(s.slope)} − ${bracketed(s.margin)}) = ${strong(s.straight[k])}: what <i>J</i>(<i>x̃</i>) would be if the margin <i>M</i> were linear; it is ${number(s.adversarial[k])}`,
      clip: `= ${strong(s.clipped[k])} nats: FGSM keeps the pixels in [0, 1]. Of <i>ε</i>‖∇<i>J</i>‖<sub>1</sub> that leaves ${(100 * s.free).toFixed(1)} %`,
    };
    for (const [name, text] of Object.entries(rows)) find(`[data-row=${name}] dd`).innerHTML = text;
    find(".hl1-at").textContent = `${decimal(e)} = ${decimal(255 * e)}/255`;
    find(".hl1-weight").textContent = decimal(a);
    epsilon.setAttribute("aria-valuetext", decimal(e));
  }

  function ratio(s, k, a) {
    if (a === 1) return "<b>0 / 0</b>: with <i>α</i> = 1 there is no penalty, and no regularisation";
    const r = s.lossRatio[k];
    if (r === null) return "<b>0 / 0</b>: the gradient is zero here: FGSM has no direction";
    const word = Math.abs(r - 1) <= 0.1 ? "it holds, to within 10 %" : r > 1 ? "the loss rises more than to first order" : "the loss rises less than to first order";
    return `= <b>${number(r)}</b>: ${word}`;
  }

  // --- hands ---------------------------------------------------------------------------------

  epsilon.addEventListener("input", (event) => {
    setStop(Number(epsilon.value));
    performance.measure("hl1-drag", { start: event.timeStamp, end: performance.now() });
  });
  alpha.addEventListener("input", (event) => {
    setAlpha(Number(alpha.value));
    performance.measure("hl1-drag", { start: event.timeStamp, end: performance.now() });
  });
  epsilon.addEventListener("change", remember);
  alpha.addEventListener("change", () => { draw(); remember(); });
  for (const tab of root.querySelectorAll("[data-of]")) {
    tab.addEventListener("click", () => {
      const wanted = now().epsilons[state.stop];
      state.of = tab.dataset.of;
      change(wanted);
      remember();
    });
  }

  function remember() {
    const url = new URL(location.href);
    url.searchParams.set("epsilon", String(+now().epsilons[state.stop].toPrecision(4)));
    url.searchParams.set("alpha", String(state.alpha));
    if (state.of === "batch") url.searchParams.set("of", "batch");
    else url.searchParams.delete("of");
    history.replaceState(history.state, "", url);
  }

  return { show, stop: () => window.removeEventListener("fgsm-feed", onFeed) };
}

function nearestStop(epsilons, wanted) {
  let best = 0;
  const far = (e) => Math.abs(Math.log(e / wanted));
  epsilons.forEach((e, i) => { if (far(e) < far(epsilons[best])) best = i; });
  return best;
}

// Three digits; what is very small or large as a power of ten.
function number(value) {
  if (value === 0) return "0";
  if (value < 0) return `−${number(-value)}`;
  if (value >= 0.01 && value < 10000) return String(+value.toPrecision(3));
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${mantissa} × 10<sup>${exponent.replace("+", "").replace("-", "−")}</sup>`;
}

// After a minus: (−1.2).
function bracketed(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

function decimal(value) {
  return value >= 0.001 || value === 0 ? String(+value.toPrecision(3)).replace(/^0\./, ".") : value.toFixed(7).replace(/^0/, "").replace(/0+$/, "").slice(0, 8);
}

function strong(value) {
  return `<b>${number(value)}</b>`;
}
