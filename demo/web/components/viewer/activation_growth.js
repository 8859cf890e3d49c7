// Growth against dimension: three sliders over the sums that the server has sent.

const growths = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".growth");
  if (!root || !data) return;
  if (!growths.has(root)) growths.set(root, createGrowth(root, data));
  return () => { growths.get(root)?.stop(); growths.delete(root); };
}

function createGrowth(root, data) {
  const find = (selector) => root.querySelector(selector);
  const stops = { n: data.ns, m: data.ms, epsilon: data.epsilons };
  const sliders = Object.fromEntries(Object.keys(stops).map((key) => [key, find(`[data-of="${key}"]`)]));
  const curves = createCurves(find(".curves svg"));
  const parts = createParts(find(".parts svg"), data.first, data.decisive);
  const cell = (line, what) => find(`[data-line="${line}"] .${what}`);

  const at = (key) => stops[key][sliders[key].value];

  function draw() {
    const i = Number(sliders.n.value);
    const [n, m, epsilon] = [data.ns[i], at("m"), at("epsilon")];
    const theory = epsilon * m * n, drawn = epsilon * m * data.worst[i], blind = epsilon * m * data.blind[i];
    const words = { n: count(n), m: plainly(m), epsilon: `${plainly(epsilon)} = ${+(255 * epsilon).toPrecision(3)}/255` };
    for (const [key, slider] of Object.entries(sliders)) {
      slider.nextElementSibling.textContent = words[key];
      slider.setAttribute("aria-valuetext", words[key]);
    }
    curves.place(n, epsilon * m, epsilon, [drawn, blind, epsilon]);
    const pixels = parts.place(n, epsilon * m, drawn);
    find(".say").innerHTML = `No value moves by more than <span class="small">ε = ${plainly(epsilon)}</span>; with ${n === 1 ? "one of them" : `${count(n)} of them`} the answer w·x of a linear model moves by <span class="large">${fourDigits(drawn)}</span>`;
    find(".parts figcaption").textContent = pixels === null ? "" : `One part at the scale of the sum: ${plainly(+pixels.toPrecision(2))} pixel${pixels === 1 ? "" : "s"} tall. The line: ${data.decisive.toFixed(1)} takes an answer from 50 % to 99 %.`;
    told(".theory", `ε · m · n = ${plainly(epsilon)} × ${plainly(m)} × ${count(n)} = <b>${fourDigits(theory)}</b>;`, theory);
    told(".drawn", `drawn: Σ ε|w<sub>i</sub>| = <b>${fourDigits(drawn)}</b>;`, drawn);
    const off = drawn - theory;
    told(".off", `difference ${off < 0 ? "−" : "+"}${fourDigits(Math.abs(off))} (${off < 0 ? "−" : "+"}${percentOff(Math.abs(off / theory))} %)`, off);
    cell("worst", "now").textContent = fourDigits(drawn);
    cell("blind", "now").textContent = fourDigits(blind);
    cell("flat", "now").textContent = plainly(epsilon);
  }

  function told(where, words, value) {
    const place = find(where);
    place.innerHTML = words;
    place.dataset.value = value;
  }

  const percentOff = (share) => (share === 0 ? "0" : (100 * share).toPrecision(2));

  function remember() {
    const url = new URL(location.href);
    for (const key of Object.keys(stops)) {
      if (Number(sliders[key].value) === data.usual[key]) url.searchParams.delete(key);
      else url.searchParams.set(key, String(+at(key).toPrecision(8)));
    }
    history.replaceState(history.state, "", url);
  }

  for (const [key, slider] of Object.entries(sliders)) {
    slider.max = stops[key].length - 1;
    slider.value = data.start[key];
    slider.addEventListener("input", (event) => {
      draw();
      performance.measure("growth-drag", { start: event.timeStamp, end: performance.now() });
    });
    slider.addEventListener("change", remember);
  }

  find(".jumps").replaceChildren(...data.jumps.map(([words, n]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
    button.addEventListener("click", () => { sliders.n.value = data.ns.indexOf(n); draw(); remember(); });
    return button;
  }));
  cell("worst", "slope").textContent = data.slopes.worst;
  cell("blind", "slope").textContent = data.slopes.blind;
  find(".fitted").textContent = data.fitted;

  const sized = new ResizeObserver(() => { curves.draw(data); parts.draw(); draw(); });
  sized.observe(find(".views"));
  return { stop: () => sized.disconnect() };
}
