// HTML that is too large to be sent twice.

import { component } from "../shared/component.js";
import { unpackedText } from "../shared/sent.js";

/** @param {HTMLElement} root */
function createHtml(root) {
  let newest = "";
  async function show(/** @type {{ html: string }} */ { html }) {
    newest = html;
    const text = await unpackedText(html);
    if (newest === html) root.innerHTML = text;
  }
  return { show, stop: () => {} };
}

export default component(".packed-html", createHtml);
