// "Does it survive?": every verdict was sent in advance, and the viewer's epsilon chooses a column.

const survivals = new WeakMap();
const MARKS = { // verdict: [mark, word, what it means]
  kept: ["●", "kept", "the attack’s wrong answer is still given"],
  undone: ["○", "undone", "the answer without attack is back"],
  other: ["◆", "third answer", "neither of the two"],
  nothing: ["=", "unchanged", "the clean answer, where the attack does not change it"],
  spoilt: ["≠", "changed without attack", "another answer, where the attack does not change it"],
  fooled: ["●", "fooled", "another network, another answer than its own without attack"],
  firm: ["○", "not fooled", "another network, its own answer"],
};

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".survival");
  if (!root || !data) return;
  if (!survivals.has(root)) survivals.set(root, createSurvival(root));
  survivals.get(root).show(data);
  return () => { survivals.get(root)?.stop(); survivals.delete(root); };
}

// data: { kind, ten, stops, attacked: [[name, confidence]], rows, said, figure, table }; see `pages.survival`.
function createSurvival(root) {
  let data = null;
  let drawn = [];
  let shown = null; // the column
  const chart = createChart(root, (at) => goTo(data.stops[Math.min(data.stops.length - 1, Math.max(0, at))]));

  function draw() {
    if (!data) return;
    const level = window.fgsmLevel ?? data.stops[0];
    const at = nearest(data.stops, level);
    root.querySelector(".say").textContent = survivalSays(data, at);
    root.querySelector(".snapped").textContent = snapped(data, level, at);
    if (at === shown) return;
    shown = at;
    for (const place of root.querySelectorAll("[data-at]")) place.toggleAttribute("data-now", Number(place.dataset.at) === at);
    for (const button of root.querySelectorAll("thead button")) button.setAttribute("aria-pressed", String(Number(button.value) === at));
    for (const follow of drawn) follow(at);
    chart.place(at);
  }

  function show(fresh) {
    data = fresh;
    shown = null;
    root.dataset.kind = data.kind;
    root.querySelector(".rows thead tr").replaceChildren(root.querySelector(".rows thead th"), ...data.stops.map((level, i) => stopHead(data, level, i)));
    drawn = fillRows(root.querySelector(".rows tbody"), data);
    fillKey(root.querySelector(".key"), data);
    root.querySelector(".told span").textContent = data.said;
    root.querySelector(".followed").hidden = !data.figure;
    if (data.figure) chart.draw(data.figure, { toX: (at) => at, toStop: (x) => Math.round(x) }, data.kind);
    drawn.push(...fillTested(root.querySelector(".tested"), data));
    draw();
  }

  window.addEventListener("fgsm-level", draw);
  return { show, stop: () => window.removeEventListener("fgsm-level", draw) };
}

const sure = (confidence) => `(${percent(confidence).replaceAll(" ", "\u00a0")})`;

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const goTo = (level) => window.dispatchEvent(new CustomEvent("fgsm-go", { detail: { level } }));

// The head of a column: a click puts the viewer's epsilon there.
function stopHead(data, level, at) {
  const words = amount(level, data.kind);
  const button = element("button", { type: "button", value: at, textContent: at ? words.replace("/255", "") : "clean" });
  button.setAttribute("aria-label", at ? `Epsilon ${words}` : "The clean picture");
  button.addEventListener("click", () => goTo(level));
  const head = element("th", { scope: "col" }, button);
  head.dataset.at = at;
  return head;
}

// rows: { title, cells: [[name, confidence, verdict] at each stop], sheet: a WebP's address, or "", group }.
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
    return (at) => {
      const [name, confidence, verdict] = cells[at];
      seen.style.backgroundPosition = `${(100 * at) / (stops.length - 1)}% 0`;
      seen.style.backgroundSize = `${100 * stops.length}% 100%`;
      now.textContent = `${MARKS[verdict][1]}: ${name} ${sure(confidence)}`;
      now.dataset.verdict = verdict;
    };
  });
}

function verdictCell([name, confidence, verdict], at) {
  const [mark, word] = MARKS[verdict];
  const cell = element("td", { title: `${word}: ${name} ${sure(confidence)}` }, element("span", { textContent: mark, ariaHidden: "true" }), element("span", { className: "spoken", textContent: word }));
  Object.assign(cell.dataset, { at, verdict });
  return cell;
}

function fillKey(list, { rows }) {
  const used = new Set(rows.flatMap(({ cells }) => cells.map(([, , verdict]) => verdict)));
  const items = Object.entries(MARKS).filter(([verdict]) => used.has(verdict)).map(([verdict, [mark, word, meaning]]) => {
    const sign = element("b", { textContent: mark });
    sign.dataset.verdict = verdict;
    return element("li", {}, sign, ` ${word}: ${meaning}`);
  });
  list.replaceChildren(...items);
}

// table: { networks: titles, pictures: how many, of what, changed: [made on][tested on][stop] }, or null.
function fillTested(place, { table, stops, kind }) {
  place.hidden = !table;
  if (!table) return [];
  const { networks, pictures, what, changed } = table;
  const heads = networks.map((title, i) => element("th", { scope: "col", title, textContent: i + 1 }));
  place.querySelector("thead").replaceChildren(element("tr", {}, element("th", { scope: "col", textContent: "made on ↓, tested on →" }), ...heads));
  const cells = [];
  const lines = networks.map((title, made) => {
    const found = networks.map((_, tested) => {
      const cell = element("td", { className: made === tested ? "own" : "" });
      cells.push((at) => { cell.textContent = changed[made][tested][at]; });
      return cell;
    });
    return element("tr", {}, element("th", { scope: "row", textContent: `${made + 1} ${title}` }), ...found);
  });
  place.querySelector("tbody").replaceChildren(...lines);
  const say = (at) => { place.querySelector(".heads").textContent = `At ${amount(stops[at], kind)}: how many of ${pictures} ${what} change the answer, made on one network and tested on another`; };
  return [...cells, say];
}

function survivalSays({ attacked, rows, stops, kind }, at) {
  const changes = rows.filter(({ cells }) => !["fooled", "firm"].includes(cells[at][2]));
  const count = (verdict) => changes.filter(({ cells }) => cells[at][2] === verdict).length;
  const [[clean], [name, confidence]] = [attacked[0], attacked[at]];
  const here = `At ${amount(stops[at], kind)} the saved picture is ${withArticle(name)} ${sure(confidence)}`;
  if (at === 0) return `Without attack the saved picture is ${withArticle(clean)} ${sure(confidence)}; ${count("nothing")} of ${changes.length} changes keep this answer`;
  if (name === clean) return `${here}, as without attack: there is nothing to undo`;
  return `${here}, not ${withArticle(clean)}; ${count("undone")} of ${changes.length} changes undo the attack`;
}

// What is shown where the slider stands between two stops that were evaluated.
function snapped({ stops, kind, ten }, level, at) {
  if (Math.abs(stops[at] - level) < 1e-6) return "";
  const [there, here] = [amount(level, kind), amount(stops[at], kind)];
  if (!ten && Math.round(stops[at]) === Math.round(level)) return `ε = ${there}, saved as 8 bit, is ${here}.`;
  return `The slider is at ${there}, which was not measured here. Shown is ${here}, the nearest that was.`;
}
