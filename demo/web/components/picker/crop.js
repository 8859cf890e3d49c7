// The picture moves and grows behind a square window; what the window shows is what is cut out.

/** @import { Call } from "../shared/component.js" */
import { find } from "../shared/component.js";

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [8, 0], ArrowRight: [-8, 0], ArrowUp: [0, 8], ArrowDown: [0, -8] };

/** @param {Call<{ src: string, width: number, height: number, crop: { x: number, y: number, zoom: number } }>} call */
export default function ({ data, parentElement, setTriggerValue }) {
  const box = find(parentElement, ".window");
  const image = find(box, "img", HTMLImageElement);
  const zoom = find(parentElement, ".zoom", HTMLInputElement);
  const { width, height } = data;
  let crop = { ...data.crop };
  if (image.src !== data.src) image.src = data.src;

  // Side of the crop as a share of the shorter side; the window's middle stays inside the picture.
  const side = () => (0.875 / crop.zoom) * Math.min(width, height);
  function draw() {
    const half = side() / 2;
    crop.x = Math.min(1 - half / width, Math.max(half / width, crop.x));
    crop.y = Math.min(1 - half / height, Math.max(half / height, crop.y));
    const scale = box.clientWidth / side();
    image.style.width = `${width * scale}px`;
    image.style.height = `${height * scale}px`;
    image.style.left = `${-(crop.x * width - half) * scale}px`;
    image.style.top = `${-(crop.y * height - half) * scale}px`;
    zoom.value = String(crop.zoom);
  }
  const send = () => setTriggerValue("crop", { x: crop.x, y: crop.y, zoom: crop.zoom });
  const move = (/** @type {number} */ dx, /** @type {number} */ dy) => { const s = side() / box.clientWidth; crop.x -= (dx * s) / width; crop.y -= (dy * s) / height; draw(); };

  /** @type {[number, number] | null} */
  let from = null;
  box.onpointerdown = (event) => { from = [event.clientX, event.clientY]; box.setPointerCapture(event.pointerId); };
  box.onpointermove = (event) => {
    if (!from) return;
    move(event.clientX - from[0], event.clientY - from[1]);
    from = [event.clientX, event.clientY];
  };
  box.onpointerup = box.onpointercancel = () => { if (from) { from = null; send(); } };
  box.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    move(...step);
  };
  box.onkeyup = (event) => { if (event.key.startsWith("Arrow")) send(); };
  zoom.oninput = () => { crop.zoom = Number(zoom.value); draw(); };
  zoom.onchange = send;
  find(parentElement, ".reset").onclick = () => { crop = { x: 0.5, y: 0.5, zoom: 1 }; draw(); send(); };
  const sized = new ResizeObserver(draw);
  sized.observe(box);
  draw();
  return () => sized.disconnect();
}
