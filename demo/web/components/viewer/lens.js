// The lens: the same few pixels of all three pictures, magnified, with the numbers of the middle one.
// A mouse moves it; a finger's tap pins it, and a second tap on that picture enlarges the picture.

const LENS_PIXELS = 9;

function createLens(root, state, describe) {
  const frames = [...root.querySelectorAll(".frame")];
  const text = root.querySelector(".lens-text");
  const large = createLarge(root);
  const fingers = matchMedia("(hover: none)").matches;
  const [hint, more] = fingers
    ? ["Tap a picture: the lens stays on that pixel.", " Tap it again to enlarge the picture."]
    : ["Point at a pixel, or focus a picture and use the arrow keys: value, sign, new value.", " Click to enlarge."];
  let at = null; // { x, y, frame }: the pixel, and the picture that it was pointed at on

  function draw() {
    for (const frame of frames) {
      const glass = frame.querySelector(".glass");
      const width = Math.round(frame.clientWidth * devicePixelRatio);
      if (glass.width !== width) glass.width = glass.height = width;
      const pen = glass.getContext("2d");
      pen.clearRect(0, 0, width, width);
      if (at) magnify(pen, frame.querySelector(".image"), width, at);
    }
    text.textContent = at ? describe(at.x, at.y) : large ? hint + more : hint;
  }

  function move(x, y, frame) {
    if (!state.size) return;
    const inside = (v) => Math.min(state.size - 1, Math.max(0, v));
    at = { x: inside(x), y: inside(y), frame };
    draw();
  }

  function away() { at = null; draw(); }

  function pointed(frame, event) {
    const box = frame.getBoundingClientRect();
    move(Math.floor(((event.clientX - box.left) / box.width) * state.size), Math.floor(((event.clientY - box.top) / box.height) * state.size), frame);
  }

  function keyed(frame, event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Escape") away();
    if (event.key === "Enter") large?.(frame);
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    const from = at || { x: state.size >> 1, y: state.size >> 1 };
    move(from.x + far * step[0], from.y + far * step[1], frame);
  }

  for (const frame of frames) {
    const image = frame.querySelector(".image");
    frame.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") pointed(frame, event); });
    frame.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") away(); });
    frame.addEventListener("click", (event) => {
      if (event.pointerType === "touch" && at?.frame !== frame) return pointed(frame, event);
      large?.(frame);
    });
    image.addEventListener("blur", away);
    image.addEventListener("keydown", (event) => keyed(frame, event));
  }
  return { draw };
}

// The lens itself, and the square that it shows, on a canvas of that width.
function magnify(pen, image, width, at) {
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

// large(frame): that picture as large as the screen, until it is clicked; null where no place is for it.
function createLarge(root) {
  const box = root.querySelector(".large");
  if (!box) return null;
  box.addEventListener("click", () => box.close());
  return (frame) => {
    const [image, sheet] = [frame.querySelector(".image"), box.querySelector("canvas")];
    sheet.width = sheet.height = image.width;
    sheet.getContext("2d").drawImage(image, 0, 0);
    const figure = frame.closest("figure");
    box.querySelector(".large-name").textContent = ["called", "name", "sure"].map((part) => figure.querySelector(`.${part}`).textContent).join("  ");
    box.showModal();
  };
}
