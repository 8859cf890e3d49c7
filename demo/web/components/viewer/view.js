// The viewer: the server's results are kept here, and every drag is answered from them.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fgsm");
  if (!root || !data) return;
  if (!views.has(root)) views.set(root, createView(root));
  views.get(root).show(data, setTriggerValue);
  return () => { views.get(root)?.stop(); views.delete(root); };
}

// state: data (the opening), stop (of epsilon), what was fed ("answers", "counterpart", "extra"),
// and the pixels.
function createView(root) {
  const state = { stop: null, data: null, answers: null, counterpart: null, extra: null, size: 0, chart: "confidence" };
  const slider = root.querySelector(".epsilon");
  const pictures = createPictures(root, state);
  const lens = createLens(root, state, (x, y) => describePixel(state, x, y));
  const chart = createCurves(root, state, (stop) => setStop(stop));
  const tops = [createTop(root.querySelector(".before"), state), createTop(root.querySelector(".after"), state)];
  const training = createSwitch(root, (asked) => state.tell("switched", asked));
  const strip = createStrip(root, (event, value) => state.tell(event, value));
  const player = createPlayer(root, state, setStop, rememberEpsilon);
  createExports(root, state, pictures.canvas, rememberEpsilon);
  root.querySelector(".guide-me").addEventListener("click", () => state.tell("guided", 1));

  function setStop(stop, { quiet = false } = {}) {
    if (!state.data) return;
    state.stop = Math.min(state.data.levels.length - 1, Math.max(0, stop));
    slider.value = state.stop;
    draw();
    window.fgsmLevel = state.data.levels[state.stop];
    window.dispatchEvent(new CustomEvent("fgsm-level"));
    if (!quiet) rememberEpsilon();
  }

  function draw() {
    if (!state.data) return;
    pictures.draw();
    drawWords(root, state, tops);
    chart.place();
    lens.draw();
  }

  function rememberEpsilon() {
    if (!state.data) return;
    const url = new URL(location.href);
    url.searchParams.set("epsilon", String(+(state.data.levels[state.stop] / 255).toFixed(6)));
    history.replaceState(history.state, "", url);
    state.chosen = state.data.kind;
    tellStop();
  }

  // While the fold of the printed page is open, the server hears of a stop that stays.
  function tellStop() {
    const level = state.data.levels[state.stop];
    if (state.data.told !== null && state.data.told !== level) state.tell("stayed", level);
  }

  slider.addEventListener("input", (event) => {
    player.stop();
    setStop(Number(slider.value), { quiet: true });
    performance.measure("fgsm-drag", { start: event.timeStamp, end: performance.now() });
  });
  slider.addEventListener("change", rememberEpsilon);
  const go = (event) => { player.stop(); setStop(nearest(state.data.levels, event.detail.level)); };
  window.addEventListener("fgsm-go", go); // another part of the page asks for an epsilon
  const feeds = createFeeds(root, state, { chart, draw, strip });
  const show = createShow(root, state, { pictures, chart, training, strip, setStop, feeds, rememberEpsilon, tellStop });
  return { show: (data, tell) => { show(data, tell); }, stop: () => { player.stop(); feeds.stop(); window.removeEventListener("fgsm-go", go); } };
}

// show(data, tell): another opening has arrived; tell(event, value) says something to the server.
function createShow(root, state, { pictures, chart, training, strip, setStop, feeds, rememberEpsilon, tellStop }) {
  return async (data, tell) => {
    state.tell = tell;
    root.dataset.dark = isDark(root) ? "1" : "0";
    state.arriving = data.id;
    const [clean, signs] = await Promise.all([unpacked(data.clean), unpacked(data.signs)]);
    if (state.arriving !== data.id) return;
    const level = state.data?.kind === data.kind && state.data.followed === data.followed && state.stop !== null ? state.data.levels[state.stop] : data.level;
    const fresh = !state.data || state.data.id !== data.id;
    if (fresh && state.data) closeDrawer();
    Object.assign(state, { data, size: data.size, change: null });
    if (fresh) Object.assign(state, { answers: null, counterpart: null, extra: null });
    training.show(data);
    strip.show(data);
    pictures.take(clean, signs);
    root.dataset.kind = data.kind;
    root.querySelector('[data-chart="logits"]').textContent = data.kind === "digits" ? "Logits, −1 to +1" : "Logits, −16 to +16";
    root.querySelector(".epsilon").max = data.levels.length - 1;
    paintSwatches(root, state);
    if (fresh) {
      root.querySelector(".notes").replaceChildren();
      root.querySelector(".epsilon").style.removeProperty("--bands");
      chart.draw();
    }
    setStop(nearest(data.levels, level), { quiet: true });
    if (state.chosen === data.kind) rememberEpsilon(); // the server writes an address without it
    else tellStop();
    feeds.again();
  };
}

// Later results come by feeds of their own, so that the pictures never wait for them.
function createFeeds(root, state, { chart, draw, strip }) {
  async function receive(kind) {
    const message = (window.fgsmFeeds || {})[kind];
    if (!message || !state.data) return;
    if (kind === "strip") return message.id === state.data.kind && strip.fill(message.items);
    if (message.id !== state.data.id) return;
    if (kind === "progress") return showProgress(root, state, message.done);
    if (kind === "answers" && message.change) {
      const bytes = await unpacked(message.change);
      if (message.id !== state.data.id) return;
      state.change = withAlpha(new Int16Array(bytes.buffer), state.data.channels, Int16Array, 0);
    }
    state[kind] = message;
    if (kind === "answers") paintNotes(root, state);
    chart.draw();
    draw();
    if (kind === "extra") chart.ask();
  }

  const onFeed = (event) => receive(event.detail.kind);
  window.addEventListener("fgsm-feed", onFeed);
  return {
    again: () => { for (const kind of ["answers", "counterpart", "extra", "progress", "strip"]) receive(kind); },
    stop: () => window.removeEventListener("fgsm-feed", onFeed),
  };
}

function showProgress(root, state, done) {
  const bar = root.querySelector(".progress");
  bar.hidden = done >= 10 || !!state.change;
  bar.value = done;
}
