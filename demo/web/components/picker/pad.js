// A pad: white strokes on black. When one ends, all go to the server, which draws them again: what a
// canvas gives back is not what was drawn on it in browsers that guard against fingerprints.
export default function ({ data, parentElement, setTriggerValue }) {
  const canvas = parentElement.querySelector("canvas");
  if (canvas.width !== data.side) canvas.width = canvas.height = data.side;
  const strokes = (canvas.strokes ??= []); // this function runs again at every drawing of the page
  const pen = canvas.getContext("2d");
  let stroke = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return at.map((share) => Math.round(10 * data.side * share) / 10);
  };
  const goOn = (event) => {
    stroke.push(place(event));
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: data.pen, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...(stroke.at(-2) ?? stroke[0]));
    pen.lineTo(...stroke.at(-1));
    pen.stroke();
  };
  canvas.onpointerdown = (event) => {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [];
    goOn(event);
  };
  canvas.onpointermove = (event) => {
    if (!stroke || !event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? []) goOn(each);
    goOn(event);
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (!stroke || !event.isPrimary) return;
    strokes.push(stroke);
    stroke = null;
    setTriggerValue("drawn", [...strokes]);
  };
  parentElement.querySelector(".clear").onclick = () => {
    strokes.length = 0;
    pen.clearRect(0, 0, canvas.width, canvas.height);
  };
}
