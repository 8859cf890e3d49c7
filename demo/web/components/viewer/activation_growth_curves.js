// Two drawings in SVG: the curves on logarithmic axes, and the parts beside their sum.

const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes = {}, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// The lines are drawn once, for epsilon = m = 1; a drag of either moves them up or down as they are.
function createCurves(sheet) {
  const LOWEST = -6, HIGHEST = 7, DECADES = 7;
  const margin = { left: 58, right: 14, top: 10, bottom: 46 };
  let width = 0, height = 0, parts = null, shown = null;

  const across = () => width - margin.left - margin.right;
  const down = () => height - margin.top - margin.bottom;
  const x = (n) => margin.left + (Math.log10(n) / DECADES) * across();
  const y = (logarithm) => margin.top + ((HIGHEST - logarithm) / (HIGHEST - LOWEST)) * down();
  const path = (ns, values) => ns.map((n, i) => `${i ? "L" : "M"}${x(n).toFixed(2)} ${y(Math.log10(values[i])).toFixed(2)}`).join("");

  function draw(data) {
    const box = sheet.getBoundingClientRect();
    if (!box.width) return;
    [width, height] = [box.width, box.height];
    sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const inside = svg("svg", { x: margin.left, y: margin.top, width: across(), height: down(), viewBox: `${margin.left} ${margin.top} ${across()} ${down()}` });
    const scaled = svg("g"), flat = svg("g");
    const back = [...data.ns].reverse();
    const band = path(data.ns, data.high) + path(back, [...data.low].reverse()).replace("M", "L") + "Z";
    scaled.append(
      svg("path", { d: band, class: "band" }),
      svg("path", { d: path(data.ns, data.blind), class: "line blind" }),
      svg("path", { d: path(data.ns, data.worst), class: "line worst" }),
    );
    flat.append(svg("path", { d: `M${x(1)} ${y(0)}H${x(10 ** DECADES)}`, class: "line flat" }));
    const near = (n) => data.ns.findIndex((each) => each >= n);
    const steep = near(2e4), last = data.ns.length - 1;
    scaled.append(
      svg("text", { class: "named", x: x(data.ns[steep]) - 8, y: y(Math.log10(data.worst[steep])) - 4, "text-anchor": "end" }, "sign(w)"),
      svg("text", { class: "named", x: x(data.ns[last]) - 6, y: y(Math.log10(data.high[last])) - 8, "text-anchor": "end" }, width < 480 ? "random" : "random signs"),
    );
    flat.append(svg("text", { class: "named", x: x(10 ** DECADES) - 6, y: y(0) + 16, "text-anchor": "end" }, "max|η| = ε"));
    inside.append(scaled, flat);
    const cursor = svg("line", { class: "cursor", y1: margin.top, y2: margin.top + down() });
    const dots = ["worst", "blind", "flat"].map((name) => svg("circle", { r: 5, class: `dot ${name}` }));
    sheet.replaceChildren(...axes(), inside, cursor, ...dots);
    parts = { scaled, flat, cursor, dots };
    if (shown) place(...shown);
  }

  function axes() {
    const out = [];
    const small = width < 480;
    for (let k = 0; k <= DECADES; k++) {
      out.push(svg("line", { class: "grid", x1: x(10 ** k), x2: x(10 ** k), y1: margin.top, y2: margin.top + down() }));
      if (!small || k % 2 === 1 || k === 0) out.push(svg("text", { x: x(10 ** k), y: height - 26, "text-anchor": k === DECADES ? "end" : "middle" }, powerOfTen(k)));
    }
    for (let k = LOWEST; k <= HIGHEST; k++) {
      if (k % 2) continue;
      out.push(svg("line", { class: "grid", x1: margin.left, x2: margin.left + across(), y1: y(k), y2: y(k) }));
      out.push(svg("text", { x: margin.left - 8, y: y(k) + 4, "text-anchor": "end" }, powerOfTen(k)));
    }
    out.push(svg("text", { class: "title", x: margin.left + across() / 2, y: height - 6, "text-anchor": "middle" }, "n, the dimension"));
    out.push(svg("text", { class: "title", x: 0, y: 0, "text-anchor": "middle", transform: `translate(12 ${margin.top + down() / 2}) rotate(-90)` }, "change"));
    return out;
  }

  function place(n, scale, epsilon, values) {
    shown = [n, scale, epsilon, values];
    if (!parts) return;
    const decade = down() / (HIGHEST - LOWEST);
    parts.scaled.setAttribute("transform", `translate(0 ${-Math.log10(scale) * decade})`);
    parts.flat.setAttribute("transform", `translate(0 ${-Math.log10(epsilon) * decade})`);
    for (const end of ["x1", "x2"]) parts.cursor.setAttribute(end, x(n));
    parts.dots.forEach((dot, i) => { dot.setAttribute("cx", x(n)); dot.setAttribute("cy", y(Math.log10(values[i]))); });
  }

  return { draw, place };
}

