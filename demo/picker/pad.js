// A pad: white strokes on black. When one ends, the picture goes to the server as a PNG.
const PEN = 20;

export default function ({ parentElement, setTriggerValue }) {
  const canvas = parentElement.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let from = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  const line = (a, b) => {
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    pen.stroke();
  };
  canvas.onpointerdown = (event) => {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    from = place(event);
    line(from, from);
  };
  canvas.onpointermove = (event) => {
    if (!from || !event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? []) { const to = place(each); line(from, to); from = to; }
    const to = place(event);
    line(from, to);
    from = to;
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (!from || !event.isPrimary) return;
    from = null;
    const sheet = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const under = sheet.getContext("2d");
    under.fillRect(0, 0, sheet.width, sheet.height);
    under.drawImage(canvas, 0, 0);
    setTriggerValue("drawn", sheet.toDataURL("image/png").split(",")[1]);
  };
  parentElement.querySelector(".clear").onclick = () => pen.clearRect(0, 0, canvas.width, canvas.height);
}
