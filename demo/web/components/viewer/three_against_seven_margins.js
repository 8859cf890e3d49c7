// What moves over the figure of margins and losses: the line epsilon ||w||_1, two losses, the chosen digit.

function createMargins(root, epsilonOf, onPick) {
  const svg = root.querySelector(".moving");
  const part = (name, kind, parent = svg) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", kind);
    node.setAttribute("class", name);
    parent.append(node);
    return node;
  };
  const [above, below] = [part("above", "svg"), part("below", "svg")];
  const flips = part("flips", "rect", above);
  const decay = part("decay", "path", below);
  const adversarial = part("adversarial", "path", below);
  const dots = ["on-clean", "on-adversarial", "on-decay"].map((name) => part(`dot ${name}`, "circle", below));
  const digit = part("digit-at", "path", above);
  const label = part("growth", "text");
  let now = null; // { l1, margin }

  const set = (node, values) => { for (const [key, value] of Object.entries(values)) node.setAttribute(key, value); };

  function place(axes, stop) {
    svg.style.visibility = axes && now ? "visible" : "hidden";
    if (!axes || !now) return;
    const { xaxis: x, yaxis: top, yaxis2: bottom } = axes;
    const growth = epsilonOf(stop) * now.l1;
    const [left, width] = [x._offset, x._length];
    const at = Math.min(width, Math.max(0, x.l2p(growth)));
    set(above, { x: left, y: top._offset, width, height: top._length });
    set(below, { x: left, y: bottom._offset, width, height: bottom._length });
    set(flips, { x: 0, y: 0, width: at, height: top._length });
    const marker = root.querySelector(".marker");
    marker.style.transform = `translate(${left + at - 1}px, ${top._offset}px)`;
    marker.style.height = `${bottom._offset + bottom._length - top._offset}px`;
    const curve = (loss) => {
      const points = [];
      for (let p = 0; p <= width; p += 3) points.push(`${p},${bottom.l2p(loss(x.p2l(p))).toFixed(1)}`);
      return `M${points.join("L")}`;
    };
    set(adversarial, { d: curve((m) => softplus(growth - m)) });
    set(decay, { d: curve((m) => softplus(-m) + growth) });
    const { margin } = now;
    [softplus(-margin), softplus(growth - margin), softplus(-margin) + growth].forEach((loss, i) => set(dots[i], { cx: x.l2p(margin), cy: bottom.l2p(loss), r: 5 }));
    set(digit, { d: `M${x.l2p(margin)},${top._length}l-6,-11h12z` });
    const right = at > width - 170;
    label.textContent = `ε‖w‖₁ = ${growth.toFixed(2)}${x.l2p(growth) > width ? " →" : ""}`;
    set(label, { x: left + at + (right ? -8 : 8), y: top._offset + 14, "text-anchor": right ? "end" : "start" });
  }

  const chart = createChart(root, onPick, place);
  let figure = null;
  return {
    forget() { figure = null; },
    show(network, margin, stop) {
      now = { l1: network.l1, margin };
      if (figure !== network.figure) {
        figure = network.figure;
        chart.draw(figure, { toX: (s) => epsilonOf(s) * network.l1, toStop: (m) => m / network.l1 });
      }
      chart.place(stop);
    },
  };
}
