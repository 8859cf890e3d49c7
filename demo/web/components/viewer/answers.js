// What the network says at the stop that is shown: headline, captions, bars, facts, formula.

/** @import { Answer, Answers, Opening, State } from "./sent.d.ts" */
import { all, element, find } from "../shared/component.js";
import { promised } from "../shared/losses.js";
import { amount, change, fraction, levels, nats, percent, short } from "../shared/numbers.js";
import { escaped, headline } from "./words.js";

const PAPERS = 1.785; // 255 * .007

/**
 * The answer at the stop; before the curve has come only some are known, else null.
 * @param {State} state
 * @returns {Answer | null}
 */
export function answerNow({ data, answers, stop }) {
  if (answers) return answers.top[stop][0];
  if (data.method !== "ten" && Math.abs(data.levels[stop] - data.adversarial.level) < 1e-6) return data.adversarial.answer;
  return stop === 0 ? data.cleanAnswer : null;
}

/**
 * What a class is here, which gives its colour on the whole page: "label", "target", "rival-1" ...
 * @param {State} state
 * @param {number} k
 * @returns {string}
 */
function roleOf({ data, answers }, k) {
  return answers?.roles[k] ?? (k === data.target ? "target" : k === data.truth ? "label" : "rival-1");
}

/** @typedef {ReturnType<typeof createTop>} Top */

/**
 * @param {HTMLElement} root
 * @param {State} state
 * @param {[Top, Top]} tops the clean picture's classes, and those at the stop
 */
export function drawWords(root, state, [before, after]) {
  const { data, answers, stop } = state;
  const [now, clean] = [answerNow(state), data.cleanAnswer];
  drawHeading(find(root, ".say"), state, now);
  drawCaptions(root, state, now);
  drawReadout(root, state, now);
  before(answers ? answers.top[0] : [clean]);
  after(answers ? answers.top[stop] : now ? [now] : []);
  drawFacts(root, state);
  drawFormula(root, state);
}

/** @param {HTMLElement} place @param {State} state @param {Answer | null} now */
function drawHeading(place, state, now) {
  const { data: { names, levels, cleanAnswer: clean, target, wrong, kind }, answers, counterpart, stop } = state;
  const heading = headline({
    name: (k) => names[k], role: (k) => roleOf(state, k), stop, levels, level: levels[stop], clean, now,
    target, targetNow: answers?.target?.[stop], wrong, kind, counterpart,
  });
  if (place.innerHTML !== heading) place.innerHTML = heading;
}

/** @param {HTMLElement} root @param {State} state @param {Answer | null} now */
function drawReadout(root, { data, stop }, now) {
  const level = data.levels[stop];
  find(root, ".op .eps").textContent = short(level / 255);
  const written = data.kind === "digits" ? short : fraction;
  const readout = Math.abs(level - PAPERS) < 1e-6 ? ".007 = 1.785/255" : `${written(level / 255)} = ${levels(level)}/255`;
  find(root, ".readout").textContent = readout;
  find(root, ".epsilon").setAttribute("aria-valuetext", `${readout}: ${now ? `${data.names[now[0]]}, ${percent(now[1])}` : "not computed yet"}`);
}

/** @param {HTMLElement} root @param {State} state @param {Answer | null} now */
function drawCaptions(root, state, now) {
  const { data } = state;
  const colon = data.kind === "digits" ? ":" : ""; // two numbers side by side
  const said = { clean: data.cleanAnswer, perturbation: data.perturbationAnswer, adversarial: now };
  for (const [which, answer] of Object.entries(said)) {
    const box = find(root, `[data-picture="${which}"] figcaption`);
    const name = find(box, ".name");
    name.textContent = answer ? data.names[answer[0]] + colon : "…";
    if (which !== "perturbation") name.dataset.role = answer ? roleOf(state, answer[0]) : "";
    find(box, ".sure").textContent = answer ? percent(answer[1]) : "";
  }
  find(root, ".verdict").textContent = data.wrong === null ? "" : "wrong before the attack";
  find(root, '[data-picture="perturbation"] .called span').textContent = data.method === "ten" ? "the change, made visible" : data.target === null ? "sign of the gradient" : "minus the sign of the gradient";
}

/** The five likeliest classes. @param {HTMLElement} list @param {State} state */
export function createTop(list, state) {
  const rows = Array.from({ length: 5 }, () => {
    const row = element("li");
    row.innerHTML = '<span class="who"></span><span class="much"></span><span class="bar"><i></i></span>';
    list.append(row);
    return { row, who: find(row, ".who"), much: find(row, ".much"), bar: find(row, "i") };
  });
  return (/** @type {Answer[]} */ top) => rows.forEach(({ row, who, much, bar }, i) => {
    const entry = top[i];
    row.hidden = i >= state.data.names.length;
    who.textContent = entry ? state.data.names[entry[0]] : "…";
    much.textContent = entry ? percent(entry[1]) : "";
    bar.style.transform = `scaleX(${entry ? entry[1] : 0})`;
    bar.dataset.role = entry ? roleOf(state, entry[0]) : "";
  });
}

