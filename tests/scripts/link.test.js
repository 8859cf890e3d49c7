// The link, and what is said where a browser does not let it be copied.

import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, shareable } from "../../demo/web/components/shared/link.js";

const LINK = "http://host/?picture=lemur";

/**
 * What is said, and the field, in a browser with that clipboard.
 * @param {object | undefined} clipboard
 * @param {boolean} commanded whether the old way to copy works
 */
async function copying(clipboard, commanded, own = false) {
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
  Object.assign(globalThis, { document: { execCommand: () => commanded } });
  const field = { value: "", hidden: true, selected: false, focus() {}, select() { this.selected = true; } };
  return { said: await copied(/** @type {any} */ (field), LINK, own), field };
}

const refuses = { writeText: () => Promise.reject(new Error("NotAllowedError")) };

test("where nothing may write into the clipboard the link is selected and the truth is said", async () => {
  for (const clipboard of [undefined, refuses]) { // plain http; a frame of another site
    const { said, field } = await copying(clipboard, false);
    assert.equal(said, "Copy the link below: it is selected.");
    assert.ok(field.value === LINK && !field.hidden && field.selected);
  }
});

test("a link that is in the clipboard is said to be there", async () => {
  for (const [clipboard, commanded] of /** @type {[object, boolean][]} */ ([[refuses, true], [{ writeText: async () => {} }, false]])) {
    assert.equal((await copying(clipboard, commanded)).said, "The link is in the clipboard.");
  }
});

test("with an own picture it is said that the link does not hold it", async () => {
  assert.match((await copying(refuses, true, true)).said, /does not hold your own picture.*Adversarial PNG/);
});

test("a link copied in a frame opens the whole page", () => {
  assert.equal(shareable(`${LINK}&embed=true&embed_options=dark_theme`), LINK);
});
