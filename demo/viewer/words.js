// Numbers and sentences.

function percent(p) {
  if (p === undefined || p === null) return "…";
  if (p > 0.9995 && p < 1) return "over 99.9 %";
  if (p < 0.0005 && p > 0) return "under 0.1 %";
  return (100 * p).toFixed(1) + " %";
}

function levels(n) {
  return n >= 10 ? n.toFixed(0) : n >= 1 ? String(+n.toFixed(1)) : String(+n.toFixed(2));
}

function fraction(epsilon) {
  return epsilon === 0 ? "0" : epsilon.toFixed(4).replace(/^0/, "");
}

// ".007", not ".0070": as the paper prints it between the pictures.
function short(epsilon) {
  return fraction(epsilon).replace(/(\.\d*?)0+$/, "$1");
}

function withArticle(name) {
  return (/^[aeio]/i.test(name) ? "an " : "a ") + name;
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

function mark(kind, name, p) {
  return `<span class="${kind}">${escaped(name)}</span> (${percent(p)})`;
}

// The one thing the screen says, for the stop that is shown.
function headline({ name, level, clean, now, target, targetNow, wrong }) {
  const was = mark("was", name(clean[0]), clean[1]);
  if (wrong !== null) return `The network was wrong before the attack: it calls this ${was}, not ${escaped(name(wrong))}.`;
  if (level === 0) return `Nothing is changed yet: the network sees ${mark("was", withArticle(name(clean[0])), clean[1])}. Drag epsilon.`;
  const change = `A change of at most ${levels(level)} in 255`;
  if (!now) return `${change}: asking the network …`;
  const is = (kind) => mark(kind, withArticle(name(now[0])), now[1]);
  if (target !== null && now[0] === target) return `${change} turns this ${was} into the ${mark("wanted", name(target), now[1])} that was asked for.`;
  if (target !== null) {
    const wanted = mark("wanted", name(target), targetNow);
    return now[0] === clean[0]
      ? `${change} leaves this ${was} what it was, not the ${wanted} that was asked for.`
      : `${change} turns this ${was} into ${is("is")}, not the ${wanted} that was asked for.`;
  }
  return now[0] === clean[0]
    ? `${change} is not enough: still ${is("was")}.`
    : `${change} turns this ${was} into ${is("is")}.`;
}
