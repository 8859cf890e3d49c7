// Bytes from the server -> pixels on a canvas. All arithmetic is in whole 8-bit levels, as on the server.

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// (H, W, 3) -> (H, W, 4), so that one loop runs over a canvas' own layout.
function withAlpha(rgb, Kind, alpha) {
  const out = new Kind((rgb.length / 3) * 4).fill(alpha);
  for (let i = 0, j = 0; i < rgb.length; i += 3, j += 4) {
    out[j] = rgb[i]; out[j + 1] = rgb[i + 1]; out[j + 2] = rgb[i + 2];
  }
  return out;
}

// clip(x + n * sign): the clamped array clips, and alpha stays because its sign is 0.
function drawSigns(out, clean, signs, level) {
  for (let j = 0; j < out.length; j++) out[j] = clean[j] + level * signs[j];
}

// Ten steps: the change comes in 1/16 of a level; a half rounds up, as on the server.
function drawChange(out, clean, change) {
  for (let i = 0, j = 0; i < change.length; i += 3, j += 4) {
    for (let k = 0; k < 3; k++) out[j + k] = (16 * clean[j + k] + change[i + k] + 8) >> 4;
  }
}

// sign -1, 0, +1 -> black, grey, white in each channel; or a change over its largest possible value.
function drawPerturbation(out, values, stride, scale) {
  for (let i = 0, j = 0; j < out.length; i += stride, j += 4) {
    for (let k = 0; k < 3; k++) out[j + k] = 127.5 + 127.5 * values[i + k] * scale;
  }
}
