// Three against seven: the server's evaluations are kept here, and every drag is answered from them.

const views = new WeakMap();
const SIDE = 28;
const ACROSS = 5;
const GUESS = "three-against-seven-guess"; // in the tab's own memory
const NAMES = ["3", "7"];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".three-seven");
  if (!root || !data) return;
  if (!views.has(root)) views.set(root, createView(root));
  const view = views.get(root);
  view.turn = (sheet) => setTriggerValue("turned", sheet);
  view.show(data);
  return () => { views.delete(root); };
}

function createView(root) {
  const find = (selector) => root.querySelector(selector);
  const all = (selector) => [...root.querySelectorAll(selector)];
  const view = { show, turn: () => {} };
  const slider = find(".epsilon");
  const state = { data: null, stop: 0, network: 0, digit: 0, guess: null };
  let derive = null;

  const epsilonOf = (stop) => state.data.stops[stop];
  const margins = createMargins(root, epsilonOf, (epsilon) => { if (state.data) { setStop(nearest(state.data.stops, epsilon)); remember(); } });

  // --- what arrives -------------------------------------------------------------------------

  async function show(data) {
    const dark = isDark(root) ? "1" : "0";
    if (root.dataset.dark !== dark) margins.forget(); // its ink is the theme's
    root.dataset.dark = dark;
    state.arriving = data.id;
    if (state.data?.id === data.id) return draw();
    const pixels = await unpacked(data.pixels);
    const networks = await Promise.all(data.networks.map(async (n) => ({
      ...n,
      weights: new Float32Array((await unpacked(n.weights)).buffer),
      signs: new Int8Array((await unpacked(n.signs)).buffer),
      left: new Float32Array((await unpacked(n.left)).buffer),
      loss: new Float64Array((await unpacked(n.derivation.loss)).buffer),
      lossAtPoint: new Float64Array((await unpacked(n.derivation.lossAtPoint)).buffer),
    })));
    if (state.arriving !== data.id || !root.isConnected) return;
    const first = !state.data;
    Object.assign(state, { data: { ...data, networks }, pixels });
    if (first) begin();
    else remember(); // the server wrote its own link over the one from here
    drawClean();
    draw();
    root.dataset.ready = data.id;
  }

  // Once: what the link or the tab remembers, and the parts that the data name.
  function begin() {
    const { data } = state;
    const asked = new URL(location.href).searchParams;
    slider.max = data.stops.length - 1;
    for (const box of all("[data-words]")) box.textContent = data.words[box.dataset.words];
    derive = createDerivation(find(".five"), data.words);
    createChoices();
    createModels();
    for (const marks of all(".marks")) marks.replaceChildren(...data.labels.map(() => document.createElement("i")));
    const number = (name, most) => { const v = Number(asked.get(name) ?? NaN); return Number.isFinite(v) && v >= 0 && v <= most ? v : null; };
    const guess = asked.get("guess") ?? sessionStorage.getItem(GUESS);
    if (guess === "skipped") state.guess = guess;
    else if (guess !== null && guess !== "" && Number(guess) >= 0 && Number(guess) <= 0.5) state.guess = nearest(state.data.stops, Number(guess));
    state.network = Math.max(0, data.networks.findIndex((n) => n.name === asked.get("network")));
    state.digit = Math.round(number("digit", data.labels.length) ?? 1) - 1;
    if (state.digit < 0) state.digit = 0;
    setStop(nearest(state.data.stops, number("epsilon", 0.5) ?? (state.guess === null ? 0 : 0.25)));
  }

  function createChoices() {
    const buttons = state.data.networks.map((n, i) => Object.assign(document.createElement("button"), { type: "button", textContent: n.word, title: n.title, onclick: () => choose(i) }));
    find(".choices").replaceChildren(...buttons);
  }

  function createModels() {
    find(".models").replaceChildren(...state.data.networks.map((n, i) => {
      const card = document.createElement("article");
      card.innerHTML = `<h3><button type="button"></button></h3><canvas width="${SIDE}" height="${SIDE}" role="img"></canvas><dl>
        <dt>wrong, clean</dt><dd class="clean-error"></dd>
        <dt>wrong, FGSM at <span class="at"></span></dt><dd class="fgsm-error"></dd>
        <dt>‖w‖₁</dt><dd>${n.l1.toFixed(1)}</dd>
        <dt>weights almost 0</dt><dd>${(100 * n.small).toFixed(0)} %</dd></dl>
        <p>MNIST’s ${n.test.digits.toLocaleString("en")} test digits: ${(100 * n.test.clean).toFixed(1)} % wrong clean, ${(100 * n.test.fgsm).toFixed(1)} % under FGSM at .25.</p>`;
      Object.assign(card.querySelector("button"), { textContent: n.word, title: n.title, onclick: () => choose(i) });
      const picture = card.querySelector("canvas");
      picture.setAttribute("aria-label", `Weights, ${n.word}`);
      drawGrey(picture, n.weights, 1 / n.white);
      return card;
    }));
    const { white } = state.data.networks[0];
    find(".scale").textContent = `One grey scale for all three: black is −${white.toFixed(2)} and less, mid grey 0, white +${white.toFixed(2)} and more; almost 0 is less than a tenth of that. Wrong answers above are of the 1,000 digits that ship.`;
  }

  function drawGrey(canvas, values, scale) {
    const picture = new ImageData(SIDE, SIDE);
    picture.data.fill(255);
    drawPerturbation(picture.data, withAlpha(values, 1, Float32Array, 0), scale);
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  // --- one stop ------------------------------------------------------------------------------

  function setStop(stop) {
    state.stop = Math.min(state.data.stops.length - 1, Math.max(0, stop));
    slider.value = state.stop;
    draw();
  }

  function choose(network) {
    state.network = network;
    draw();
    remember();
  }

  function select(digit) {
    if (digit === state.digit) return;
    state.digit = digit;
    draw();
  }

  const net = () => state.data.networks[state.network];
  const sum = ([a, b]) => a + b;
  const count = (n) => n.toLocaleString("en");
  const share = (wrong) => { const p = (100 * sum(wrong)) / net().digits; return `${p.toFixed(1)} %`; };
  const leftOf = (digit, stop) => net().left[digit * state.data.stops.length + stop];
  const wrongAt = (digit, stop) => { const m = leftOf(digit, stop); return m < 0 || (m === 0 && state.data.labels[digit] === 1); };

  function draw() {
    if (!state.data) return;
    root.dataset.asked = state.guess === null ? "1" : "0";
    drawPanels();
    drawWords();
    if (state.guess === null) return;
    drawTable();
    drawFindings();
    margins.show(net(), net().derivation.margins[state.digit], state.stop);
    derive(net().derivation, lossesOf(state.digit), state.digit, state.stop, epsilonOf(state.stop), net().l1);
  }

  function lossesOf(digit) {
    const [from, to] = [digit * state.data.stops.length, (digit + 1) * state.data.stops.length];
    return { loss: net().loss.subarray(from, to), lossAtPoint: net().lossAtPoint.subarray(from, to) };
  }

  // Sheets are five digits wide: pixel j of digit i -> its place on the canvas, four bytes a pixel.
  const placeOf = (i, j) => 4 * ((Math.floor(i / ACROSS) * SIDE + Math.floor(j / SIDE)) * ACROSS * SIDE + (i % ACROSS) * SIDE + (j % SIDE));

  function sheetOf(value) {
    const picture = new ImageData(ACROSS * SIDE, ACROSS * SIDE);
    picture.data.fill(255);
    for (let i = 0; i < state.data.labels.length; i++) {
      for (let j = 0; j < SIDE * SIDE; j++) {
        const at = placeOf(i, j);
        picture.data[at] = picture.data[at + 1] = picture.data[at + 2] = value(i, j);
      }
    }
    return picture;
  }

  function drawClean() {
    const { data, pixels } = state;
    find(".clean").getContext("2d").putImageData(sheetOf((i, j) => pixels[i * SIDE * SIDE + j]), 0, 0);
    find(".where").textContent = `digits ${count(data.start + 1)} to ${count(data.start + data.labels.length)} of ${count(data.networks[0].digits)}`;
    for (const button of all("[data-turn]")) {
      const to = data.sheet + Number(button.dataset.turn);
      button.disabled = to < 0 || to >= data.sheets;
    }
  }

  // x - y epsilon sign(w) in whole 8-bit levels: the clamped array clips.
  function drawPanels() {
    const { data, pixels, stop } = state;
    const { signs, weights, ownWhite } = net();
    const level = data.levels[stop];
    find(".perturbed").getContext("2d").putImageData(sheetOf((i, j) => pixels[i * SIDE * SIDE + j] + (data.labels[i] ? 1 : -1) * level * signs[j]), 0, 0);
    if (state.drawn !== net()) {
      state.drawn = net();
      drawGrey(find(".w"), weights, 1 / ownWhite);
      drawGrey(find(".sign"), signs, 1);
    }
    const [clean, perturbed] = all(".marks");
    data.labels.forEach((label, i) => {
      mark(clean.children[i], i, label, 0);
      mark(perturbed.children[i], i, label, stop);
    });
  }

  function mark(cell, i, label, stop) {
    const wrong = state.guess !== null && wrongAt(i, stop);
    cell.dataset.wrong = wrong ? "1" : "0";
    cell.dataset.chosen = state.guess !== null && i === state.digit ? "1" : "0";
    cell.textContent = wrong ? NAMES[1 - label] : "";
  }

  // --- words ---------------------------------------------------------------------------------

  function drawWords() {
    const { data, stop, guess } = state;
    const wrong = net().clipped;
    const epsilon = epsilonOf(stop);
    find(".readout").textContent = `${short(epsilon)} = ${levels(255 * epsilon)}/255`;
    slider.setAttribute("aria-valuetext", `${short(epsilon)}${guess === null ? "" : `, ${share(wrong[stop])} wrong`}`);
    if (guess === null) {
      find(".say").textContent = "At which ε does a linear model misread every 3 and 7?";
      return;
    }
    find(".say").innerHTML = stop === 0
      ? `Without attack the model misreads <span class="was">${count(sum(wrong[0]))}</span> of ${count(net().digits)} threes and sevens. Drag epsilon.`
      : `At ε = ${short(epsilon)} the model misreads <span class="is">${count(sum(wrong[stop]))}</span> of ${count(net().digits)} threes and sevens; without attack, <span class="was">${count(sum(wrong[0]))}</span>`;
    find(".rate").textContent = `${share(wrong[stop])} wrong`;
    find(".share-clean").textContent = `· ${share(wrong[0])} wrong`;
    find(".share-perturbed").textContent = `· ${share(wrong[stop])} wrong`;
    all(".choices button").forEach((b, i) => b.setAttribute("aria-pressed", String(i === state.network)));
    find(".verdict").textContent = verdict(net(), guess, data);
    flag(".guessed", typeof guess === "number" ? guess : null);
    flag(".truth", net().allWrong);
    all(".by-class .bar").forEach((bar, k) => {
      bar.querySelector("i").style.transform = `scaleX(${wrong[stop][k] / data.each[k]})`;
      bar.querySelector("b").textContent = `${wrong[stop][k]} of ${data.each[k]}`;
    });
    drawDigit();
  }

  function verdict(network, guess, data) {
    const truth = network.allWrong === null ? `${network.word}: never up to .5; there ${count(sum(network.clipped.at(-1)))} of ${count(network.digits)} are misread.` : `All ${count(network.digits)} are misread from ε = ${short(data.stops[network.allWrong])} on, where the line stands.`;
    if (typeof guess !== "number" || network !== data.networks[0]) return truth;
    const there = sum(network.clipped[guess]);
    return `${truth} Your guess (dashed) was ${short(data.stops[guess])}${guess === network.allWrong ? ": exactly." : `, where ${count(there)} are.`}`;
  }

  function flag(name, stop) {
    const at = find(name);
    at.hidden = stop === null;
    at.style.setProperty("--at", stop === null ? 0 : stop / (state.data.stops.length - 1));
  }

  function drawDigit() {
    const { data, digit, stop } = state;
    const [clean, left] = [net().derivation.margins[digit], leftOf(digit, stop)];
    const label = data.labels[digit];
    const answer = NAMES[wrongAt(digit, stop) ? 1 - label : label];
    find(".digit").innerHTML = `Chosen: digit ${count(data.start + digit + 1)}, a <b>${NAMES[label]}</b>. Margin <b>${signed(clean)}</b> clean, <b>${signed(left)}</b> perturbed: the network says <b class="${answer === NAMES[label] ? "was" : "is"}">${answer}</b> (${percent(1 / (1 + Math.exp(-Math.abs(left))))}).`;
  }

  const signed = (v) => v.toFixed(2).replace("-", "−");

  function drawTable() {
    const { stop } = state;
    const n = net();
    const growth = epsilonOf(stop) * n.l1;
    const rows = [
      ["Formula: M − ε‖w‖₁", n.formula[stop], growth],
      ["Measured, without the clip", n.unclipped[stop], n.freeFall[stop]],
      ["Measured, clipped: what you see", n.clipped[stop], n.fall[stop]],
    ];
    const body = find(".counts tbody");
    body.innerHTML = rows.map(([what, wrong, fall]) => `<tr><th scope="row">${what}</th><td>${wrong[0]}</td><td>${wrong[1]}</td><td>${count(sum(wrong))}</td><td>${fall.toFixed(3)}</td></tr>`).join("");
    body.innerHTML += `<tr class="difference"><th scope="row">Largest difference of a margin, formula and unclipped</th><td colspan="4">${power(n.difference[stop], 1)}</td></tr>`;
  }

  function drawFindings() {
    const { stop, data } = state;
    const n = net();
    const epsilon = epsilonOf(stop);
    const growth = epsilon * n.l1;
    const [certified, before] = [n.digits - sum(n.formula[stop]), sum(n.formula[0])];
    find(".flips-say").textContent = `${count(sum(n.formula[stop]))} of ${count(n.digits)} margins are below ε‖w‖₁ = ${short(epsilon)} × ${n.l1.toFixed(1)} = ${growth.toFixed(1)}: wrong after the step; ${count(before)} of them were wrong before`;
    find(".certified-say").textContent = `Certificate: for ${count(certified)} of ${count(n.digits)} digits no change of at most ${short(epsilon)} can change the answer`;
    const m = n.derivation.margins[state.digit];
    const atPoint = lossesOf(state.digit).lossAtPoint;
    const own = softplus(growth - m) - softplus(-m);
    find(".fades-say").textContent = stop === 0
      ? "Inside the softplus a penalty can fade; outside it cannot"
      : `FGSM adds ${nats(n.penalty[stop])} nats on average, L1 decay ${nats(growth)} to every digit; FGSM’s part has faded for ${count(n.faded[stop])} of ${count(n.digits)} digits`;
    find(".penalties").innerHTML = `<span>Chosen digit, M = ${signed(m)}: FGSM adds softplus(${signed(growth)} − M) − softplus(−M) = <b>${nats(own)}</b>; the network’s own loss rises by <b>${nats(atPoint[stop] - atPoint[0])}</b></span> <span>All digits, on average: formula <b>${nats(n.penalty[stop])}</b>, measured <b>${nats(n.rise[stop])}</b></span> <span>L1 decay with λ = ε adds ε‖w‖₁ = <b>${nats(growth)}</b></span> <span>Faded, to below 1 % of ε‖w‖₁: <b>${count(n.faded[stop])}</b> of ${count(n.digits)} digits</span>`;
    find(".models-say").textContent = `Trained three ways, at ε = ${short(epsilon)}: ${data.networks.map((other) => `${other.word.toLowerCase().replace("l1", "L1")} ${((100 * sum(other.clipped[stop])) / other.digits).toFixed(1)} %`).join(", ")} wrong`;
    all(".models article").forEach((card, i) => {
      const other = data.networks[i];
      card.dataset.chosen = i === state.network ? "1" : "0";
      card.querySelector("button").setAttribute("aria-pressed", String(i === state.network));
      card.querySelector(".at").textContent = short(epsilon);
      card.querySelector(".clean-error").textContent = `${((100 * sum(other.clipped[0])) / other.digits).toFixed(1)} %`;
      card.querySelector(".fgsm-error").textContent = `${((100 * sum(other.clipped[stop])) / other.digits).toFixed(1)} %`;
    });
  }

  // The bar with the slider stays in reach; once it does so at the top, nothing shows through above it.
  new IntersectionObserver(([entry]) => {
    find(".control").dataset.stuck = !entry.isIntersecting && entry.boundingClientRect.top < innerHeight / 2 ? "1" : "0";
  }, { rootMargin: "-62px 0px 0px 0px" }).observe(find(".before-control"));

  // --- hand and link -------------------------------------------------------------------------

  slider.addEventListener("input", (event) => {
    if (!state.data) return;
    setStop(Number(slider.value));
    performance.measure("three-seven-drag", { start: event.timeStamp, end: performance.now() });
  });
  slider.addEventListener("change", remember);

  find(".show-answer").addEventListener("click", () => answered(state.stop));
  find(".skip").addEventListener("click", () => answered("skipped"));

  function answered(guess) {
    if (!state.data) return;
    state.guess = guess;
    if (guess === "skipped" && state.stop === 0) setStop(nearest(state.data.stops, 0.25));
    draw();
    remember();
    slider.focus({ preventScroll: true });
  }

  for (const canvas of all(".sheet")) {
    const pointed = (event) => {
      if (!state.data) return;
      const box = canvas.getBoundingClientRect();
      const at = (v) => Math.min(ACROSS - 1, Math.max(0, Math.floor(v * ACROSS)));
      const digit = at((event.clientY - box.top) / box.height) * ACROSS + at((event.clientX - box.left) / box.width);
      if (digit < state.data.labels.length) select(digit);
    };
    canvas.addEventListener("pointermove", pointed);
    canvas.addEventListener("pointerdown", pointed);
    canvas.addEventListener("pointerleave", remember);
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -ACROSS, ArrowDown: ACROSS }[event.key];
      if (!step || !state.data) return;
      event.preventDefault();
      const to = state.digit + step;
      if (to >= 0 && to < state.data.labels.length) { select(to); remember(); }
    });
  }

  for (const button of all("[data-turn]")) {
    button.addEventListener("click", () => view.turn(state.data.sheet + Number(button.dataset.turn)));
  }

  // The link says what differs from a first visit; the tab remembers the guess on its own.
  function remember() {
    if (!state.data || !root.isConnected) return;
    const { guess, stop, network, digit, data } = state;
    const url = new URL(location.href);
    const words = {
      guess: guess === null ? null : guess === "skipped" ? guess : String(data.stops[guess]),
      epsilon: String(data.stops[stop]),
      network: network ? data.networks[network].name : null,
      digit: digit ? String(digit + 1) : null,
    };
    for (const [key, value] of Object.entries(words)) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
    history.replaceState(history.state, "", url);
    if (words.guess !== null) sessionStorage.setItem(GUESS, words.guess);
  }

  return view;
}
