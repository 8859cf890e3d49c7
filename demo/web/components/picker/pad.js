// A pad: white strokes on black. When one ends, all go to the server, which draws them again: what a
// canvas gives back is not what was drawn on it in browsers that guard against fingerprints.

/** @import { Call } from "../shared/component.js" */
import { find, pen as penOf } from "../shared/component.js";

/** @typedef {[number, number][]} Stroke */

/** @param {Call<{ side: number, pen: number }>} call */
export default function ({ data, parentElement, setTriggerValue }) {
  const canvas = /** @type {HTMLCanvasElement & { strokes?: Stroke[] }} */ (find(parentElement, "canvas", HTMLCanvasElement));
  if (canvas.width !== data.side) canvas.width = canvas.height = data.side;
  const strokes = (canvas.strokes ??= []); // this function runs again at every drawing of the page
  const pen = penOf(canvas);
  /** @type {Stroke | null} */
  let stroke = null;
  const place = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return /** @type {[number, number]} */ (at.map((share) => Math.round(10 * data.side * share) / 10));
  };
  const goOn = (/** @type {PointerEvent} */ event, /** @type {Stroke} */ stroke) => {
    stroke.push(place(event));
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: data.pen, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...(stroke.at(-2) ?? stroke[0]));
    pen.lineTo(...stroke[stroke.length - 1]);
    pen.stroke();
  };
  canvas.onpointerdown = (event) => {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [];
    goOn(event, stroke);
  };
  canvas.onpointermove = (event) => {
    if (!stroke || !event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? []) goOn(each, stroke);
    goOn(event, stroke);
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (!stroke || !event.isPrimary) return;
    strokes.push(stroke);
    stroke = null;
    setTriggerValue("drawn", [...strokes]);
  };
  find(parentElement, ".clear").onclick = () => {
    strokes.length = 0;
    pen.clearRect(0, 0, canvas.width, canvas.height);
  };
}
