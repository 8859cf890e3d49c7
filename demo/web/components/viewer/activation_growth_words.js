// Numbers as a reader wants them: four digits, thousands set apart, never an exponent.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function fourDigits(x) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1000) return Math.round(x).toLocaleString("en");
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return x.toFixed(Math.min(decimals, 12)).replace(/^(-?)0\./, "$1.").replace("-", "−");
}

// ".007", "0.05": without the zeros at the end.
function plainly(x) {
  return String(+x.toPrecision(3)).replace(/^0\./, ".");
}

function count(n) {
  return n.toLocaleString("en");
}

function powerOfTen(k) {
  if (k >= -3 && k <= 4) return k < 0 ? (10 ** k).toFixed(-k).replace(/^0/, "") : count(10 ** k);
  const digits = [...String(Math.abs(k))].map((d) => SUPERSCRIPTS[d]).join("");
  return `10${k < 0 ? "⁻" : ""}${digits}`;
}
