// Numbers as a reader wants them, and the stop that is nearest to one.

/** @param {number | null | undefined} p a share of 1 */
export function percent(p) {
  if (p === undefined || p === null) return "…";
  if (p > 0.9995 && p < 1) return "over 99.9 %";
  if (p < 0.0005 && p > 0) return "under 0.1 %";
  return `${(100 * p).toFixed(1)} %`;
}

/** Of 255: "1.8". @param {number} n */
export function levels(n) {
  return n >= 1 ? String(+n.toFixed(1)) : String(+n.toFixed(2));
}

/** Four decimals: ".0070". @param {number} epsilon */
export function fraction(epsilon) {
  return epsilon === 0 ? "0" : epsilon.toFixed(4).replace(/^0/, "");
}

/** ".007", as the paper prints it between the pictures. @param {number} epsilon */
export function short(epsilon) {
  return fraction(epsilon).replace(/(\.\d*?)0+$/, "$1");
}

/**
 * An epsilon as a reader of that kind of picture knows it: 2/255, or .25.
 * @param {number} level 255 * epsilon
 * @param {string} kind
 */
export function amount(level, kind) {
  return kind === "digits" ? short(level / 255) : `${levels(level)}/255`;
}

/** Three decimals, or two digits of what is smaller. @param {number} loss */
export function nats(loss) {
  return loss === 0 || Math.abs(loss) >= 0.001 ? loss.toFixed(3) : loss.toPrecision(2);
}

/** By how much a loss changes: "+2.800", "−0.312". @param {number} by in nats */
export function change(by) {
  return (by < 0 ? "−" : "+") + nats(Math.abs(by));
}

/** Two decimals: "−1.20". @param {number} value */
export function margin(value) {
  return value.toFixed(2).replace("-", "−");
}

/** Thousands set apart. @param {number} n */
export function count(n) {
  return n.toLocaleString("en");
}

/** Four digits, never an exponent. @param {number} x */
export function fourDigits(x) {
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1000) return count(Math.round(x));
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return x.toFixed(Math.min(decimals, 12)).replace(/^(-?)0\./, "$1.").replace("-", "−");
}

/** Three digits, never an exponent: ".007". @param {number} x of at least 1e-6, or 0 */
export function plainly(x) {
  return String(+x.toPrecision(3)).replace(/^0\./, ".");
}

/** @param {number | string} exponent */
function superscript(exponent) {
  return String(exponent).replace("+", "").replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);
}

/** "−3.8 × 10⁻⁶". @param {number} value @param {number} decimals */
export function scientific(value, decimals) {
  if (value === 0) return "0";
  const [factor, exponent] = value.toExponential(decimals).split("e");
  return `${factor.replace("-", "−")} × 10${superscript(exponent)}`;
}

/** Three digits; what is very small or large as a power of ten. @param {number} value */
export function number(value, decimals = 1) {
  const size = Math.abs(value);
  if (value !== 0 && (size < 0.01 || size >= 10000)) return scientific(value, decimals);
  return String(+value.toPrecision(3)).replace("-", "−");
}

/** After a minus: "(−1.2)". @param {number} value */
export function bracketed(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

/**
 * The index of the nearest value; with Math.log the nearest by ratio.
 * @param {number[]} values
 * @param {number} wanted
 * @param {(value: number) => number} scale
 */
export function nearest(values, wanted, scale = (value) => value) {
  const far = values.map((value) => Math.abs(scale(value) - scale(wanted)));
  return far.indexOf(Math.min(...far));
}
