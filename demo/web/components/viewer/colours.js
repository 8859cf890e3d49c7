// One pixel's three gradients -> three signs -> one of eight colours.

const colourViews = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".colours-view");
  if (!root || !data) return;
  if (!colourViews.has(root)) colourViews.set(root, createColours(root));
  colourViews.get(root).show(data);
  return () => { colourViews.get(root)?.stop(); colourViews.delete(root); };
}

function createColours(root) {
  const find = (selector) => root.querySelector(selector);
  const state = { size: 0, id: null };
  const [photograph, signs] = root.querySelectorAll(".image");
  const lens = createLens(root, state, (x, y) => { apart(x, y); return `Pixel (${x}, ${y}), counted from the upper left.`; });
  const CHANNELS = ["red", "green", "blue"];

  async function show(data) {
    if (state.id === data.id) return;
    state.id = data.id;
    const [clean, bytes] = await Promise.all([unpacked(data.clean), unpacked(data.gradient)]);
    if (state.id !== data.id) return;
    const gradient = new Float32Array(bytes.buffer);
    Object.assign(state, { size: data.size, gradient, names: data.names });
    for (const image of [photograph, signs]) image.width = image.height = data.size;
    photograph.getContext("2d").putImageData(new ImageData(withAlpha(clean, 3, Uint8ClampedArray, 255), data.size), 0, 0);
    const drawn = new ImageData(new Uint8ClampedArray(data.size * data.size * 4).fill(255), data.size);
    drawPerturbation(drawn.data, withAlpha(gradient.map(Math.sign), 3, Float32Array, 0), 1);
    signs.getContext("2d").putImageData(drawn, 0, 0);
    photograph.setAttribute("aria-label", `Photograph: ${data.title}`);
    census(data);
    const middle = data.size >> 1;
    apart(middle, middle);
    lens.draw();
  }

  // "black" is 0, "blue" 1, ... "white" 7: the three signs as binary digits.
  const light = (k) => `rgb(${[4, 2, 1].map((bit) => (k & bit ? 255 : 0)).join(" ")})`;
  const shade = (values) => `rgb(${values.map((v) => 127.5 + 127.5 * Math.sign(v)).join(" ")})`;

  function census(data) {
    const total = data.size * data.size;
    const symbol = (k) => ["R", "G", "B"].map((c, i) => c + (k & (4 >> i) ? "+" : "−")).join(" ");
    const items = data.names.map((name, k) => `<li data-colour="${k}"><i style="background: ${light(k)}"></i>${name}<br><b>${((100 * data.counts[k]) / total).toFixed(1)} %</b><br>${symbol(k)}</li>`);
    find(".census").innerHTML = items.join("");
    if (data.without) find(".census").insertAdjacentHTML("beforeend", `<li>a channel without gradient <b>${((100 * data.without) / total).toFixed(1)} %</b></li>`);
  }

  function apart(x, y) {
    const from = 3 * (y * state.size + x);
    const values = [...state.gradient.subarray(from, from + 3)];
    find(".where").textContent = `Pixel (${x}, ${y})`;
    find(".one tbody").innerHTML = values.map((value, i) => {
      const only = [0, 0, 0];
      if (value > 0) only[i] = 255;
      const sign = value > 0 ? "+1" : value < 0 ? "−1" : "0";
      return `<tr><th scope="row">${CHANNELS[i]}</th><td class="value" data-value="${value}">${signed(value)}</td><td class="sign">${sign}</td><td><i style="background: rgb(${only.join(" ")})"></i></td></tr>`;
    }).join("");
    const k = values.reduce((sum, v, i) => sum + (v > 0 ? 4 >> i : 0), 0);
    const whole = values.every((v) => v !== 0);
    find(".mixed i").style.background = shade(values);
    find(".mixed span").textContent = whole ? `together: ${state.names[k]}` : "together: a channel without gradient stays grey";
    for (const item of root.querySelectorAll(".census li")) item.dataset.here = whole && item.dataset.colour === String(k) ? "1" : "0";
  }

  const signed = (v) => (v < 0 ? "−" : v > 0 ? "+" : "") + (v === 0 ? "0" : Math.abs(v) < 1e-4 ? Math.abs(v).toExponential(2).replace("e-", " · 10^−") : String(+Math.abs(v).toPrecision(3)));

  return { show, stop() {} };
}
