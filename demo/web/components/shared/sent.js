// What the server has packed, in its message or at an address; and files that a browser keeps.

/** @param {string} packed gzipped bytes in base64, or the address of such */
async function opened(packed) {
  const file = packed.startsWith("/") ? await kept(packed) : new Blob([Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))]);
  return new Response(file.stream().pipeThrough(new DecompressionStream("gzip")));
}

/** @param {string} packed */
export const unpacked = async (packed) => new Uint8Array(await (await opened(packed)).arrayBuffer());

/** @param {string} packed */
export const unpackedText = async (packed) => (await opened(packed)).text();

/**
 * A file whose address holds its hash: what the browser has is right, however old it is.
 * While the server is away, it is asked again each second.
 * @param {string} path below the app's address
 * @returns {Promise<Blob>}
 */
export async function kept(path) {
  const streamlit = /** @type {HTMLScriptElement} */ (document.querySelector('script[src*="/static/js/"]')).src;
  const address = new URL(`../..${path}`, streamlit).href;
  for (let cache = /** @type {RequestCache} */ ("force-cache"); ; cache = "reload") { // a refusal is kept, too
    try {
      const answer = await fetch(address, { cache });
      if (answer.ok) return await answer.blob();
    } catch { /* the server is away */ }
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
}
