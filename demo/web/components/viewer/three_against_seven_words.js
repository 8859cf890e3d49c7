// Sentences and tables for the stop, the model and the digit that are looked at.

/** @import { Network } from "./sent.d.ts" */
/** @import { State } from "./three_against_seven_state.js" */
import { all, find, press } from "../shared/component.js";
import { softplus } from "../shared/losses.js";
import { count, levels, margin, nats, percent, scientific, short } from "../shared/numbers.js";
import { epsilonOf, leftOf, losses, NAMES, net, sum, wrongAt } from "./three_against_seven_state.js";

/** @param {Network} network @param {number} stop */
const share = ({ clipped, digits }, stop) => `${((100 * sum(clipped[stop])) / digits).toFixed(1)} %`;

/** @param {HTMLElement} root @param {State} state */
export function drawWords(root, state) {
  const { stop, guess } = state;
  const epsilon = epsilonOf(state);
  find(root, ".readout").textContent = `${short(epsilon)} = ${levels(255 * epsilon)}/255`;
  find(root, ".epsilon").setAttribute("aria-valuetext", `${short(epsilon)}${guess === null ? "" : `, ${share(net(state), stop)} wrong`}`);
  if (guess === null) find(root, ".say").textContent = "At which ε does a linear model misread every 3 and 7?";
  else drawAnswer(root, state, guess);
}

/** @param {HTMLElement} root @param {State} state @param {number | "skipped"} guess */
function drawAnswer(root, state, guess) {
  const { data, stop, network } = state;
  const { clipped: wrong, digits, allWrong } = net(state);
  const was = `<span class="was">${count(sum(wrong[0]))}</span>`;
  find(root, ".say").innerHTML = stop === 0
    ? `Without attack the model misreads ${was} of ${count(digits)} threes and sevens. Drag epsilon.`
    : `At ε = ${short(epsilonOf(state))} the model misreads <span class="is">${count(sum(wrong[stop]))}</span> of ${count(digits)} threes and sevens; without attack, ${was}`;
  find(root, ".rate").textContent = `${share(net(state), stop)} wrong`;
  find(root, ".share-clean").textContent = `· ${share(net(state), 0)} wrong`;
  find(root, ".share-perturbed").textContent = `· ${share(net(state), stop)} wrong`;
  const choices = all(root, ".choices button");
  press(choices, (button) => button === choices[network]);
  find(root, ".verdict").textContent = verdict(state, guess);
  const last = data.stops.length - 1;
  flag(find(root, ".guessed"), typeof guess === "number" ? guess : null, last);
  flag(find(root, ".truth"), allWrong, last);
  all(root, ".by-class .bar").forEach((bar, k) => {
    find(bar, "i").style.transform = `scaleX(${wrong[stop][k] / data.each[k]})`;
    find(bar, "b").textContent = `${wrong[stop][k]} of ${data.each[k]}`;
  });
  drawDigit(find(root, ".digit"), state);
}

/** @param {State} state @param {number | "skipped"} guess */
function verdict(state, guess) {
  const { stops, networks } = state.data;
  const { allWrong, clipped, digits, word } = net(state);
  const truth = allWrong === null
    ? `${word}: never up to .5; there ${count(sum(clipped[clipped.length - 1]))} of ${count(digits)} are misread.`
    : `All ${count(digits)} are misread from ε = ${short(stops[allWrong])} on, where the line stands.`;
  if (typeof guess !== "number" || net(state) !== networks[0]) return truth;
  return `${truth} Your guess (dashed) was ${short(stops[guess])}${guess === allWrong ? ": exactly." : `, where ${count(sum(clipped[guess]))} are.`}`;
}

/** A mark on the slider's rail. @param {HTMLElement} at @param {number | null} stop @param {number} last */
function flag(at, stop, last) {
  at.hidden = stop === null;
  at.style.setProperty("--at", String((stop ?? 0) / last));
}