/** @param {HTMLElement} root @param {State} state */
function drawFacts(root, state) {
  const { data, answers, stop } = state;
  const name = (/** @type {number} */ k) => escaped(data.names[k]);
  const facts = [];
  if (answers) {
    const saved = answers.saved[answers.savedRow[stop]];
    facts.push(`largest |change| <b>${levels(answers.largest[stop])}/255</b>`, `clipped <b>${(100 * answers.clipped[stop]).toFixed(1)} %</b> of the values`);
    facts.push(`first flip at <b>${answers.flip === null ? "no stop" : amount(data.levels[answers.flip], data.kind)}</b>`);
    facts.push(`saved as 8-bit PNG: <b>${name(saved[0])} ${percent(saved[1])}</b>`);
  }
  facts.push(`${escaped(data.network)}${data.recorded ? ", recorded" : ""} on ${escaped(data.device)}` + (data.recorded ? "" : `, gradient in <b>${data.milliseconds.toFixed(0)} ms</b>`));
  find(root, ".facts").innerHTML = facts.map((f) => `<span>${f}</span>`).join(" ");
  const [live] = all(root, ".notes .live");
  if (!live || !answers) return;
  live.textContent = liveNote(data, answers, stop);
  live.hidden = !live.textContent;
}

/**
 * The two failures that depend on the stop: rounding undoes the attack, the clip weakens the step.
 * @param {Opening} data
 * @param {Answers} answers
 * @param {number} stop
 */
function liveNote(data, answers, stop) {
  const name = (/** @type {number} */ k) => data.names[k];
  const [now, saved] = [answers.top[stop][0], answers.saved[answers.savedRow[stop]]];
  if (now[0] !== saved[0]) {
    return `Rounding to 8 bits undoes the attack: with real-valued pixels the network says ${name(now[0])}, but the picture rounded to 8 bit, as a screen or a PNG has it, is ${name(saved[0])} (${percent(saved[1])}).`;
  }
  if (answers.clipped[stop] > 0.05 && data.kind === "photographs") { // a digit's ground is at the edge
    return `${(100 * answers.clipped[stop]).toFixed(1)} % of the values were already at the edge of the pixel range: the clip made their step smaller than epsilon.`;
  }
  return "";
}

/**
 * What went otherwise than expected, a sentence each; and the slider in the answers' colours.
 * @param {HTMLElement} root
 * @param {State} state
 * @param {Answers} answers
 */
export function paintNotes(root, state, answers) {
  const { data } = state;
  const items = answers.notes.map((text) => element("li", { textContent: text }));
  find(root, ".notes").replaceChildren(...items, element("li", { className: "live", hidden: true }));
  const last = data.levels.length - 1;
  const bands = answers.runs.map(([k, from, to]) => `var(--${roleOf(state, k)}) ${(100 * Math.max(0, from - 0.5)) / last}% ${(100 * Math.min(last, to + 0.5)) / last}%`);
  find(root, ".epsilon").style.setProperty("--bands", `linear-gradient(to right, ${bands.join(", ")})`);
}

/** @param {HTMLElement} root @param {State} state */
function drawFormula(root, { data, answers, stop }) {
  const level = data.levels[stop];
  const sign = data.target === null ? "+" : "−";
  const what = escaped(data.names[data.label]);
  const step = `<i>x̃</i> = clip(<i>x</i> ${sign} <b>${short(level / 255)}</b> · sign(∇<sub><i>x</i></sub> <i>J</i>(<i>θ</i>, <i>x</i>, ${what})))`;
  find(root, ".equation").innerHTML = data.method === "ten"
    ? `ten times: <i>x̃</i> ← clip<sub>ε</sub>(<i>x̃</i> ${sign} <b>${short(level / 255)}/4</b> · sign(∇ <i>J</i>(<i>θ</i>, <i>x̃</i>, ${what}))), ε = ${short(level / 255)}`
    : step;
  find(root, ".rise").innerHTML = answers ? rise(data, answers, stop, what, sign) : "";
}

/**
 * How far the loss moved, to first order, and if the margin were linear.
 * @param {Opening} data
 * @param {Answers} answers
 * @param {number} stop
 * @param {string} what the class in the loss
 * @param {string} sign
 */
function rise(data, answers, stop, what, sign) {
  const step = (sign === "+" ? 1 : -1) * (data.levels[stop] / 255);
  const [before, after] = [answers.loss[0], answers.loss[stop]];
  const norm = data.gradientNorm >= 0.1 ? data.gradientNorm.toFixed(1) : nats(data.gradientNorm);
  const { first, straight } = promised(before, data.gradientNorm, step);
  return `<i>J</i>, the loss of “${what}”, goes from <b>${nats(before)}</b> to <b>${nats(after)}</b> nats: <b>${change(after - before)}</b>. To first order it changes by ${sign === "+" ? "" : "−"}ε‖∇<i>J</i>‖<sub>1</sub> = ${sign === "+" ? "" : "−"}${short(Math.abs(step))} × ${norm} = <b>${change(first)}</b>; if the margin (the label’s lead in the logits) were linear in <i>x</i>, by <b>${change(straight)}</b>.`;
}
