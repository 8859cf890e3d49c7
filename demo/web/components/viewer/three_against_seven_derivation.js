// The derivation's five lines, each opened on demand, with both of its sides for the chosen digit.

const LINES = [
  "1 − σ(M) = σ(−M)",
  "softplus′(t) = σ(t)",
  "∇ₓJ = −y · σ(−M) · w",
  "‖∇ₓJ‖₁ = σ(−M) · ‖w‖₁",
  "J(x̃) = softplus(ε‖w‖₁ − M)",
];

// 3.8 · 10⁻⁶
function power(v, decimals) {
  if (v === 0) return "0";
  const [factor, exponent] = v.toExponential(decimals).split("e");
  const raised = exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
  return `${factor.replace("-", "−")} · 10${raised}`;
}

function createDerivation(list, words) {
  const bodies = LINES.map((line, i) => {
    const details = document.createElement("details");
    details.innerHTML = '<summary></summary><p class="prose"></p><dl></dl>';
    details.querySelector("summary").textContent = line;
    details.querySelector("p").textContent = words[`line-${i + 1}`];
    list.append(details);
    return details.querySelector("dl");
  });

  // 0.0003076123, or 9.8739 · 10⁻⁷.
  const digits = (v) => (v !== 0 && Math.abs(v) < 1e-4 ? power(v, 4) : v.toPrecision(7).replace("-", "−"));

  return function show(derivation, losses, digit, stop, epsilon, l1) {
    const d = Object.fromEntries(Object.entries(derivation).filter(([, v]) => Array.isArray(v)).map(([k, v]) => [k, v[digit]]));
    const m = d.margins;
    const [loss, atPoint] = [losses.loss[stop], losses.lossAtPoint[stop]];
    const rows = [
      [["M", m], ["1 − σ(M)", d.oneMinusSigma], ["σ(−M)", d.sigmaOfMinus], ["difference", d.oneMinusSigma - d.sigmaOfMinus]],
      [["t = −M", -m], ["slope of softplus", d.quotient], ["σ(t)", d.slope], ["difference", d.quotient - d.slope]],
      [["σ(−M)", d.sigmaOfMinus], ["largest |∂J/∂x|", d.largestGradient], ["largest difference from autograd over 784 pixels", d.gradientDifference]],
      [["Σ |autograd’s ∂J/∂x|", d.normByAutograd], [`σ(−M) · ‖w‖₁ = ${digits(d.sigmaOfMinus)} × ${l1.toFixed(3)}`, d.norm], ["difference", d.normByAutograd - d.norm]],
      [["J of the network at x + ε·sign(∇ₓJ)", atPoint], [`softplus(${short(epsilon)} × ${l1.toFixed(3)} − ${m < 0 ? "(−" + (-m).toFixed(3) + ")" : m.toFixed(3)})`, loss], ["difference", atPoint - loss]],
    ];
    rows.forEach((pairs, i) => {
      bodies[i].innerHTML = pairs.map(([what, value]) => `<dt>${what}</dt><dd>${what.includes("difference") ? power(value, 1) : digits(value)}</dd>`).join("");
    });
  };
}
