// What holds for the whole page, whichever it is. Begun once a browser's page, never undone.

/** @import { Call } from "../shared/component.js" */
import { all } from "../shared/component.js";

/** @param {Call<{ followed: string[] }>} call */
export default function ({ data, setTriggerValue }) {
  const again = () => setTriggerValue("again", performance.now());
  const begun = !!window.fgsmDocument;
  window.fgsmDocument = { again };
  if (begun) return;
  printable();
  forTranslators();
  writtenInPlace(data.followed);
  heardAgain();
}

// The address that a page writes as it opens takes the place of the link that led to it, or each page
// would cost two steps back. So does what is chosen on a page that does not follow the browser back.
/** @param {string[]} followed the pages that do, by the last part of their address */
function writtenInPlace(followed) {
  const push = history.pushState;
  let touched = false;
  const touch = () => { touched = true; };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, true);
  addEventListener("popstate", () => { touched = false; });
  history.pushState = function (state, unused, address) {
    const path = new URL(address ?? "", location.href).pathname;
    const here = path === location.pathname;
    if (here && !(touched && followed.includes(path.split("/").pop() ?? ""))) return this.replaceState(state, unused, address);
    if (!here) touched = false;
    return push.call(this, state, unused, address);
  };
}

// A browser that translates puts elements of its own in the place of text nodes, which React still
// holds: it would fail as it takes them away, and would write news into nodes that nobody sees.
function forTranslators() {
  /** @type {WeakMap<Node, ChildNode>} */
  const stand = new WeakMap(); // text node -> what stands in its place
  const watch = new MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes, previousSibling, nextSibling } of records) {
      if (type === "characterData") { if (!target.parentNode) stand.get(target)?.replaceWith(target); continue; }
      const there = /** @type {ChildNode | null} */ ([...addedNodes, previousSibling, nextSibling].find((node) => node?.nodeName === "FONT"));
      for (const node of removedNodes) {
        if (!there || node.nodeType !== Node.TEXT_NODE) continue;
        stand.set(node, there);
        watch.observe(node, { characterData: true });
      }
    }
  });
  watch.observe(document.body, { childList: true, subtree: true });
  const { removeChild, insertBefore } = Node.prototype;
  Node.prototype.removeChild = function (/** @type {any} */ node) {
    if (node.parentNode === this) return removeChild.call(this, node);
    stand.get(node)?.remove();
    return node;
  };
  Node.prototype.insertBefore = /** @this {Node} @param {any} node @param {Node | null} before @returns {any} */ function (node, before) {
    const there = !before || before.parentNode === this ? before : stand.get(before);
    return insertBefore.call(this, node, there?.parentNode === this ? there : null);
  };
}

// After the server was lost the page asks for itself again: else its first click would do no more
// than begin the new server's session.
function heardAgain() {
  const state = "data-test-connection-state";
  let lost = false;
  const app = /** @type {Element} */ (document.querySelector(`[${state}]`));
  new MutationObserver(() => {
    const connected = app.getAttribute(state) === "CONNECTED";
    if (connected && lost) window.fgsmDocument?.again();
    lost = !connected;
  }).observe(app, { attributeFilter: [state] });
}

// Plotly draws in pixels of the screen: on paper a plot shrinks as a whole to what is there.
function printable() {
  const plots = () => all(document, ".js-plotly-plot .main-svg");
  addEventListener("beforeprint", () => {
    for (const plot of plots()) plot.setAttribute("viewBox", `0 0 ${plot.getAttribute("width")} ${plot.getAttribute("height")}`);
  });
  addEventListener("afterprint", () => { for (const plot of plots()) plot.removeAttribute("viewBox"); });
}
