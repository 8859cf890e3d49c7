// The guided lecture: a bar below the app, and an outline around what a step speaks of.

const guides = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".guide");
  if (!root || !data) return;
  if (!guides.has(root)) guides.set(root, createGuide(root));
  guides.get(root).show(data, (number) => setTriggerValue("asked", number));
  return () => { guides.get(root)?.stop(); guides.delete(root); };
}

// What moves by the arrow keys itself.
const MOVES = "input, textarea, select, canvas[tabindex], [contenteditable], [role=slider], [role=radio], [role=tab], [role=combobox]";
const OPEN = "dialog[open], [role=dialog], [role=listbox]";
const BY = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1, Escape: 0 };

// at: the step's number from 1, or 0 where nobody is guided.
function createGuide(root) {
  const state = { at: 0, steps: [], ask: () => {} };
  const lamp = createLamp();
  const height = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--guide-height", `${root.offsetHeight}px`);
    lamp.stay();
  });
  height.observe(root);

  function show({ at, steps }, ask) {
    Object.assign(state, { steps, ask });
    turn(at);
  }

  function turn(at) {
    if (at === state.at) return;
    const [begins, ends] = [!state.at, !at];
    state.at = at;
    root.hidden = ends;
    document.documentElement.toggleAttribute("data-guided", !ends);
    if (ends) return lamp.out();
    write(state.steps[at - 1]);
    for (const [by, last] of [[-1, 1], [1, state.steps.length]]) {
      root.querySelector(`[data-by="${by}"]`).setAttribute("aria-disabled", String(at === last));
    }
    if (begins) root.querySelector('[data-by="1"]').focus({ preventScroll: true });
  }

  function write({ title, said, selector }) {
    const lines = [`${state.at} of ${state.steps.length}: ${title}`, ...said];
    root.querySelector(".guide-said").replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    lamp.light(selector);
  }

  function move(by) {
    const to = by ? state.at + by : 0;
    if (to > state.steps.length || (by && to < 1)) return;
    turn(to);
    state.ask(to);
    if (!to) document.querySelector(".guide-me")?.focus({ preventScroll: true });
  }

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-by]");
    if (button) move(Number(button.dataset.by));
  });

  // A presenter's clicker sends PageDown and PageUp: they turn the step wherever the focus is.
  function pressed(event) {
    if (!state.at || !(event.key in BY) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key.startsWith("Arrow") && event.target.closest?.(MOVES)) return;
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
  let [selector, lit, held] = [null, null, false];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const come = () => lit?.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  const stay = () => { if (held) come(); };
  const grown = new ResizeObserver(stay);
  const drawn = new MutationObserver(() => { if (!lit?.isConnected || !lit.matches(selector)) find(); });
  const touched = () => { held = false; };

  function find() {
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

  function light(wanted) {
    out();
    [selector, held] = [wanted, true];
    for (const kind of ["wheel", "touchmove", "pointerdown"]) addEventListener(kind, touched, true);
    drawn.observe(document.body, { childList: true, subtree: true });
    find();
  }

  return { light, out, stay };
}
