// Growth against dimension: three sliders over the sums that the server has sent.

/** @import { Growth, Slider } from "./sent.d.ts" */
import { all, component, element, find } from "../shared/component.js";
import { remember } from "../shared/link.js";
import { count, fourDigits, plainly } from "../shared/numbers.js";
import { createCurves } from "./activation_growth_curves.js";
import { createParts } from "./activation_growth_parts.js";

const KEYS = /** @type {Slider[]} */ (["n", "m", "epsilon"]);

/** @param {HTMLElement} root @param {Growth} data */
function createGrowth(root, data) {
  const stops = { n: data.ns, m: data.ms, epsilon: data.epsilons };
  const [, , random, worst] = data.figure.data.map((trace) => trace.y);
  const sliders = sliderOf(root);
  const curves = createCurves(root, data, go);
  const parts = createParts(find(root, ".parts svg", SVGSVGElement), data.first, data.decisive);
  const at = (/** @type {Slider} */ key) => stops[key][Number(sliders[key].value)];

  function draw() {
    const i = Number(sliders.n.value);
    const [n, m, epsilon] = KEYS.map(at);
    const [blind, drawn] = [random[i], worst[i]].map((sum) => epsilon * m * sum);
    const words = { n: count(n), m: plainly(m), epsilon: `${plainly(epsilon)} = ${+(255 * epsilon).toPrecision(3)}/255` };
    for (const key of KEYS) {
      find(/** @type {HTMLElement} */ (sliders[key].parentElement), "output").textContent = words[key];
      sliders[key].setAttribute("aria-valuetext", words[key]);
    }
    curves.move(i, [epsilon * m, epsilon], [drawn, blind, epsilon]);
    const pixels = parts.place(n, epsilon * m, drawn);
    find(root, ".parts figcaption").textContent = pixels === null ? "" : `One part at the scale of the sum: ${plainly(+pixels.toPrecision(2))} pixel${pixels === 1 ? "" : "s"} tall. The line: ${data.decisive.toFixed(1)} takes an answer from 50 % to 99 %.`;
    write(root, n, m, epsilon, drawn);
    for (const [line, now] of Object.entries({ worst: fourDigits(drawn), blind: fourDigits(blind), flat: plainly(epsilon) })) {
      find(root, `[data-line="${line}"] .now`).textContent = now;
    }
  }

  function go(/** @type {number} */ stop) {
    sliders.n.value = String(stop);
    draw();
    keep();
  }

  // What stands where a first visit begins is not in the link.
  function keep() {
    curves.draw();
    remember(Object.fromEntries(KEYS.map((key) => [key, Number(sliders[key].value) === data.usual[key] ? null : String(+at(key).toPrecision(8))])));
  }

  for (const key of KEYS) {
    sliders[key].max = String(stops[key].length - 1);
    sliders[key].value = String(data.start[key]);
    sliders[key].addEventListener("input", draw);
    sliders[key].addEventListener("change", keep);
  }

  find(root, ".jumps").replaceChildren(...data.jumps.map(([words, n]) => {
    const button = element("button", { type: "button", textContent: words });
    button.addEventListener("click", () => go(data.ns.indexOf(n)));
    return button;
  }));
  for (const line of /** @type {const} */ (["worst", "blind"])) find(root, `[data-line="${line}"] .slope`).textContent = data.slopes[line];
  find(root, ".fitted").textContent = data.fitted;

  const sized = new ResizeObserver(() => { parts.draw(); draw(); });
  sized.observe(find(root, ".views"));
  return { show: () => { draw(); curves.draw(); }, stop: () => { curves.stop(); sized.disconnect(); } };
}

/** @param {HTMLElement} root */
function sliderOf(root) {
  const found = all(root, "[data-of]", HTMLInputElement).map((slider) => [slider.dataset.of, slider]);
  return /** @type {Record<Slider, HTMLInputElement>} */ (Object.fromEntries(found));
}

/**
 * The heading and the sum, with their numbers.
 * @param {HTMLElement} root
 * @param {number} n
 * @param {number} m
 * @param {number} epsilon
 * @param {number} drawn
 */
function write(root, n, m, epsilon, drawn) {
  const told = (/** @type {string} */ where, /** @type {string} */ words, /** @type {number} */ value) => {
    find(root, where).innerHTML = words;
    find(root, where).dataset.value = String(value);
  };
  const theory = epsilon * m * n, off = drawn - theory;
  const [sign, share] = [off < 0 ? "−" : "+", Math.abs(off / theory)];
  find(root, ".say").innerHTML = `No value moves by more than <span class="small">ε = ${plainly(epsilon)}</span>; with ${n === 1 ? "one of them" : `${count(n)} of them`} the answer w·x of a linear model moves by <span class="large">${fourDigits(drawn)}</span>`;
  told(".theory", `ε · m · n = ${plainly(epsilon)} × ${plainly(m)} × ${count(n)} = <b>${fourDigits(theory)}</b>;`, theory);
  told(".drawn", `drawn: Σ ε|w<sub>i</sub>| = <b>${fourDigits(drawn)}</b>;`, drawn);
  told(".off", `difference ${sign}${fourDigits(Math.abs(off))} (${sign}${share === 0 ? "0" : (100 * share).toPrecision(2)} %)`, off);
}

export default component(".growth", createGrowth);
