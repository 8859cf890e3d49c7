// The viewer's sentences.

/** @import { Answer, Counterpart, Opening } from "./sent.d.ts" */
import { amount, levels, percent, short } from "../shared/numbers.js";

/**
 * What the headline speaks of, at the stop that is shown.
 * @typedef {object} View
 * @property {(k: number) => string} name
 * @property {(k: number) => string} role what the class is here, which gives its colour
 * @property {number} stop
 * @property {number[]} levels 255 * epsilon at each stop
 * @property {number} level
 * @property {Answer} clean
 * @property {Answer | null} now
 * @property {number | null} target
 * @property {number | null | undefined} targetNow its confidence
 * @property {number | null} wrong the class that it should be, where the network says another
 * @property {string} kind
 * @property {Pick<Counterpart, "training" | "top" | "flip"> | null} counterpart
 */

/** @param {string} name */
export function withArticle(name) {
  if (name.startsWith("none")) return name;
  return (/^([aeio]|8)/i.test(name) ? "an " : "a ") + name;
}

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => ENTITIES[c]);
}

/**
 * A class in its colour.
 * @param {string} role
 * @param {string} name
 * @param {number | string | null | undefined} p a confidence, or the words for one
 */
function mark(role, name, p) {
  return `<span data-role="${role}">${escaped(name)}</span> <span class="whole">(${typeof p === "string" ? p : percent(p)})</span>`;
}

/**
 * The one thing the screen says, for the stop that is shown; then what the other network makes of it.
 * @param {View} view
 */
export function headline(view) {
  return [happened(view), counterpartSays(view)].filter(Boolean).join(" ");
}

/**
 * The network's counterpart at the same stop, under the same attack on its own gradient.
 * @param {View} view
 */
function counterpartSays({ name, role, counterpart, stop, levels: stops, level, clean, now, wrong, kind }) {
  if (!counterpart || level === 0 || !now) return "";
  const who = `The ${counterpart.training === "adversarial" ? "robust" : "standard"} model`;
  const [before, after] = [counterpart.top[0], counterpart.top[stop]];
  const said = (/** @type {Answer} */ [k, p]) => mark(role(k), name(k), p);
  if (before[0] !== (wrong ?? clean[0])) return `${who} is wrong before the attack: it says ${said(before)}.`;
  if (after[0] === before[0]) return `${who} ${stop < (counterpart.flip ?? stops.length) ? "still " : ""}says ${said(after)}.`;
  const too = wrong === null && now[0] !== clean[0] ? " too" : "";
  return `${who} falls${too}, from ${amount(stops[counterpart.flip ?? 0], kind)}.`;
}

/** @param {View} view */
function happened({ name, role, level, clean, now, target, targetNow, wrong, kind }) {
  const said = (/** @type {number} */ k, /** @type {number | null | undefined} */ p) => mark(role(k), name(k), p);
  const one = (/** @type {number} */ k, /** @type {number | string} */ p) => mark(role(k), withArticle(name(k)), p);
  const was = said(...clean);
  if (wrong !== null) return `Wrong before the attack: the network calls this ${was}, not ${escaped(name(wrong))}.`;
  if (level === 0) return `Nothing is changed yet: the network sees ${one(...clean)}. Drag epsilon.`;
  const change = `A change of at most ${kind === "digits" ? short(level / 255) : `${levels(level)} in 255`}`;
  if (!now) return `${change}: asking the network …`;
  if (target !== null && now[0] === target) return `${change} turns this ${was} into the ${said(...now)} that was asked for.`;
  const missed = target === null ? "" : `, not the ${said(target, targetNow)} that was asked for`;
  return now[0] === clean[0]
    ? `${change} is not enough: still ${one(now[0], moved(clean[1], now[1]))}${missed}.`
    : `${change} turns this ${was} into ${one(...now)}${missed}.`;
}

/** A confidence that moved: "5.0 %, down from 93.2 %". @param {number} before @param {number} after */
function moved(before, after) {
  const [was, is] = [percent(before), percent(after)];
  return was === is ? is : `${is}, ${after < before ? "down" : "up"} from ${was}`;
}

// What a pointer does here: a finger taps.
const pressed = () => (matchMedia("(hover: none)").matches ? "Tap" : "Click");

/**
 * What stands below the chart.
 * @param {string} which
 * @param {Pick<Opening, "method"> | null} data
 * @param {object | null | undefined} figure
 * @param {{ line?: string } | null} extra its line says how straight the logits are
 */
export function chartHint(which, data, figure, extra) {
  if (which === "confidence") {
    return figure ? `${pressed()} the curve to go there. The band on top shows which class wins at each epsilon.` : "Asking the network at every stop …";
  }
  if (data?.method === "ten") return "Ten steps do not lie on one line; this view belongs to one step.";
  return figure ? extra?.line : "Computing the other side of zero …";
}