/** @param {HTMLElement} place @param {State} state */
function drawDigit(place, state) {
  const { data, digit, stop } = state;
  const [clean, left] = [net(state).derivation.margins[digit], leftOf(state, digit, stop)];
  const label = data.labels[digit];
  const wrong = wrongAt(state, digit, stop);
  place.innerHTML = `Chosen: digit ${count(data.start + digit + 1)}, a <b>${NAMES[label]}</b>. Margin <b>${margin(clean)}</b> clean, <b>${margin(left)}</b> perturbed: the network says <b class="${wrong ? "is" : "was"}">${NAMES[wrong ? 1 - label : label]}</b> (${percent(1 / (1 + Math.exp(-Math.abs(left))))}).`;
}

/** @param {HTMLElement} root @param {State} state */
export function drawTable(root, state) {
  const { stop } = state;
  const n = net(state);
  const rows = /** @type {const} */ ([
    ["Formula: M − ε‖w‖₁", n.formula[stop], epsilonOf(state) * n.l1],
    ["Measured, without the clip", n.unclipped[stop], n.freeFall[stop]],
    ["Measured, clipped: what you see", n.clipped[stop], n.fall[stop]],
  ]).map(([what, wrong, fall]) => `<tr><th scope="row">${what}</th><td>${wrong[0]}</td><td>${wrong[1]}</td><td>${count(sum(wrong))}</td><td>${fall.toFixed(3)}</td></tr>`);
  find(root, ".counts tbody").innerHTML = `${rows.join("")}<tr class="difference"><th scope="row">Largest difference of a margin, formula and unclipped</th><td colspan="4">${scientific(n.difference[stop], 1)}</td></tr>`;
}

/** @param {HTMLElement} root @param {State} state */
export function drawFindings(root, state) {
  const { stop, data } = state;
  const n = net(state);
  const [epsilon, digits] = [short(epsilonOf(state)), count(n.digits)];
  const growth = epsilonOf(state) * n.l1;
  find(root, ".flips-say").textContent = `${count(sum(n.formula[stop]))} of ${digits} margins are below ε‖w‖₁ = ${epsilon} × ${n.l1.toFixed(1)} = ${growth.toFixed(1)}: wrong after the step; ${count(sum(n.formula[0]))} of them were wrong before`;
  find(root, ".certified-say").textContent = `Certificate: for ${count(n.digits - sum(n.formula[stop]))} of ${digits} digits no change of at most ${epsilon} can change the answer`;
  find(root, ".fades-say").textContent = stop === 0
    ? "Inside the softplus a penalty can fade; outside it cannot"
    : `FGSM adds ${nats(n.penalty[stop])} nats on average, L1 decay ${nats(growth)} to every digit; FGSM’s part has faded for ${count(n.faded[stop])} of ${digits} digits`;
  find(root, ".penalties").innerHTML = penalties(state, growth);
  const each = data.networks.map((other) => `${other.word.toLowerCase().replace("l1", "L1")} ${share(other, stop)}`);
  find(root, ".models-say").textContent = `Trained three ways, at ε = ${epsilon}: ${each.join(", ")} wrong`;
  all(root, ".models article").forEach((card, i) => {
    card.dataset.chosen = i === state.network ? "1" : "0";
    press([find(card, "button")], () => i === state.network);
    find(card, ".at").textContent = epsilon;
    find(card, ".clean-error").textContent = share(data.networks[i], 0);
    find(card, ".fgsm-error").textContent = share(data.networks[i], stop);
  });
}

/** @param {State} state @param {number} growth ε‖w‖₁ */
function penalties(state, growth) {
  const { stop, digit } = state;
  const n = net(state);
  const m = n.derivation.margins[digit];
  const { lossAtPoint } = losses(state);
  const own = softplus(growth - m) - softplus(-m);
  return `<span>Chosen digit, M = ${margin(m)}: FGSM adds softplus(${margin(growth)} − M) − softplus(−M) = <b>${nats(own)}</b>; the network’s own loss rises by <b>${nats(lossAtPoint[stop] - lossAtPoint[0])}</b></span> <span>All digits, on average: formula <b>${nats(n.penalty[stop])}</b>, measured <b>${nats(n.rise[stop])}</b></span> <span>L1 decay with λ = ε adds ε‖w‖₁ = <b>${nats(growth)}</b></span> <span>Faded, to below 1 % of ε‖w‖₁: <b>${count(n.faded[stop])}</b> of ${count(n.digits)} digits</span>`;
}
