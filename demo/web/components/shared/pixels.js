// Bytes -> pixels on a canvas. All arithmetic is in whole 8-bit levels, as on the server.

/** @typedef {Uint8Array | Uint8ClampedArray | Int8Array | Int16Array | Float32Array} Values */

/**
 * (H, W, C) -> (H, W, 4), so that one loop runs over a canvas' own layout; one channel counts for three.
 * @template {Values} Kind
 * @param {Values} values
 * @param {number} channels
 * @param {{ new (length: number): Kind }} Kind
 * @param {number} alpha
 */
export function withAlpha(values, channels, Kind, alpha) {
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  const out = new Kind((values.length / channels) * 4);
  out.fill(alpha);
  for (let i = 0, j = 0; i < values.length; i += channels, j += 4) {
    out[j] = values[i]; out[j + 1] = values[i + green]; out[j + 2] = values[i + blue];
  }
  return out;
}

/**
 * clip(x + n * sign): the clamped array clips, and alpha stays because its sign is 0.
 * @param {Uint8ClampedArray} out
 * @param {Uint8ClampedArray} clean
 * @param {Int8Array} signs
 * @param {number} level
 */
export function drawSigns(out, clean, signs, level) {
  for (let j = 0; j < out.length; j++) out[j] = clean[j] + level * signs[j];
}

/**
 * Ten steps: the change comes in parts of a level; a half rounds up, as on the server.
 * @param {Uint8ClampedArray} out
 * @param {Uint8ClampedArray} clean
 * @param {Int16Array} change
 * @param {number} fraction parts in a level
 */
export function drawChange(out, clean, change, fraction) {
  for (let j = 0; j < out.length; j += 4) {
    for (let k = j; k < j + 3; k++) out[k] = Math.floor((fraction * clean[k] + change[k] + fraction / 2) / fraction);
  }
}

/**
 * sign -1, 0, +1 -> black, grey, white in each channel; or a change over its largest possible value.
 * @param {Uint8ClampedArray} out
 * @param {Values} values
 * @param {number} scale
 */
export function drawPerturbation(out, values, scale) {
  for (let j = 0; j < out.length; j += 4) {
    for (let k = j; k < j + 3; k++) out[k] = 127.5 + 127.5 * values[k] * scale;
  }
}
