// What the server has packed, and files that a browser keeps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { kept, unpacked, unpackedText } from "../../demo/web/components/shared/sent.js";

/** A server below /demo/ that gives these answers in turn; what it was asked. */
function served(/** @type {(Response | Error)[]} */ answers) {
  /** @type {[string, RequestCache | undefined][]} */
  const asked = [];
  Object.assign(globalThis, {
    document: { querySelector: () => ({ src: "http://there/demo/static/js/index.js" }) },
    setTimeout: (/** @type {() => void} */ go) => go(),
    fetch: async (/** @type {string} */ address, /** @type {RequestInit} */ how) => {
      asked.push([address, how.cache]);
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer;
    },
  });
  return asked;
}

test("what comes in the message is unpacked", async () => {
  const bytes = Uint8Array.of(0, 7, 255);
  assert.deepEqual(await unpacked(gzipSync(bytes).toString("base64")), bytes);
  assert.equal(await unpackedText(gzipSync("ε").toString("base64")), "ε");
});

test("what comes by its address is fetched, out of the browser's cache if it is there", async () => {
  const asked = served([new Response(Uint8Array.from(gzipSync("ε")))]);
  assert.equal(await unpackedText("/media/1f.gz"), "ε");
  assert.deepEqual(asked, [["http://there/demo/media/1f.gz", "force-cache"]]);
});

test("while the server is away or does not know it, it is asked again, past the cache", async () => {
  const asked = served([new Error("away"), new Response("", { status: 404 }), new Response("x")]);
  assert.equal(await (await kept("/media/1f.gz")).text(), "x");
  assert.deepEqual(asked.map(([, cache]) => cache), ["force-cache", "reload", "reload"]);
});
