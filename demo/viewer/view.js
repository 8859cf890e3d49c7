// The viewer: the server's results are kept here, and every drag is answered from them.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fgsm");
  if (!root || !data) return;
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root).show(data, setTriggerValue);
  return () => { views.get(root)?.stop(); views.delete(root); };
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const state = { stop: null, data: null, answers: null, counterpart: null, extra: null, size: 0, chart: "confidence" };
  const canvas = Object.fromEntries(["clean", "perturbation", "adversarial"].map((k) => [k, find(`[data-picture="${k}"] .image`)]));
  const slider = find(".epsilon");
  const lens = createLens(root, state, describePixel);
  const chart = createChart(root, (stop) => setStop(stop));
  const tops = { before: createTop(find(".before")), after: createTop(find(".after")) };
  const training = createSwitch(root, (asked) => state.tell("switched", asked));
  let player = null;

  // --- what arrives -------------------------------------------------------------------------

  async function show(data, tell) {
    state.tell = tell;
    root.dataset.dark = isDark(root) ? "1" : "0";
    state.arriving = data.id;
    const [clean, signs] = await Promise.all([unpacked(data.clean), unpacked(data.signs)]);
    if (state.arriving !== data.id) return;
    const level = state.data?.kind === data.kind && state.stop !== null ? state.data.levels[state.stop] : data.level;
    const fresh = !state.data || state.data.id !== data.id;
    Object.assign(state, { data, size: data.size });
    if (fresh) Object.assign(state, { answers: null, counterpart: null, extra: null });
    training.show(data);
    state.clean = withAlpha(clean, data.channels, Uint8ClampedArray, 255);
    state.signs = withAlpha(new Int8Array(signs.buffer), data.channels, Int8Array, 0);
    root.dataset.kind = data.kind;
    find('[data-chart="logits"]').textContent = data.kind === "digits" ? "Logits, −1 to +1" : "Logits, −16 to +16";
    state.change = null;
    for (const image of Object.values(canvas)) {
      if (image.width !== data.size) image.width = image.height = data.size;
    }
    state.pixels = new ImageData(new Uint8ClampedArray(state.clean), data.size);
    state.noise = new ImageData(new Uint8ClampedArray(state.clean.length).fill(255), data.size);
    canvas.clean.getContext("2d").putImageData(new ImageData(state.clean, data.size), 0, 0);
    slider.max = data.levels.length - 1;
    paintSwatches();
    if (fresh) { find(".notes").replaceChildren(); slider.style.removeProperty("--bands"); drawChart(); }
    setStop(nearest(data.levels, level), { quiet: true });
    for (const kind of ["answers", "counterpart", "extra", "progress"]) receive(kind);
  }

  // Later results come by feeds of their own, so that the pictures never wait for them.
  async function receive(kind) {
    const message = (window.fgsmFeeds || {})[kind];
    if (!message || !state.data || message.id !== state.data.id) return;
    if (kind === "progress") return showProgress(message.done);
    if (kind === "answers" && message.change) {
      const bytes = await unpacked(message.change);
      if (message.id !== state.data.id) return;
      state.change = withAlpha(new Int16Array(bytes.buffer), state.data.channels, Int16Array, 0);
    }
    state[kind] = message;
    if (kind === "answers") paintNotes();
    drawChart();
    draw();
  }

  const onFeed = (event) => receive(event.detail.kind);
  window.addEventListener("fgsm-feed", onFeed);

  function showProgress(done) {
    find(".progress").hidden = done >= 10 || !!state.change;
    find(".progress").value = done;
  }

  // --- one stop ------------------------------------------------------------------------------

  function setStop(stop, { quiet = false } = {}) {
    if (!state.data) return;
    state.stop = Math.min(state.data.levels.length - 1, Math.max(0, stop));
    slider.value = state.stop;
    draw();
    if (!quiet) rememberEpsilon();
  }

  function draw() {
    if (!state.data) return;
    drawPictures();
    drawWords();
    chart.place(state.chart === "confidence" ? state.stop : state.data.levels[state.stop]);
    lens.draw();
  }

  function drawPictures() {
    const { data, stop } = state;
    if (state.change) {
      const size = data.size * data.size * 4;
      const change = state.change.subarray(stop * size, (stop + 1) * size);
      drawChange(state.pixels.data, state.clean, change, data.fraction);
      drawPerturbation(state.noise.data, change, data.levels[stop] ? 1 / (data.fraction * data.levels[stop]) : 0);
    } else {
      drawSigns(state.pixels.data, state.clean, state.signs, data.method === "ten" ? 0 : data.saved[stop]);
      drawPerturbation(state.noise.data, state.signs, 1);
    }
    canvas.adversarial.getContext("2d").putImageData(state.pixels, 0, 0);
    canvas.perturbation.getContext("2d").putImageData(state.noise, 0, 0);
  }

  const name = (k) => state.data.names[k];

  function answerNow() {
    const { data, answers, stop } = state;
    if (answers) return answers.top[stop][0];
    if (data.method !== "ten" && Math.abs(data.levels[stop] - data.adversarial.level) < 1e-6) return data.adversarial.answer;
    return stop === 0 ? data.cleanAnswer : null;
  }

  function drawWords() {
    const { data, answers, stop } = state;
    const [level, now, clean] = [data.levels[stop], answerNow(), data.cleanAnswer];
    const reached = now && data.target !== null && now[0] === data.target;
    const heading = headline({ name, level, clean, now, target: data.target, targetNow: answers?.target?.[stop], wrong: data.wrong, kind: data.kind, stop, levels: data.levels, counterpart: state.counterpart });
    if (find(".say").innerHTML !== heading) find(".say").innerHTML = heading;
    caption("clean", clean);
    caption("perturbation", data.perturbationAnswer);
    caption("adversarial", now);
    const answer = find(".answer");
    answer.dataset.changed = now && now[0] !== clean[0] && !reached ? "1" : "0";
    answer.dataset.reached = reached ? "1" : "0";
    find(".op .eps").textContent = short(level / 255);
    const readout = data.kind === "digits" ? `${short(level / 255)} = ${levels(level)}/255` : `${fraction(level / 255)} = ${levels(level)}/255`;
    find(".readout").textContent = readout;
    slider.setAttribute("aria-valuetext", `${readout}: ${now ? `${name(now[0])}, ${percent(now[1])}` : "not computed yet"}`);
    tops.before(answers ? answers.top[0] : [clean]);
    tops.after(answers ? answers.top[stop] : now ? [now] : []);
    drawFacts();
    drawFormula();
  }

  function caption(which, answer) {
    const box = find(`[data-picture="${which}"] figcaption`);
    const colon = state.data.kind === "digits" ? ":" : ""; // two numbers side by side
    box.querySelector(".name").textContent = answer ? name(answer[0]) + colon : "…";
    box.querySelector(".sure").textContent = answer ? percent(answer[1]) : "";
  }

  function drawFacts() {
    const { data, answers, stop } = state;
    const facts = [];
    if (answers) {
      const saved = answers.saved[answers.savedRow[stop]];
      facts.push(`largest |change| <b>${levels(answers.largest[stop])}/255</b>`, `clipped <b>${(100 * answers.clipped[stop]).toFixed(1)} %</b> of the values`);
      facts.push(`first flip at <b>${answers.flip === null ? "no stop" : amount(data.levels[answers.flip], data.kind)}</b>`);
      facts.push(`saved as 8-bit PNG: <b>${escaped(name(saved[0]))} ${percent(saved[1])}</b>`);
    }
    facts.push(`${escaped(data.network)} on ${escaped(data.device)}, gradient in <b>${data.milliseconds.toFixed(0)} ms</b>`);
    find(".facts").innerHTML = facts.map((f) => `<span>${f}</span>`).join("");
    const live = find(".notes .live");
    if (live && answers) paintLiveNote(live);
  }

  // The two failures that depend on the stop: rounding gives the answer back, the clip weakens the step.
  function paintLiveNote(live) {
    const { data, answers, stop } = state;
    const [now, saved] = [answers.top[stop][0], answers.saved[answers.savedRow[stop]]];
    let text = "";
    if (now[0] !== saved[0]) {
      text = `Rounding gives the answer back: with real-valued pixels the network says ${name(now[0])}, but the picture rounded to 8 bit, as a screen or a PNG has it, is ${name(saved[0])} (${percent(saved[1])}).`;
    } else if (answers.clipped[stop] > 0.05 && data.kind === "photographs") { // a digit's ground is at the edge
      text = `${(100 * answers.clipped[stop]).toFixed(1)} % of the values were already at the edge of the pixel range: the clip made their step smaller than epsilon.`;
    }
    live.textContent = text;
    live.hidden = !text;
  }

  function drawFormula() {
    const { data, answers, stop } = state;
    const level = data.levels[stop];
    const sign = data.target === null ? "+" : "−";
    const what = escaped(name(data.label));
    const step = `<i>x̃</i> = clip(<i>x</i> ${sign} <b>${short(level / 255)}</b> · sign(∇<sub><i>x</i></sub> <i>J</i>(<i>θ</i>, <i>x</i>, ${what})))`;
    find(".equation").innerHTML = data.method === "ten"
      ? `ten times: <i>x̃</i> ← clip<sub>ε</sub>(<i>x̃</i> ${sign} <b>${short(level / 255)}/4</b> · sign(∇ <i>J</i>(<i>θ</i>, <i>x̃</i>, ${what}))), ε = ${short(level / 255)}`
      : step;
    if (!answers) { find(".rise").textContent = ""; return; }
    const [before, after] = [answers.loss[0], answers.loss[stop]];
    const linear = (level / 255) * data.gradientNorm;
    const verb = data.target === null ? "rises" : "goes";
    find(".rise").innerHTML = `<i>J</i>, the loss of “${what}”, ${verb} from <b>${nats(before)}</b> to <b>${nats(after)}</b> nats. A model linear in <i>x</i> would have changed it by ε‖∇<i>J</i>‖<sub>1</sub> = ${short(level / 255)} × ${data.gradientNorm >= 0.1 ? data.gradientNorm.toFixed(1) : nats(data.gradientNorm)} = <b>${sign === "+" ? "" : "−"}${nats(linear)}</b>.`;
  }

  function createTop(list) {
    const rows = Array.from({ length: 5 }, () => {
      const row = document.createElement("li");
      row.innerHTML = '<span class="who"></span><span class="much"></span><span class="bar"><i></i></span>';
      list.append(row);
      return [row.querySelector(".who"), row.querySelector(".much"), row.querySelector("i"), row];
    });
    return (top) => rows.forEach(([who, much, bar, row], i) => {
      const entry = top[i];
      row.hidden = i >= state.data.names.length;
      who.textContent = entry ? name(entry[0]) : "…";
      much.textContent = entry ? percent(entry[1]) : "";
      bar.style.transform = `scaleX(${entry ? entry[1] : 0})`;
      bar.dataset.role = !entry ? "" : entry[0] === state.data.target ? "target" : entry[0] === state.data.cleanAnswer[0] ? "label" : "rival";
    });
  }

  function describePixel(x, y) {
    const { data, stop, size } = state;
    const at = 4 * (y * size + x);
    const parts = (data.channels === 1 ? ["value"] : ["R", "G", "B"]).map((channel, k) => {
      const value = state.clean[at + k];
      const change = state.change ? state.change[stop * size * size * 4 + at + k] / data.fraction : state.signs[at + k] * data.levels[stop];
      const moved = Math.min(255, Math.max(0, value + change));
      const sign = change > 0 || (!change && state.signs[at + k] > 0) ? "+" : change < 0 || state.signs[at + k] < 0 ? "−" : "0";
      return `${channel} ${value}, sign ${sign} → ${+moved.toFixed(3)}`;
    });
    return `Pixel (${x}, ${y}):  ${parts.join("   ")}   (8-bit levels)`;
  }

  function paintNotes() {
    const items = [...state.answers.notes, null].map((text) => {
      const item = document.createElement("li");
      if (text === null) { item.className = "live"; item.hidden = true; } else item.textContent = text;
      return item;
    });
    find(".notes").replaceChildren(...items);
    const { runs } = state.answers;
    const last = state.data.levels.length - 1;
    const role = (k) => (k === state.data.target ? "var(--target)" : k === state.data.cleanAnswer[0] ? "var(--label)" : "var(--rival)");
    const bands = runs.map(([k, from, to]) => `${role(k)} ${(100 * Math.max(0, from - 0.5)) / last}% ${(100 * Math.min(last, to + 0.5)) / last}%`);
    slider.style.setProperty("--bands", `linear-gradient(to right, ${bands.join(", ")})`);
  }

  function paintSwatches() {
    const counts = new Map();
    for (let j = 0; j < state.signs.length; j += 4) {
      const key = `${state.signs[j]},${state.signs[j + 1]},${state.signs[j + 2]}`;
      counts.set(key, (counts.get(key) || 0) + 1);
    }
    const total = state.signs.length / 4;
    const symbol = { "-1": "−", 0: "0", 1: "+" };
    const grey = state.data.channels === 1;
    find(".colours summary").textContent = grey ? "Why is the perturbation black and white?" : "Why is the perturbation colourful?";
    find(".colours p").innerHTML = grey
      ? "A digit has one channel. White is plus epsilon, black is minus epsilon, and grey is no change: there the gradient is exactly zero. Here is how often each one occurs."
      : "The sign is taken for each pixel <em>and each channel</em>. Plus or minus in red, green and blue gives 2 × 2 × 2 = 8 colours; here is how often each one occurs in this perturbation.";
    const items = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 9).map(([key, count]) => {
      const signs = key.split(",").map(Number);
      return `<li><i style="background: rgb(${signs.map((s) => 127.5 + 127.5 * s).join(" ")})"></i>${grey ? symbol[signs[0]] : `R${symbol[signs[0]]} G${symbol[signs[1]]} B${symbol[signs[2]]}`} ${((100 * count) / total).toFixed(1)} %</li>`;
    });
    find(".swatches").innerHTML = items.join("");
  }

  // --- curve, play, keyboard, link, downloads -------------------------------------------------

  function drawChart() {
    const confidence = state.chart === "confidence";
    const figure = confidence ? state.extra?.confidence || state.answers?.figure : state.extra?.logits;
    find(".chart-hint").textContent = chartHint(state.chart, state.data, figure, state.extra);
    if (!figure) return chart.wait(confidence || state.data?.method !== "ten" ? state.chart : "none");
    const { levels: stops } = state.data;
    chart.draw(figure, confidence
      ? { toX: (stop) => stop, toStop: (x) => Math.round(x) }
      : { toX: (level) => level, toStop: (x) => nearest(stops, Math.max(0, x)) }, state.chart);
  }

  for (const tab of root.querySelectorAll("[data-chart]")) {
    tab.addEventListener("click", () => {
      state.chart = tab.dataset.chart;
      for (const other of root.querySelectorAll("[data-chart]")) other.setAttribute("aria-pressed", String(other === tab));
      drawChart();
      draw();
    });
  }

  slider.addEventListener("input", (event) => {
    stopPlaying();
    setStop(Number(slider.value), { quiet: true });
    performance.measure("fgsm-drag", { start: event.timeStamp, end: performance.now() });
  });
  slider.addEventListener("change", rememberEpsilon);

  function rememberEpsilon() {
    if (!state.data) return;
    const url = new URL(location.href);
    url.searchParams.set("epsilon", String(+(state.data.levels[state.stop] / 255).toFixed(6)));
    history.replaceState(history.state, "", url);
  }

  const play = find(".play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  play.addEventListener("click", () => {
    if (player) return stopPlaying();
    const flip = state.answers?.flip;
    if (still.matches) return setStop(flip ?? state.data.levels.length - 1);
    setStop(0, { quiet: true });
    play.textContent = "Pause";
    const pace = state.data.levels.length > 20 ? 110 : 600;
    player = setInterval(() => {
      if (state.stop >= state.data.levels.length - 1) return stopPlaying();
      setStop(state.stop + 1, { quiet: true });
    }, pace);
  });

  function stopPlaying() {
    if (!player) return;
    clearInterval(player);
    player = null;
    play.textContent = "Play";
    rememberEpsilon();
  }

  for (const button of root.querySelectorAll("[data-export]")) {
    button.addEventListener("click", async () => {
      if (!state.data) return;
      find(".exports .done").textContent = await exported(button.dataset.export);
    });
  }

  async function exported(kind) {
    const stem = `${state.data.picture}-${state.data.method}-${levels(state.data.levels[state.stop])}-of-255`;
    if (kind === "link") {
      rememberEpsilon();
      return copied(find(".link"), shareable(location.href), state.data.own);
    }
    if (kind === "adversarial") save(await toPng(state.pixels.data, state.size), `${stem}.png`);
    if (kind === "perturbation") save(await toPng(state.noise.data, state.size), `${stem}-perturbation.png`);
    if (kind === "csv") {
      if (!state.answers) return "The curve is not there yet.";
      save(new Blob([state.answers.csv], { type: "text/csv" }), `${state.data.picture}-${state.data.method}-curve.csv`);
    }
    if (kind === "figure") save(await slide(canvas, state.data, state.stop, answerNow()), `${stem}-figure.png`);
    return "Saved.";
  }

  function stop() {
    if (player) clearInterval(player);
    window.removeEventListener("fgsm-feed", onFeed);
  }

  return { show: (data, tell) => { show(data, tell); }, stop };
}

function nearest(values, wanted) {
  let best = 0;
  values.forEach((v, i) => { if (Math.abs(v - wanted) < Math.abs(values[best] - wanted)) best = i; });
  return best;
}

function isDark(root) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#fff";
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return r + g + b < 384;
}
