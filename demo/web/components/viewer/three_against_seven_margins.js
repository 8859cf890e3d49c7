// What moves over the figure of margins and losses: the line epsilon ||w||_1, two losses, the chosen digit.

/** @import { Axes } from "../shared/chart.js" */
/** @import { Network } from "./sent.d.ts" */
import { createChart } from "../shared/chart.js";
import { find } from "../shared/component.js";
import { softplus } from "../shared/losses.js";
import { set, svg } from "./svg.js";

/** The moving parts. @param {HTMLElement} root */
function drawing(root) {
  const [above, below] = [svg("svg", { class: "above" }), svg("svg", { class: "below" })];
  const parts = {
    flips: svg("rect", { class: "flips" }),
    digit: svg("path", { class: "digit-at" }),
    decay: svg("path", { class: "decay" }),
    adversarial: svg("path", { class: "adversarial" }),
    dots: ["on-clean", "on-adversarial", "on-decay"].map((name) => svg("circle", { class: `dot ${name}`, r: 5 })),
    label: svg("text", { class: "growth" }),
  };
  above.append(parts.flips, parts.digit);
  below.append(parts.decay, parts.adversarial, ...parts.dots);
  const sheet = find(root, ".moving", SVGSVGElement);
  sheet.append(above, below, parts.label);
  return { sheet, above, below, marker: find(root, ".marker"), ...parts };
}

/** @typedef {{ l1: number, margin: number }} Looked the model's ‖w‖₁ and the chosen digit's margin */

/**
 * @param {ReturnType<typeof drawing>} drawn
 * @param {Axes} axes
 * @param {number} epsilon
 * @param {Looked} now
 */
function placed(drawn, { xaxis: x, yaxis: top, yaxis2: bottom }, epsilon, { l1, margin }) {
  const growth = epsilon * l1;
  const [left, width] = [x._offset, x._length];
  const at = Math.min(width, Math.max(0, x.l2p(growth)));
  set(drawn.above, { x: left, y: top._offset, width, height: top._length });
  set(drawn.below, { x: left, y: bottom._offset, width, height: bottom._length });
  set(drawn.flips, { x: 0, y: 0, width: at, height: top._length });
  drawn.marker.style.transform = `translate(${left + at - 1}px, ${top._offset}px)`;
  drawn.marker.style.height = `${bottom._offset + bottom._length - top._offset}px`;
  const losses = [(/** @type {number} */ m) => softplus(-m), (/** @type {number} */ m) => softplus(growth - m), (/** @type {number} */ m) => softplus(-m) + growth];
  [drawn.adversarial, drawn.decay].forEach((path, i) => {
    const points = [];
    for (let p = 0; p <= width; p += 3) points.push(`${p},${bottom.l2p(losses[i + 1](x.p2l(p))).toFixed(1)}`);
    set(path, { d: `M${points.join("L")}` });
  });
  losses.forEach((loss, i) => set(drawn.dots[i], { cx: x.l2p(margin), cy: bottom.l2p(loss(margin)) }));
  set(drawn.digit, { d: `M${x.l2p(margin)},${top._length}l-6,-11h12z` });
  const right = at > width - 170;
  drawn.label.textContent = `ε‖w‖₁ = ${growth.toFixed(2)}${x.l2p(growth) > width ? " →" : ""}`;
  set(drawn.label, { x: left + at + (right ? -8 : 8), y: top._offset + 14, "text-anchor": right ? "end" : "start" });
}

/**
 * @param {HTMLElement} root
 * @param {(stop: number) => number} epsilonOf
 * @param {(epsilon: number) => void} onPick
 */
export function createMargins(root, epsilonOf, onPick) {
  const drawn = drawing(root);
  /** @type {Looked | null} */
  let now = null;

  const chart = createChart(root, onPick, (axes, stop) => {
    drawn.sheet.style.visibility = axes && now ? "visible" : "hidden";
    if (axes && now && stop !== null) placed(drawn, axes, epsilonOf(stop), now);
  });
  /** @type {object | null} */
  let figure = null;
  return {
    forget() { figure = null; },
    show(/** @type {Network} */ network, /** @type {number} */ margin, /** @type {number} */ stop) {
      now = { l1: network.l1, margin };
      if (figure !== network.figure) {
        figure = network.figure;
        chart.draw(network.figure, { toX: (s) => epsilonOf(s) * network.l1, toStop: (m) => m / network.l1 });
      }
      chart.place(stop);
    },
    stop: chart.stop,
  };
}
