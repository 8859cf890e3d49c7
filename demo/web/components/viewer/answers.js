// What the network says at the stop that is shown: headline, captions, bars, facts, formula.

// The answer at the stop; before the curve has come only some are known, else null.
function answerNow({ data, answers, stop }) {
  if (answers) return answers.top[stop][0];
  if (data.method !== "ten" && Math.abs(data.levels[stop] - data.adversarial.level) < 1e-6) return data.adversarial.answer;
  return stop === 0 ? data.cleanAnswer : null;
}

// What a class is here, which gives its colour on the whole page: "label", "target", "rival-1" ...
function roleOf({ data, answers }, k) {
  return answers?.roles[k] ?? (k === data.target ? "target" : k === data.truth ? "label" : "rival-1");
}

function drawWords(root, state, [before, after]) {
  const { data, answers, stop } = state;
  const find = (selector) => root.querySelector(selector);
  const name = (k) => data.names[k];
  const [level, now, clean] = [data.levels[stop], answerNow(state), data.cleanAnswer];
  const heading = headline({ name, role: (k) => roleOf(state, k), level, clean, now, target: data.target, targetNow: answers?.target?.[stop], wrong: data.wrong, kind: data.kind, stop, levels: data.levels, counterpart: state.counterpart });
  if (find(".say").innerHTML !== heading) find(".say").innerHTML = heading;
  drawCaptions(root, state, now);
  find(".op .eps").textContent = short(level / 255);
  const papers = Math.abs(level - 1.785) < 1e-6 ? ".007 = 1.785/255" : null;
  const readout = papers ?? (data.kind === "digits" ? `${short(level / 255)} = ${levels(level)}/255` : `${fraction(level / 255)} = ${levels(level)}/255`);
  find(".readout").textContent = readout;
  find(".epsilon").setAttribute("aria-valuetext", `${readout}: ${now ? `${name(now[0])}, ${percent(now[1])}` : "not computed yet"}`);
  before(answers ? answers.top[0] : [clean]);
  after(answers ? answers.top[stop] : now ? [now] : []);
  drawFacts(root, state);
  drawFormula(root, state);
}

function drawCaptions(root, state, now) {
  const { data } = state;
  const colon = data.kind === "digits" ? ":" : ""; // two numbers side by side
  const said = { clean: data.cleanAnswer, perturbation: data.perturbationAnswer, adversarial: now };
  for (const [which, answer] of Object.entries(said)) {
    const box = root.querySelector(`[data-picture="${which}"] figcaption`);
    const name = box.querySelector(".name");
    name.textContent = answer ? data.names[answer[0]] + colon : "…";
    if (which !== "perturbation") name.dataset.role = answer ? roleOf(state, answer[0]) : "";
    box.querySelector(".sure").textContent = answer ? percent(answer[1]) : "";
  }
  root.querySelector(".verdict").textContent = data.wrong === null ? "" : "wrong before the attack";
  root.querySelector('[data-picture="perturbation"] .called span').textContent = data.method === "ten" ? "the change, made visible" : data.target === null ? "sign of the gradient" : "minus the sign of the gradient";
}

function createTop(list, state) {
  const rows = Array.from({ length: 5 }, () => {
    const row = document.createElement("li");
    row.innerHTML = '<span class="who"></span><span class="much"></span><span class="bar"><i></i></span>';
    list.append(row);
    return [row.querySelector(".who"), row.querySelector(".much"), row.querySelector("i"), row];
  });
  return (top) => rows.forEach(([who, much, bar, row], i) => {
    const entry = top[i];
    row.hidden = i >= state.data.names.length;
    who.textContent = entry ? state.data.names[entry[0]] : "…";
    much.textContent = entry ? percent(entry[1]) : "";
    bar.style.transform = `scaleX(${entry ? entry[1] : 0})`;
    bar.dataset.role = entry ? roleOf(state, entry[0]) : "";
  });
}

