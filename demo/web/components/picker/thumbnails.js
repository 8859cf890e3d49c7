// The gallery in the sidebar. Its pictures come once, by a feed that the strip of a phone shares.

/** @import { Tell } from "../shared/component.js" */
import { component, find } from "../shared/component.js";
import { closeDrawer } from "../shared/drawer.js";
import { createGallery } from "../shared/gallery.js";
import { shrinkUploads } from "../shared/own_file.js";

/** @param {HTMLElement} root */
function createThumbnails(root) {
  shrinkUploads();
  let tell = /** @type {Tell | null} */ (null);
  const gallery = createGallery(find(root, ".grid"), "photograph", (name) => { tell?.("picked", name); closeDrawer(); });
  function fill() {
    const strip = window.fgsmFeeds?.strip;
    if (strip?.id === "photographs") gallery.fill(strip.items);
  }
  window.addEventListener("fgsm-feed", fill);
  return {
    show: (/** @type {{ selected: string }} */ data, /** @type {Tell} */ told) => { tell = told; fill(); gallery.choose(data.selected); },
    stop: () => window.removeEventListener("fgsm-feed", fill),
  };
}

export default component(".thumbs", createThumbnails);
