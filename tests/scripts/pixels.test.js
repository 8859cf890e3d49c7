// Bytes from the server, pixels on a canvas, and the PNG that is saved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import * as pixels from "../../demo/web/components/shared/pixels.js";
import { toPng } from "../../demo/web/components/shared/png.js";

test("one channel counts for three, and alpha is set", () => {
  assert.deepEqual(pixels.withAlpha(Uint8Array.of(1, 2), 1, Uint8ClampedArray, 255), Uint8ClampedArray.of(1, 1, 1, 255, 2, 2, 2, 255));
  assert.deepEqual(pixels.withAlpha(Int8Array.of(1, -1, 0), 3, Int8Array, 0), Int8Array.of(1, -1, 0, 0));
});

test("a step along the signs is clipped to the pixel range", () => {
  const out = new Uint8ClampedArray(4);
  pixels.drawSigns(out, Uint8ClampedArray.of(0, 254, 100, 255), Int8Array.of(-1, 1, 0, 0), 2);
  assert.deepEqual(out, Uint8ClampedArray.of(0, 255, 100, 255));
});

test("a change in parts of a level rounds half up", () => {
  const out = Uint8ClampedArray.of(0, 0, 0, 255);
  pixels.drawChange(out, Uint8ClampedArray.of(10, 10, 10, 255), Int16Array.of(2, 1, -2, 0), 4);
  assert.deepEqual(out, Uint8ClampedArray.of(11, 10, 10, 255));
});

test("minus is black, zero grey, plus white", () => {
  const out = Uint8ClampedArray.of(0, 0, 0, 255);
  pixels.drawPerturbation(out, Int8Array.of(-1, 0, 1, 0), 1);
  assert.deepEqual(out, Uint8ClampedArray.of(0, 128, 255, 255));
});

test("a PNG holds the pixels that were given", async () => {
  const png = new DataView(await (await toPng(Uint8ClampedArray.of(1, 2, 3, 255), 1)).arrayBuffer());
  const bytes = new Uint8Array(png.buffer);
  assert.deepEqual(bytes.slice(0, 8), Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10));
  assert.deepEqual([png.getUint32(16), png.getUint32(20)], [1, 1]); // width, height
  const length = png.getUint32(33);
  assert.deepEqual(new Uint8Array(inflateSync(bytes.slice(41, 41 + length))), Uint8Array.of(0, 1, 2, 3));
  assert.equal(png.getUint32(bytes.length - 4), 0xae426082); // of every PNG's last chunk
});
