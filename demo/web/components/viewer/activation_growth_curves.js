// The curves on logarithmic axes. The lines are drawn once, for epsilon = m = 1; a drag of either moves
// them up or down as they are.

/** @import { Growth } from "./sent.d.ts" */
import { powerOfTen } from "../shared/numbers.js";
import { set, svg } from "./svg.js";

const [LOWEST, HIGHEST, DECADES] = [-6, 7, 7];
const MARGIN = { left: 58, right: 14, top: 10, bottom: 46 };

/** @typedef {ReturnType<typeof scaled>} Scale */

/**
 * Where a value stands on a sheet of that size.
 * @param {number} width
 * @param {number} height
 */
function scaled(width, height) {
  const across = width - MARGIN.left - MARGIN.right, down = height - MARGIN.top - MARGIN.bottom;
  return {
    width, height, across, down, small: width < 480,
    x: (/** @type {number} */ n) => MARGIN.left + (Math.log10(n) / DECADES) * across,
    y: (/** @type {number} */ logarithm) => MARGIN.top + ((HIGHEST - logarithm) / (HIGHEST - LOWEST)) * down,
  };
}

/** @param {SVGSVGElement} sheet */
export function createCurves(sheet) {
  /** @type {{ scale: Scale, rising: SVGGElement, flat: SVGGElement, cursor: SVGLineElement, dots: SVGCircleElement[] } | null} */
  let parts = null;
  /** @type {[n: number, scale: number, epsilon: number, values: number[]] | null} */
  let shown = null;

  function draw(/** @type {Growth} */ data) {
    const box = sheet.getBoundingClientRect();
    if (!box.width) return;
    const scale = scaled(box.width, box.height);
    const { width, height, across, down } = scale;
    const { left, top } = MARGIN;
    sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const inside = svg("svg", { x: left, y: top, width: across, height: down, viewBox: `${left} ${top} ${across} ${down}` });
    const [rising, flat] = lines(data, scale);
    inside.append(rising, flat);
    const cursor = svg("line", { class: "cursor", y1: top, y2: top + down });
    const dots = ["worst", "blind", "flat"].map((name) => svg("circle", { r: 5, class: `dot ${name}` }));
    sheet.replaceChildren(...axes(scale), inside, cursor, ...dots);
    parts = { scale, rising, flat, cursor, dots };
    if (shown) place(...shown);
  }

  function place(/** @type {number} */ n, /** @type {number} */ factor, /** @type {number} */ epsilon, /** @type {number[]} */ values) {
    shown = [n, factor, epsilon, values];
    if (!parts) return;
    const { scale: { x, y, down }, rising, flat, cursor, dots } = parts;
    const decade = down / (HIGHEST - LOWEST);
    set(rising, { transform: `translate(0 ${-Math.log10(factor) * decade})` });
    set(flat, { transform: `translate(0 ${-Math.log10(epsilon) * decade})` });
    set(cursor, { x1: x(n), x2: x(n) });
    dots.forEach((dot, i) => set(dot, { cx: x(n), cy: y(Math.log10(values[i])) }));
  }

  return { draw, place };
}

/** @param {Growth} data @param {Scale} scale */
function lines({ ns, low, high, blind, worst }, { x, y, small }) {
  const rising = svg("g"), flat = svg("g");
  const path = (/** @type {number[]} */ along, /** @type {number[]} */ values) => along.map((n, i) => `${i ? "L" : "M"}${x(n).toFixed(2)} ${y(Math.log10(values[i])).toFixed(2)}`).join("");
  const band = `${path(ns, high)}${path([...ns].reverse(), [...low].reverse()).replace("M", "L")}Z`;
  const named = (/** @type {number} */ across, /** @type {number} */ up, /** @type {string} */ text) => svg("text", { class: "named", x: across, y: up, "text-anchor": "end" }, text);
  const steep = ns.findIndex((n) => n >= 2e4), last = ns.length - 1;
  rising.append(
    svg("path", { d: band, class: "band" }),
    svg("path", { d: path(ns, blind), class: "line blind" }),
    svg("path", { d: path(ns, worst), class: "line worst" }),
    named(x(ns[steep]) - 8, y(Math.log10(worst[steep])) - 4, "sign(w)"),
    named(x(ns[last]) - 6, y(Math.log10(high[last])) - 8, small ? "random" : "random signs"),
  );
  flat.append(
    svg("path", { d: `M${x(1)} ${y(0)}H${x(10 ** DECADES)}`, class: "line flat" }),
    named(x(10 ** DECADES) - 6, y(0) + 16, "max|η| = ε"),
  );
  return [rising, flat];
}

/** @param {Scale} scale */
function axes({ x, y, height, across, down, small }) {
  const { left, top } = MARGIN;
  const out = [];
  for (let k = 0; k <= DECADES; k++) {
    out.push(svg("line", { class: "grid", x1: x(10 ** k), x2: x(10 ** k), y1: top, y2: top + down }));
    if (!small || k % 2 === 1 || k === 0) out.push(svg("text", { x: x(10 ** k), y: height - 26, "text-anchor": k === DECADES ? "end" : "middle" }, powerOfTen(k)));
  }
  for (let k = LOWEST; k <= HIGHEST; k += 2) {
    out.push(svg("line", { class: "grid", x1: left, x2: left + across, y1: y(k), y2: y(k) }));
    out.push(svg("text", { x: left - 8, y: y(k) + 4, "text-anchor": "end" }, powerOfTen(k)));
  }
  out.push(svg("text", { class: "title", x: left + across / 2, y: height - 6, "text-anchor": "middle" }, "n, the dimension"));
  out.push(svg("text", { class: "title", x: 0, y: 0, "text-anchor": "middle", transform: `translate(12 ${top + down / 2}) rotate(-90)` }, "change"));
  return out;
}
