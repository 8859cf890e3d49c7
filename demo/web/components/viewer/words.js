// Numbers and sentences.

function percent(p) {
  if (p === undefined || p === null) return "…";
  if (p > 0.9995 && p < 1) return "over 99.9 %";
  if (p < 0.0005 && p > 0) return "under 0.1 %";
  return (100 * p).toFixed(1) + " %";
}

function levels(n) {
  return n >= 1 ? String(+n.toFixed(1)) : String(+n.toFixed(2));
}

function fraction(epsilon) {
  return epsilon === 0 ? "0" : epsilon.toFixed(4).replace(/^0/, "");
}

// ".007", not ".0070": as the paper prints it between the pictures.
function short(epsilon) {
  return fraction(epsilon).replace(/(\.\d*?)0+$/, "$1");
}

// Three decimals, or two digits of what is smaller.
function nats(loss) {
  return loss === 0 || Math.abs(loss) >= 0.001 ? loss.toFixed(3) : loss.toPrecision(2);
}

const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

// By how much something changes: "+2.8", "−0.312".
function change(nats_) {
  return (nats_ < 0 ? "−" : "+") + nats(Math.abs(nats_));
}

// How J moves, to first order and if the margin M were linear in x. J = softplus(−M), so M and
// ‖∇M‖₁ = ‖∇J‖₁ / σ(−M) are known from J and ‖∇J‖₁.  step: +ε up the loss, −ε toward a target.
function promised(loss, norm, step) {
  const [margin, slope] = [-Math.log(Math.expm1(loss)), norm / -Math.expm1(-loss)];
  return { first: step * norm, straight: loss > 0 ? softplus(step * slope - margin) - loss : 0 };
}

// An epsilon as a reader of that kind of picture knows it: 2/255, or .25.
function amount(level, kind) {
  return kind === "digits" ? short(level / 255) : `${levels(level)}/255`;
}

function withArticle(name) {
  if (name.startsWith("none")) return name;
  return (/^([aeio]|8)/i.test(name) ? "an " : "a ") + name;
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

// role: what the class is here, which gives its colour.  p: a confidence, or the words for one.
function mark(role, name, p) {
  return `<span data-role="${role}">${escaped(name)}</span> <span class="whole">(${typeof p === "string" ? p : percent(p)})</span>`;
}

// The one thing the screen says, for the stop that is shown; then what the other network makes of it.
function headline(view) {
  return [happened(view), counterpartSays(view)].filter(Boolean).join(" ");
}

// The network's counterpart at the same stop, under the same attack on its own gradient.
// counterpart: { training, top: [[class, confidence] at each stop], flip: its first other stop }.
function counterpartSays({ name, role, counterpart, stop, levels: stops, level, clean, now, wrong, kind }) {
  if (!counterpart || level === 0 || !now) return "";
  const who = `The ${counterpart.training === "adversarial" ? "robust" : "standard"} model`;
  const [before, after] = [counterpart.top[0], counterpart.top[stop]];
  const said = ([k, p]) => mark(role(k), name(k), p);
  if (before[0] !== (wrong ?? clean[0])) return `${who} is wrong before the attack: it says ${said(before)}.`;
  if (after[0] === before[0]) return `${who} ${stop < (counterpart.flip ?? stops.length) ? "still " : ""}says ${said(after)}.`;
  const too = wrong === null && now[0] !== clean[0] ? " too" : "";
  return `${who} falls${too}, from ${amount(stops[counterpart.flip], kind)}.`;
}

function happened({ name, role, level, clean, now, target, targetNow, wrong, kind }) {
  const said = (k, p) => mark(role(k), name(k), p);
  const one = (k, p) => mark(role(k), withArticle(name(k)), p);
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

// A confidence that moved: "5.0 %, down from 93.2 %".
function moved(before, after) {
  const [was, is] = [percent(before), percent(after)];
  return was === is ? is : `${is}, ${after < before ? "down" : "up"} from ${was}`;
}

// What a pointer does here: a finger taps.
const pressed = () => (matchMedia("(hover: none)").matches ? "Tap" : "Click");

// What stands below the chart. extra.line says how straight the logits are.
function chartHint(which, data, figure, extra) {
  if (which === "confidence") {
    return figure ? `${pressed()} the curve to go there. The band on top shows which class wins at each epsilon.` : "Asking the network at every stop …";
  }
  if (data?.method === "ten") return "Ten steps do not lie on one line; this view belongs to one step.";
  return figure ? extra.line : "Computing the other side of zero …";
}
