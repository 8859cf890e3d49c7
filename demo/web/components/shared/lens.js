// The lens: the same few pixels of all three pictures, magnified, with the numbers of the middle one.
// A mouse moves it; a finger's tap pins it, and a second tap on that picture enlarges the picture.

import { all, find, pen } from "./component.js";

const PIXELS = 9;
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {HTMLElement} root
 * @param {{ size: number }} state
 * @param {(x: number, y: number) => string} describe
 */
export function createLens(root, state, describe) {
  const frames = all(root, ".frame");
  const text = find(root, ".lens-text");
  const large = createLarge(root);
  const fingers = matchMedia("(hover: none)").matches;
  const [hint, more] = fingers
    ? ["Tap a picture: the lens stays on that pixel.", " Tap it again to enlarge the picture."]
    : ["Point at a pixel, or focus a picture and use the arrow keys: value, sign, new value.", " Click to enlarge."];
  /** @type {{ x: number, y: number, frame: HTMLElement } | null} */
  let at = null; // the pixel, and the picture that it was pointed at on

  function draw() {
    for (const frame of frames) {
      const glass = find(frame, ".glass", HTMLCanvasElement);
      const width = Math.round(frame.clientWidth * devicePixelRatio);
      if (glass.width !== width) glass.width = glass.height = width;
      pen(glass).clearRect(0, 0, width, width);
      if (at) magnify(pen(glass), find(frame, ".image", HTMLCanvasElement), width, at);
    }
    text.textContent = at ? describe(at.x, at.y) : large ? hint + more : hint;
  }

  function move(/** @type {number} */ x, /** @type {number} */ y, /** @type {HTMLElement} */ frame) {
    if (!state.size) return;
    const inside = (/** @type {number} */ v) => Math.min(state.size - 1, Math.max(0, v));
    at = { x: inside(x), y: inside(y), frame };
    draw();
  }

  function away() { at = null; draw(); }

  function pointed(/** @type {HTMLElement} */ frame, /** @type {MouseEvent} */ event) {
    const box = frame.getBoundingClientRect();
    move(Math.floor(((event.clientX - box.left) / box.width) * state.size), Math.floor(((event.clientY - box.top) / box.height) * state.size), frame);
  }

  function keyed(/** @type {HTMLElement} */ frame, /** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape") away();
    if (event.key === "Enter") large?.(frame);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    const from = at ?? { x: state.size >> 1, y: state.size >> 1 };
    move(from.x + far * step[0], from.y + far * step[1], frame);
  }

  for (const frame of frames) {
    const image = find(frame, ".image");
    frame.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") pointed(frame, event); });
    frame.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") away(); });
    frame.addEventListener("click", (event) => {
      if (/** @type {PointerEvent} */ (event).pointerType === "touch" && at?.frame !== frame) return pointed(frame, event);
      return large?.(frame);
    });
    image.addEventListener("blur", away);
    image.addEventListener("keydown", (event) => keyed(frame, event));
  }
  return { draw };
}

/**
 * The lens itself, and the square that it shows.
 * @param {CanvasRenderingContext2D} pen of a canvas of that width
 * @param {HTMLCanvasElement} image
 * @param {number} width
 * @param {{ x: number, y: number }} at
 */
function magnify(pen, image, width, at) {
  const side = Math.round(width * 0.42);
  const [half, pixel] = [(PIXELS - 1) / 2, side / PIXELS];
  const left = at.x < image.width / 2 ? width - side - 6 : 6;
  pen.imageSmoothingEnabled = false;
  pen.fillStyle = "#888";
  pen.fillRect(left, 6, side, side);
  pen.drawImage(image, at.x - half, at.y - half, PIXELS, PIXELS, left, 6, side, side);
  const scale = width / image.width;
  for (const [colour, line] of /** @type {const} */ ([["#000", 4], ["#fff", 2]])) {
    pen.strokeStyle = colour; pen.lineWidth = line;
    pen.strokeRect(left, 6, side, side);
    pen.strokeRect(left + half * pixel, 6 + half * pixel, pixel, pixel);
    pen.strokeRect((at.x - half) * scale, (at.y - half) * scale, PIXELS * scale, PIXELS * scale);
  }
}

/**
 * large(frame): that picture as large as the screen, until it is clicked; null where no place is for it.
 * @param {HTMLElement} root
 */
function createLarge(root) {
  const box = /** @type {HTMLDialogElement | null} */ (root.querySelector(".large"));
  if (!box) return null;
  box.addEventListener("click", () => box.close());
  return (/** @type {HTMLElement} */ frame) => {
    const [image, sheet] = [find(frame, ".image", HTMLCanvasElement), find(box, "canvas", HTMLCanvasElement)];
    sheet.width = sheet.height = image.width;
    pen(sheet).drawImage(image, 0, 0);
    const figure = /** @type {HTMLElement} */ (frame.closest("figure"));
    find(box, ".large-name").textContent = ["called", "name", "sure"].map((part) => find(figure, `.${part}`).textContent).join("  ");
    box.showModal();
  };
}
