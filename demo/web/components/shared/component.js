// What every component does with its part of the page.

/**
 * What Streamlit hands to a component, at its first drawing and again at every other one.
 * @template Data
 * @typedef {object} Call
 * @property {Data} data that the server sent
 * @property {HTMLElement} parentElement
 * @property {Tell} setTriggerValue
 */

/** Says something to the server. @typedef {(event: string, value: unknown) => void} Tell */

/**
 * A component's default export: begun once for its element, shown whatever the server sends.
 * @param {string} selector of the element
 * @param {(root: HTMLElement, data: any) => { show: (data: any, tell: Tell) => void, stop: () => void }} begin
 */
export function component(selector, begin) {
  /** @type {WeakMap<HTMLElement, ReturnType<typeof begin>>} */
  const begun = new WeakMap();
  return (/** @type {Call<any>} */ { data, parentElement, setTriggerValue }) => {
    const root = /** @type {HTMLElement | null} */ (parentElement.querySelector(selector));
    if (!root || !data) return undefined;
    const view = begun.get(root) ?? begin(root, data);
    begun.set(root, view);
    view.show(data, setTriggerValue);
    return () => {
      view.stop();
      begun.delete(root);
    };
  };
}

/**
 * The first element of that selector, which the component's HTML has.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): Kind }} [_kind] says the type to the reader and the checker
 * @returns {Kind}
 */
export function find(root, selector, _kind) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`A part of the page is missing: ${selector}`);
  return /** @type {Kind} */ (found);
}

/**
 * All elements of that selector.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): Kind }} [_kind]
 * @returns {Kind[]}
 */
export function all(root, selector, _kind) {
  return /** @type {Kind[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties).append(...children);
  return made;
}

/** @param {HTMLCanvasElement} canvas */
export function pen(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** One of the buttons is the chosen one. @param {HTMLElement[]} buttons @param {(button: HTMLElement) => boolean} chosen */
export function press(buttons, chosen) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(chosen(button)));
}
