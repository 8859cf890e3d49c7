// The objective's four lines, and the formulas with the numbers of one epsilon in them.

/** @import { Shown } from "./sent.d.ts" */
import { find } from "../shared/component.js";
import { bracketed, number, plainly } from "../shared/numbers.js";

/**
 * In the figure's order: true, first order, linear margin, clipped.
 * @param {Shown} shown
 * @param {number} alpha
 */
export function lines({ epsilons, loss, norm, adversarial, straight, clipped }, alpha) {
  const mixed = (/** @type {number[]} */ values) => values.map((v) => alpha * loss + (1 - alpha) * v);
  return [mixed(adversarial), epsilons.map((e) => loss + (1 - alpha) * e * norm), mixed(straight), mixed(clipped)];
}

/**
 * @param {HTMLElement} root
 * @param {Shown} s
 * @param {number} k the stop
 * @param {number} a alpha
 */
export function write(root, s, k, a) {
  const e = s.epsilons[k];
  const [w, v] = [plainly(a), plainly(1 - a)];
  const rows = {
    true: `= ${w} × ${number(s.loss)} + ${v} × ${number(s.adversarial[k])} = ${strong(a * s.loss + (1 - a) * s.adversarial[k])} nats`,
    first: `= ${number(s.loss)} + ${v} × ${plainly(e)} × ${number(s.norm)} = ${strong(a === 1 ? s.loss : s.loss + (1 - a) * e * s.norm)} nats`,
    ratio: ratio(s.lossRatio[k], a),
    straight: s.count > 1
      ? `on average = ${strong(s.straight[k])}: what J(<i>x̃</i>) would be if each margin <i>M</i> were linear; it is ${number(s.adversarial[k])}`
      : `= softplus(${plainly(e)} × ${number(s.slope)} − ${bracketed(s.margin)}) = ${strong(s.straight[k])}: what <i>J</i>(<i>x̃</i>) would be if the margin <i>M</i> were linear; it is ${number(s.adversarial[k])}`,
    clip: `= ${strong(s.clipped[k])} nats: FGSM keeps the pixels in [0, 1]. Of <i>ε</i>‖∇<i>J</i>‖<sub>1</sub> that leaves ${(100 * s.free).toFixed(1)} %`,
  };
  for (const [name, text] of Object.entries(rows)) find(root, `[data-row=${name}] dd`).innerHTML = text;
  find(root, ".hl1-at").textContent = `${plainly(e)} = ${plainly(255 * e)}/255`;
  find(root, ".hl1-weight").textContent = w;
  const slider = find(root, ".hl1-epsilon", HTMLInputElement);
  slider.value = String(k);
  slider.setAttribute("aria-valuetext", plainly(e));
}

/** @param {number | null} r @param {number} a */
function ratio(r, a) {
  if (a === 1) return "<b>0 / 0</b>: with <i>α</i> = 1 there is no penalty, and no regularisation";
  if (r === null) return "<b>0 / 0</b>: the gradient is zero here: FGSM has no direction";
  const word = Math.abs(r - 1) <= 0.1 ? "it holds, to within 10 %" : r > 1 ? "the loss rises more than to first order" : "the loss rises less than to first order";
  return `= ${strong(r)}: ${word}`;
}

/** @param {number} value */
function strong(value) {
  return `<b>${number(value)}</b>`;
}
