// "Does it survive?": every verdict was sent in advance, and the viewer's epsilon chooses a column.

/** @import { Cell, Survival } from "./sent.d.ts" */
import { createChart } from "../shared/chart.js";
import { all, component, element, find, press } from "../shared/component.js";
import { amount, nearest, percent } from "../shared/numbers.js";
import { withArticle } from "./words.js";

/** Draws one part again for that column. @typedef {(at: number) => void} Follow */

/** verdict: mark, word, what it means. @type {Record<string, [string, string, string]>} */
const MARKS = {
  kept: ["●", "kept", "the attack’s wrong answer is still given"],
  undone: ["○", "undone", "the answer without attack is back"],
  other: ["◆", "third answer", "neither of the two"],
  nothing: ["=", "unchanged", "the clean answer, where the attack does not change it"],
  spoilt: ["≠", "changed without attack", "another answer, where the attack does not change it"],
  fooled: ["●", "fooled", "another network, another answer than its own without attack"],
  firm: ["○", "not fooled", "another network, its own answer"],
};

/** @param {HTMLElement} root */
function createSurvival(root) {
  /** @type {Survival | null} */
  let data = null;
  /** @type {Follow[]} */
  let drawn = [];
  let shown = -1; // the column
  const chart = createChart(root, (at) => { if (data) goTo(data.stops[Math.min(data.stops.length - 1, Math.max(0, at))]); });

  function draw() {
    if (!data) return;
    const level = window.fgsmLevel ?? data.stops[0];
    const at = nearest(data.stops, level);
    find(root, ".say").textContent = survivalSays(data, at);
    find(root, ".snapped").textContent = snapped(data, level, at);
    if (at === shown) return;
    shown = at;
    for (const place of all(root, "[data-at]")) place.toggleAttribute("data-now", Number(place.dataset.at) === at);
    press(all(root, "thead button"), (button) => Number(/** @type {HTMLButtonElement} */ (button).value) === at);
    for (const follow of drawn) follow(at);
    chart.place(at);
  }

  function show(/** @type {Survival} */ fresh) {
    data = fresh;
    shown = -1;
    root.dataset.kind = data.kind;
    const heads = data.stops.map((level, i) => stopHead(fresh, level, i));
    find(root, ".rows thead tr").replaceChildren(find(root, ".rows thead th"), ...heads);
    drawn = [...fillRows(find(root, ".rows tbody"), data), ...fillTested(find(root, ".tested"), data)];
    fillKey(find(root, ".key"), data);
    find(root, ".told span").textContent = data.said;
    find(root, ".followed").hidden = !data.figure;
    if (data.figure) chart.draw(data.figure, { toX: (at) => at, toStop: (x) => Math.round(x) }, data.kind);
    draw();
  }

  window.addEventListener("fgsm-level", draw);
  return { show, stop: () => { chart.stop(); window.removeEventListener("fgsm-level", draw); } };
}

const sure = (/** @type {number} */ confidence) => `(${percent(confidence).replaceAll(" ", "\u00a0")})`;

const goTo = (/** @type {number} */ level) => window.dispatchEvent(new CustomEvent("fgsm-go", { detail: { level } }));

/** The head of a column: a click puts the viewer's epsilon there. @param {Survival} data @param {number} level @param {number} at */
function stopHead(data, level, at) {
  const words = amount(level, data.kind);
  const button = element("button", { type: "button", value: String(at), textContent: at ? words.replace("/255", "") : "clean" });
  button.setAttribute("aria-label", at ? `Epsilon ${words}` : "The clean picture");
  button.addEventListener("click", () => goTo(level));
  const head = element("th", { scope: "col" }, button);
  head.dataset.at = String(at);
  return head;
}