function drawFacts(root, state) {
  const { data, answers, stop } = state;
  const name = (k) => escaped(data.names[k]);
  const facts = [];
  if (answers) {
    const saved = answers.saved[answers.savedRow[stop]];
    facts.push(`largest |change| <b>${levels(answers.largest[stop])}/255</b>`, `clipped <b>${(100 * answers.clipped[stop]).toFixed(1)} %</b> of the values`);
    facts.push(`first flip at <b>${answers.flip === null ? "no stop" : amount(data.levels[answers.flip], data.kind)}</b>`);
    facts.push(`saved as 8-bit PNG: <b>${name(saved[0])} ${percent(saved[1])}</b>`);
  }
  facts.push(`${escaped(data.network)}${data.recorded ? ", recorded" : ""} on ${escaped(data.device)}` + (data.recorded ? "" : `, gradient in <b>${data.milliseconds.toFixed(0)} ms</b>`));
  root.querySelector(".facts").innerHTML = facts.map((f) => `<span>${f}</span>`).join(" ");
  const live = root.querySelector(".notes .live");
  if (!live || !answers) return;
  live.textContent = liveNote(state);
  live.hidden = !live.textContent;
}

// The two failures that depend on the stop: rounding undoes the attack, the clip weakens the step.
function liveNote({ data, answers, stop }) {
  const name = (k) => data.names[k];
  const [now, saved] = [answers.top[stop][0], answers.saved[answers.savedRow[stop]]];
  if (now[0] !== saved[0]) {
    return `Rounding to 8 bits undoes the attack: with real-valued pixels the network says ${name(now[0])}, but the picture rounded to 8 bit, as a screen or a PNG has it, is ${name(saved[0])} (${percent(saved[1])}).`;
  }
  if (answers.clipped[stop] > 0.05 && data.kind === "photographs") { // a digit's ground is at the edge
    return `${(100 * answers.clipped[stop]).toFixed(1)} % of the values were already at the edge of the pixel range: the clip made their step smaller than epsilon.`;
  }
  return "";
}

// What went otherwise than expected, a sentence each; and the slider in the answers' colours.
function paintNotes(root, state) {
  const { answers, data } = state;
  const items = [...answers.notes, null].map((text) => {
    const item = document.createElement("li");
    if (text === null) { item.className = "live"; item.hidden = true; } else item.textContent = text;
    return item;
  });
  root.querySelector(".notes").replaceChildren(...items);
  const last = data.levels.length - 1;
  const bands = answers.runs.map(([k, from, to]) => `var(--${roleOf(state, k)}) ${(100 * Math.max(0, from - 0.5)) / last}% ${(100 * Math.min(last, to + 0.5)) / last}%`);
  root.querySelector(".epsilon").style.setProperty("--bands", `linear-gradient(to right, ${bands.join(", ")})`);
}

function drawFormula(root, { data, answers, stop }) {
  const level = data.levels[stop];
  const sign = data.target === null ? "+" : "−";
  const what = escaped(data.names[data.label]);
  const step = `<i>x̃</i> = clip(<i>x</i> ${sign} <b>${short(level / 255)}</b> · sign(∇<sub><i>x</i></sub> <i>J</i>(<i>θ</i>, <i>x</i>, ${what})))`;
  root.querySelector(".equation").innerHTML = data.method === "ten"
    ? `ten times: <i>x̃</i> ← clip<sub>ε</sub>(<i>x̃</i> ${sign} <b>${short(level / 255)}/4</b> · sign(∇ <i>J</i>(<i>θ</i>, <i>x̃</i>, ${what}))), ε = ${short(level / 255)}`
    : step;
  root.querySelector(".rise").innerHTML = answers ? rise(data, answers, stop, what, sign) : "";
}

// How far the loss moved, to first order, and if the margin were linear.
function rise(data, answers, stop, what, sign) {
  const step = (sign === "+" ? 1 : -1) * (data.levels[stop] / 255);
  const [before, after] = [answers.loss[0], answers.loss[stop]];
  const norm = data.gradientNorm >= 0.1 ? data.gradientNorm.toFixed(1) : nats(data.gradientNorm);
  const { first, straight } = promised(before, data.gradientNorm, step);
  return `<i>J</i>, the loss of “${what}”, goes from <b>${nats(before)}</b> to <b>${nats(after)}</b> nats: <b>${change(after - before)}</b>. To first order it changes by ${sign === "+" ? "" : "−"}ε‖∇<i>J</i>‖<sub>1</sub> = ${sign === "+" ? "" : "−"}${short(Math.abs(step))} × ${norm} = <b>${change(first)}</b>; if the margin (the label’s lead in the logits) were linear in <i>x</i>, by <b>${change(straight)}</b>.`;
}
