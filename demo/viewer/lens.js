// The lens: the same few pixels of all three pictures, magnified, with the numbers of the middle one.

const LENS_PIXELS = 9;

function createLens(root, state, describe) {
  const frames = [...root.querySelectorAll(".frame")];
  const text = root.querySelector(".lens-text");
  const hint = text.textContent;
  let at = null;

  function draw() {
    for (const frame of frames) {
      const glass = frame.querySelector(".glass");
      const image = frame.querySelector(".image");
      const width = Math.round(frame.clientWidth * devicePixelRatio);
      if (glass.width !== width) glass.width = glass.height = width;
      const pen = glass.getContext("2d");
      pen.clearRect(0, 0, width, width);
      if (at) magnify(pen, image, width);
    }
    text.textContent = at ? describe(at.x, at.y) : hint;
  }

  function magnify(pen, image, width) {
    const side = Math.round(width * 0.42);
    const [half, pixel] = [(LENS_PIXELS - 1) / 2, side / LENS_PIXELS];
    const left = at.x < image.width / 2 ? width - side - 6 : 6;
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = "#888";
    pen.fillRect(left, 6, side, side);
    pen.drawImage(image, at.x - half, at.y - half, LENS_PIXELS, LENS_PIXELS, left, 6, side, side);
    for (const [colour, line] of [["#000", 4], ["#fff", 2]]) {
      pen.strokeStyle = colour; pen.lineWidth = line;
      pen.strokeRect(left, 6, side, side);
      pen.strokeRect(left + half * pixel, 6 + half * pixel, pixel, pixel);
      const scale = width / image.width;
      pen.strokeRect((at.x - half) * scale, (at.y - half) * scale, LENS_PIXELS * scale, LENS_PIXELS * scale);
    }
  }

  function move(x, y) {
    if (!state.size) return;
    const inside = (v) => Math.min(state.size - 1, Math.max(0, v));
    at = { x: inside(x), y: inside(y) };
    draw();
  }

  for (const frame of frames) {
    const image = frame.querySelector(".image");
    const pointed = (event) => {
      const box = frame.getBoundingClientRect();
      move(Math.floor(((event.clientX - box.left) / box.width) * state.size), Math.floor(((event.clientY - box.top) / box.height) * state.size));
    };
    const away = () => { at = null; draw(); };
    frame.addEventListener("pointermove", pointed);
    frame.addEventListener("pointerdown", pointed);
    frame.addEventListener("pointerleave", away);
    image.addEventListener("blur", away);
    image.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === "Escape") away();
      if (!step) return;
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      const from = at || { x: state.size >> 1, y: state.size >> 1 };
      move(from.x + far * step[0], from.y + far * step[1]);
    });
  }
  return { draw };
}
