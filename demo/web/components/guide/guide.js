// The guided lecture: a bar below the app, and an outline around what a step speaks of.

import { component, element, find } from "../shared/component.js";

/** @import { Tell } from "../shared/component.js" */
/** @typedef {{ title: string, said: string[], selector: string }} Step */
/**
 * at: the step's number from 1, or 0 where nobody is guided.  leaves: the server would like to turn
 * to another page, and hears from here that nothing of this one asks for anything any more.
 * @typedef {{ at: number, steps: Step[], leaves: boolean }} Shown
 */

// What moves by the arrow keys itself.
const MOVES = "input, textarea, select, canvas[tabindex], [contenteditable], [role=slider], [role=radio], [role=tab], [role=combobox]";
const OPEN = "dialog[open], [role=dialog], [role=listbox]";
/** @type {Record<string, number>} */
const BY = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1, Escape: 0 };

/** @param {HTMLElement} root */
function createGuide(root) {
  const state = { at: 0, steps: /** @type {Step[]} */ ([]), ask: (/** @type {number} */ _at) => {} };
  const lamp = createLamp();
  const height = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--guide-height", `${root.offsetHeight}px`);
    lamp.stay();
  });
  height.observe(root);

  function show(/** @type {Shown} */ { at, steps, leaves }, /** @type {Tell} */ tell) {
    Object.assign(state, { steps, ask: (/** @type {number} */ number) => tell("asked", number) });
    turn(at);
    if (leaves) tell("left", at);
  }

  function turn(/** @type {number} */ at) {
    if (at === state.at) return;
    const [begins, ends] = [!state.at, !at];
    state.at = at;
    root.hidden = ends;
    document.documentElement.toggleAttribute("data-guided", !ends);
    if (ends) return lamp.out();
    write(state.steps[at - 1]);
    for (const [by, last] of [[-1, 1], [1, state.steps.length]]) {
      find(root, `[data-by="${by}"]`).setAttribute("aria-disabled", String(at === last));
    }
    if (begins) find(root, '[data-by="1"]').focus({ preventScroll: true });
  }

  function write(/** @type {Step} */ { title, said, selector }) {
    const lines = [`${state.at} of ${state.steps.length}: ${title}`, ...said];
    find(root, ".guide-said").replaceChildren(...lines.map((text) => element("p", { textContent: text })));
    lamp.light(selector);
  }

  function move(/** @type {number} */ by) {
    const to = by ? state.at + by : 0;
    if (to > state.steps.length || (by && to < 1)) return;
    turn(to);
    state.ask(to);
    if (!to) /** @type {HTMLElement | null} */ (document.querySelector(".guide-me"))?.focus({ preventScroll: true });
  }

  root.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-by]"));
    if (button) move(Number(button.dataset.by));
  });

  // A presenter's clicker sends PageDown and PageUp: they turn the step wherever the focus is.
  function pressed(/** @type {KeyboardEvent} */ event) {
    if (!state.at || !(event.key in BY) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key.startsWith("Arrow") && /** @type {Element | null} */ (event.target)?.closest?.(MOVES)) return;
    if (document.querySelector(OPEN)) return;
    event.preventDefault();
    move(BY[event.key]);
  }

  addEventListener("keydown", pressed, true);
  return { show, stop: () => { removeEventListener("keydown", pressed, true); height.disconnect(); turn(0); } };
}

// The outline: on the first element of a selector, as soon as the page has it. Until somebody
// scrolls or clicks, it stays on the screen while the page is still growing.
function createLamp() {
  let [selector, held] = ["", false];
  /** @type {Element | null} */
  let lit = null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const come = () => lit?.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  const stay = () => { if (held) come(); };
  const grown = new ResizeObserver(stay);
  const drawn = new MutationObserver(() => { if (!lit?.isConnected || !lit.matches(selector)) look(); });
  const touched = () => { held = false; };

  function look() {
    lit?.removeAttribute("data-lit");
    lit = document.querySelector(selector);
    grown.disconnect();
    if (!lit) return;
    lit.setAttribute("data-lit", "");
    grown.observe(lit.closest(".stMainBlockContainer") ?? lit);
  }

  function out() {
    drawn.disconnect();
    grown.disconnect();
    lit?.removeAttribute("data-lit");
    lit = null;
    for (const kind of ["wheel", "touchmove", "pointerdown"]) removeEventListener(kind, touched, true);
  }

  function light(/** @type {string} */ wanted) {
    out();
    [selector, held] = [wanted, true];
    for (const kind of ["wheel", "touchmove", "pointerdown"]) addEventListener(kind, touched, true);
    drawn.observe(document.body, { childList: true, subtree: true });
    look();
  }

  return { light, out, stay };
}

export default component(".guide", createGuide);