// Left: the first parts, magnified until they can be seen. Right: all of them on top of each other, at scale.
function createParts(sheet, first, decisive) {
  let bars = null, room = 0, tower = null, line = null, texts = {}, shown = null;
  let width = 0, height = 0, base = 0, top = 0;
  const mean = first.reduce((a, b) => a + b, 0) / first.length;
  const LENS = 0.42;

  function draw() {
    const box = sheet.getBoundingClientRect();
    if (!box.width) return;
    [width, height] = [box.width, box.height];
    [base, top] = [height - 30, 26];
    sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const right = width * 0.68;
    room = right - 8;
    bars = svg("path", { class: "part" });
    const left = right + width * 0.1, wide = width * 0.13;
    tower = svg("rect", { class: "sum", x: left, width: wide });
    line = svg("g", { class: "decisive" });
    line.append(svg("line", { x1: right + 8, x2: width }), svg("text", { x: width, y: -5, "text-anchor": "end" }, decisive.toFixed(1)));
    texts = {
      lens: svg("text", { x: 2, y: 14 }),
      below: svg("text", { x: 2, y: height - 10 }),
      sum: svg("text", { class: "big", x: left + wide / 2, "text-anchor": "middle" }),
      under: svg("text", { x: left + wide / 2, y: height - 10, "text-anchor": "middle" }, "their sum"),
    };
    const ground = svg("path", { class: "ground", d: `M0 ${base}H${right - 4}M${right + 8} ${base}H${width}` });
    sheet.replaceChildren(bars, tower, line, ground, ...Object.values(texts));
    if (shown) place(...shown);
  }

  function place(n, part, total) {
    shown = [n, part, total];
    if (!tower) return null;
    const up = base - top - 14, full = Math.max(total, decisive) * 1.12;
    const pixels = (value) => (value / full) * up;
    bars.setAttribute("d", drawn(Math.min(n, first.length)));
    const tall = pixels(total);
    tower.setAttribute("y", base - tall);
    tower.setAttribute("height", tall);
    line.setAttribute("transform", `translate(0 ${base - pixels(decisive)})`);
    line.querySelector("line").setAttribute("y1", 0);
    const times = (LENS * (base - top)) / pixels(part);
    texts.lens.textContent = times > 1.5 ? `magnified ${fourDigits(+times.toPrecision(2))} ×` : "";
    texts.below.textContent = n > first.length ? `the first ${first.length} of ${count(n)} parts ε|wᵢ|` : `${count(n)} part${n === 1 ? "" : "s"} ε|wᵢ|`;
    texts.sum.textContent = fourDigits(total);
    texts.sum.setAttribute("y", Math.min(base - tall - 7, base - 7));
    return pixels(part);
  }

  // So many of them side by side, each as wide as there is room for.
  function drawn(many) {
    const step = room / Math.max(many, 8), wide = step - Math.min(1.5, step / 4);
    return first.slice(0, many).map((value, i) => {
      const tall = (value / mean) * LENS * (base - top);
      return `M${(2 + i * step).toFixed(2)} ${base}v${(-tall).toFixed(1)}h${wide.toFixed(2)}v${tall.toFixed(1)}z`;
    }).join("");
  }

  return { draw, place };
}
