// The link to this view: kept in the address, and handed over as this browser allows on this page.

/** null: not in the link. @param {Record<string, string | null>} words */
export function remember(words) {
  const url = new URL(location.href);
  for (const [key, value] of Object.entries(words)) {
    if (value === null) url.searchParams.delete(key);
    else url.searchParams.set(key, value);
  }
  history.replaceState(history.state, "", url);
}

/**
 * Without what only says how a page of lectures shows the app in a frame.
 * @param {string} address
 */
export function shareable(address) {
  const url = new URL(address);
  for (const key of ["embed", "embed_options"]) url.searchParams.delete(key);
  return url.href;
}

/**
 * Over plain http, and in a frame of another site, a page may not write into the clipboard: there
 * the field is shown with the link selected.
 * @param {HTMLInputElement} field
 * @param {string} link
 * @param {boolean} own the picture is the visitor's, and not in a link
 */
export async function copied(field, link, own) {
  field.value = link;
  field.hidden = false;
  field.focus();
  field.select();
  const where = await inClipboard(link) ? "The link is in the clipboard." : "Copy the link below: it is selected.";
  return own ? `${where} It does not hold your own picture, which stays with you; “Adversarial PNG” saves what you see.` : where;
}

/** @param {string} text */
async function inClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // there is none, or it may not be used
    return document.execCommand("copy");
  }
}
