// Left: the first parts, magnified until they can be seen. Right: all of them on top of each other, at scale.

import { count, fourDigits } from "../shared/numbers.js";
import { set, svg } from "./svg.js";

const LENS = 0.42;

/** @typedef {ReturnType<typeof drawing>} Drawing */

/**
 * draw(): for the sheet's size; place(n, part, total): so many parts, -> the height of one in pixels.
 * @param {SVGSVGElement} sheet
 * @param {number[]} first parts
 * @param {number} decisive a change that takes an answer from 50 % to 99 %
 */
export function createParts(sheet, first, decisive) {
  /** @type {Drawing | null} */
  let drawn = null;
  /** @type {[n: number, part: number, total: number] | null} */
  let shown = null;

  function draw() {
    const { width, height } = sheet.getBoundingClientRect();
    if (!width) return;
    sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawn = drawing(width, height, decisive);
    const { bars, tower, line, ground, texts } = drawn;
    sheet.replaceChildren(bars, tower, line, ground, ...Object.values(texts));
    if (shown) place(...shown);
  }

  function place(/** @type {number} */ n, /** @type {number} */ part, /** @type {number} */ total) {
    shown = [n, part, total];
    if (!drawn) return null;
    const { base, top, room, bars, tower, line, texts } = drawn;
    const up = base - top - 14, full = Math.max(total, decisive) * 1.12;
    const pixels = (/** @type {number} */ value) => (value / full) * up;
    const tall = pixels(total);
    set(bars, { d: sideBySide(first, Math.min(n, first.length), room, base, LENS * (base - top)) });
    set(tower, { y: base - tall, height: tall });
    set(line, { transform: `translate(0 ${base - pixels(decisive)})` });
    const times = (LENS * (base - top)) / pixels(part);
    texts.lens.textContent = times > 1.5 ? `magnified ${fourDigits(+times.toPrecision(2))} ×` : "";
    texts.below.textContent = n > first.length ? `the first ${first.length} of ${count(n)} parts ε|wᵢ|` : `${count(n)} part${n === 1 ? "" : "s"} ε|wᵢ|`;
    texts.sum.textContent = fourDigits(total);
    set(texts.sum, { y: Math.min(base - tall - 7, base - 7) });
    return pixels(part);
  }

  return { draw, place };
}

/** @param {number} width @param {number} height @param {number} decisive */
function drawing(width, height, decisive) {
  const [base, top, right] = [height - 30, 26, width * 0.68];
  const left = right + width * 0.1, wide = width * 0.13;
  const line = svg("g", { class: "decisive" });
  line.append(svg("line", { x1: right + 8, x2: width, y1: 0 }), svg("text", { x: width, y: -5, "text-anchor": "end" }, decisive.toFixed(1)));
  return {
    base, top, room: right - 8, line,
    bars: svg("path", { class: "part" }),
    tower: svg("rect", { class: "sum", x: left, width: wide }),
    ground: svg("path", { class: "ground", d: `M0 ${base}H${right - 4}M${right + 8} ${base}H${width}` }),
    texts: {
      lens: svg("text", { x: 2, y: 14 }),
      below: svg("text", { x: 2, y: height - 10 }),
      sum: svg("text", { class: "big", x: left + wide / 2, "text-anchor": "middle" }),
      under: svg("text", { x: left + wide / 2, y: height - 10, "text-anchor": "middle" }, "their sum"),
    },
  };
}

/**
 * A path of so many bars, each as wide as there is room for.
 * @param {number[]} values
 * @param {number} many
 * @param {number} room
 * @param {number} base
 * @param {number} usual height of the mean
 */
function sideBySide(values, many, room, base, usual) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const step = room / Math.max(many, 8), wide = step - Math.min(1.5, step / 4);
  return values.slice(0, many).map((value, i) => {
    const tall = (value / mean) * usual;
    return `M${(2 + i * step).toFixed(2)} ${base}v${(-tall).toFixed(1)}h${wide.toFixed(2)}v${tall.toFixed(1)}z`;
  }).join("");
}
