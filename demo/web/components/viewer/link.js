// The link to this view, handed over in the way that this browser allows on this page.

// Without what only says how a page of lectures shows the app in a frame.
function shareable(address) {
  const url = new URL(address);
  for (const key of ["embed", "embed_options"]) url.searchParams.delete(key);
  return url.href;
}

// Over plain http, and in a frame of another site, a page may not write into the clipboard: there
// the field is shown with the link selected. own: the picture is the visitor's, and not in a link.
async function copied(field, link, own) {
  field.value = link;
  field.hidden = false;
  field.focus();
  field.select();
  const where = await inClipboard(link) ? "The link is in the clipboard." : "Copy the link below: it is selected.";
  return own ? `${where} It does not hold your own picture, which stays with you; “Adversarial PNG” saves what you see.` : where;
}

async function inClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // there is none, or it may not be used
    return document.execCommand("copy");
  }
}