/** @param {HTMLElement} body @param {Survival} data */
function fillRows(body, { rows, stops }) {
  body.replaceChildren();
  return rows.map(({ title, cells, sheet, group }) => {
    if (group) body.append(element("tr", { className: "group" }, element("th", { scope: "colgroup", colSpan: stops.length + 1, textContent: group })));
    const seen = element("i", { className: "seen" });
    if (sheet) {
      seen.style.backgroundImage = `url(${sheet})`;
      seen.setAttribute("role", "img");
      seen.setAttribute("aria-label", `What the network then sees: ${title}`);
    }
    const now = element("span", { className: "now" });
    const head = element("th", { scope: "row" }, element("div", {}, seen, element("span", {}, element("b", { textContent: title }), now)));
    body.append(element("tr", {}, head, ...cells.map(verdictCell)));
    return (/** @type {number} */ at) => {
      const [name, confidence, verdict] = cells[at];
      seen.style.backgroundPosition = `${(100 * at) / (stops.length - 1)}% 0`;
      seen.style.backgroundSize = `${100 * stops.length}% 100%`;
      now.textContent = `${MARKS[verdict][1]}: ${name} ${sure(confidence)}`;
      now.dataset.verdict = verdict;
    };
  });
}

/** @param {Cell} cell @param {number} at */
function verdictCell([name, confidence, verdict], at) {
  const [mark, word] = MARKS[verdict];
  const cell = element("td", { title: `${word}: ${name} ${sure(confidence)}` }, element("span", { textContent: mark, ariaHidden: "true" }), element("span", { className: "spoken", textContent: word }));
  Object.assign(cell.dataset, { at: String(at), verdict });
  return cell;
}

/** @param {HTMLElement} list @param {Survival} data */
function fillKey(list, { rows }) {
  const used = new Set(rows.flatMap(({ cells }) => cells.map(([, , verdict]) => verdict)));
  const items = Object.entries(MARKS).filter(([verdict]) => used.has(verdict)).map(([verdict, [mark, word, meaning]]) => {
    const sign = element("b", { textContent: mark });
    sign.dataset.verdict = verdict;
    return element("li", {}, sign, ` ${word}: ${meaning}`);
  });
  list.replaceChildren(...items);
}

/** @param {HTMLElement} place @param {Survival} data @returns {Follow[]} */
function fillTested(place, { table, stops, kind }) {
  place.hidden = !table;
  if (!table) return [];
  const { networks, pictures, what, changed } = table;
  const heads = networks.map((title, i) => element("th", { scope: "col", title, textContent: String(i + 1) }));
  find(place, "thead").replaceChildren(element("tr", {}, element("th", { scope: "col", textContent: "made on ↓, tested on →" }), ...heads));
  /** @type {Follow[]} */
  const cells = [];
  const lines = networks.map((title, made) => {
    const found = networks.map((_, tested) => {
      const cell = element("td", { className: made === tested ? "own" : "" });
      cells.push((at) => { cell.textContent = String(changed[made][tested][at]); });
      return cell;
    });
    return element("tr", {}, element("th", { scope: "row", textContent: `${made + 1} ${title}` }), ...found);
  });
  find(place, "tbody").replaceChildren(...lines);
  const say = (/** @type {number} */ at) => { find(place, ".heads").textContent = `At ${amount(stops[at], kind)}: how many of ${pictures} ${what} change the answer, made on one network and tested on another`; };
  return [...cells, say];
}

/** @param {Survival} data @param {number} at */
function survivalSays({ attacked, rows, stops, kind }, at) {
  const changes = rows.filter(({ cells }) => !["fooled", "firm"].includes(cells[at][2]));
  const count = (/** @type {string} */ verdict) => changes.filter(({ cells }) => cells[at][2] === verdict).length;
  const [[clean], [name, confidence]] = [attacked[0], attacked[at]];
  const here = `At ${amount(stops[at], kind)} the saved picture is ${withArticle(name)} ${sure(confidence)}`;
  if (at === 0) return `Without attack the saved picture is ${withArticle(clean)} ${sure(confidence)}; ${count("nothing")} of ${changes.length} changes keep this answer`;
  if (name === clean) return `${here}, as without attack: there is nothing to undo`;
  return `${here}, not ${withArticle(clean)}; ${count("undone")} of ${changes.length} changes undo the attack`;
}

/** What is shown where the slider stands between two stops that were evaluated. @param {Survival} data @param {number} level @param {number} at */
function snapped({ stops, kind, ten }, level, at) {
  if (Math.abs(stops[at] - level) < 1e-6) return "";
  const [there, here] = [amount(level, kind), amount(stops[at], kind)];
  if (!ten && Math.round(stops[at]) === Math.round(level)) return `ε = ${there}, saved as 8 bit, is ${here}.`;
  return `The slider is at ${there}, which was not measured here. Shown is ${here}, the nearest that was.`;
}

export default component(".survival", createSurvival);
