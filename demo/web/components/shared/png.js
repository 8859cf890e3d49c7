// Pixels -> a PNG, written here rather than by the canvas: some browsers blur what a canvas gives back.

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** @param {string} name @param {Uint8Array} body */
function chunk(name, body) {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) out[4 + i] = name.charCodeAt(i);
  out.set(body, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < out.length - 4; i++) crc = (crc >>> 8) ^ CRC[(crc ^ out[i]) & 255];
  view.setUint32(out.length - 4, ~crc >>> 0);
  return out;
}

/** @param {Uint8ClampedArray} rgba @param {number} size pixels of a side */
export async function toPng(rgba, size) {
  const rows = new Uint8Array(size * (1 + 3 * size));
  for (let y = 0, i = 0, j = 0; y < size; y++) {
    rows[i++] = 0;
    for (let x = 0; x < size; x++, j += 4) { rows[i++] = rgba[j]; rows[i++] = rgba[j + 1]; rows[i++] = rgba[j + 2]; }
  }
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, size); view.setUint32(4, size);
  header.set([8, 2, 0, 0, 0], 8);
  const body = new Uint8Array(await new Response(packed).arrayBuffer());
  const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
  return new Blob([signature, chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", new Uint8Array())], { type: "image/png" });
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
