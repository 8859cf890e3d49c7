// The derivation's five lines, each opened on demand, with both of its sides for the chosen digit.

/** @import { Network } from "./sent.d.ts" */
import { element, find } from "../shared/component.js";
import { scientific, short } from "../shared/numbers.js";

const LINES = [
  "1 − σ(M) = σ(−M)",
  "softplus′(t) = σ(t)",
  "∇ₓJ = −y · σ(−M) · w",
  "‖∇ₓJ‖₁ = σ(−M) · ‖w‖₁",
  "J(x̃) = softplus(ε‖w‖₁ − M)",
];

/** "0.0003076123", or "9.8739 × 10⁻⁷". @param {number} v */
const digits = (v) => (v !== 0 && Math.abs(v) < 1e-4 ? scientific(v, 4) : v.toPrecision(7).replace("-", "−"));

/** @param {HTMLElement} list @param {Record<string, string>} words */
export function createDerivation(list, words) {
  const bodies = LINES.map((line, i) => {
    const details = element("details");
    details.innerHTML = '<summary></summary><p class="prose"></p><dl></dl>';
    find(details, "summary").textContent = line;
    find(details, "p").textContent = words[`line-${i + 1}`];
    list.append(details);
    return find(details, "dl");
  });

  /**
   * @param {Network["derivation"]} derivation
   * @param {ReturnType<typeof import("./three_against_seven_state.js").losses>} losses
   * @param {number} digit
   * @param {number} stop
   * @param {number} epsilon
   * @param {number} l1
   */
  return function show(derivation, losses, digit, stop, epsilon, l1) {
    const d = Object.fromEntries(Object.entries(derivation).flatMap(([k, v]) => (Array.isArray(v) ? [[k, v[digit]]] : [])));
    const m = d.margins;
    const [loss, atPoint] = [losses.loss[stop], losses.lossAtPoint[stop]];
    /** @type {[string, number][][]} */
    const rows = [
      [["M", m], ["1 − σ(M)", d.oneMinusSigma], ["σ(−M)", d.sigmaOfMinus], ["difference", d.oneMinusSigma - d.sigmaOfMinus]],
      [["t = −M", -m], ["slope of softplus", d.quotient], ["σ(t)", d.slope], ["difference", d.quotient - d.slope]],
      [["σ(−M)", d.sigmaOfMinus], ["largest |∂J/∂x|", d.largestGradient], ["largest difference from autograd over 784 pixels", d.gradientDifference]],
      [["Σ |autograd’s ∂J/∂x|", d.normByAutograd], [`σ(−M) · ‖w‖₁ = ${digits(d.sigmaOfMinus)} × ${l1.toFixed(3)}`, d.norm], ["difference", d.normByAutograd - d.norm]],
      [["J of the network at x + ε·sign(∇ₓJ)", atPoint], [`softplus(${short(epsilon)} × ${l1.toFixed(3)} − ${m < 0 ? "(−" + (-m).toFixed(3) + ")" : m.toFixed(3)})`, loss], ["difference", atPoint - loss]],
    ];
    rows.forEach((pairs, i) => {
      bodies[i].innerHTML = pairs.map(([what, value]) => `<dt>${what}</dt><dd>${what.includes("difference") ? scientific(value, 1) : digits(value)}</dd>`).join("");
    });
  };
}
