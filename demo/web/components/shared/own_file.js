// A picture file of the visitor's, made ready to be sent: as it is, or smaller where it is too large.

import { element, pen } from "./component.js";

const LARGEST = 10 * 2 ** 20; // bytes that the server takes
const LONGEST = 4096; // pixels of a side, of a picture that had to be made smaller

/**
 * -> { name, data: its bytes in base64 }; throws an Error with a sentence for the page.
 * @param {File} file
 */
export async function sendable(file) {
  const whole = file.size <= LARGEST ? file : await smaller(file);
  return { name: file.name, data: await inBase64(whole) };
}

/** @param {File} file @returns {Promise<Blob>} */
async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(`“${file.name}” has ${(file.size / 2 ** 20).toFixed(1)} MB; at most 10 MB are taken, and this browser cannot open it to make it smaller. Save it as a smaller JPEG and choose that.`);
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const sheet = element("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  pen(sheet).drawImage(picture, 0, 0, sheet.width, sheet.height);
  picture.close();
  return new Promise((resolve) => sheet.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/jpeg", 0.92));
}

/** @param {Blob} blob @returns {Promise<string>} */
function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1]);
    reader.onerror = () => reject(new Error("The file could not be read: it may have been moved. Choose it again."));
    reader.readAsDataURL(blob);
  });
}

// Streamlit's uploader refuses what is too large: it is handed the same picture, made smaller. What
// this browser cannot open gets its sentence below the uploader, until another file is chosen.
export function shrinkUploads() {
  if (window.fgsmShrinks) return;
  window.fgsmShrinks = true;
  const tried = new WeakSet();

  async function instead(/** @type {Event} */ event, /** @type {FileList | null | undefined} */ given) {
    const place = /** @type {Element | null} */ (event.target)?.closest?.('[data-testid="stFileUploader"]');
    const input = /** @type {HTMLInputElement | null | undefined} */ (place?.querySelector("input[type=file]"));
    const file = given?.[0];
    if (file) place?.querySelector(".fgsm-refused")?.remove();
    if (!place || !input || !file || file.size <= LARGEST || tried.has(file)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    let blob;
    try {
      blob = await smaller(file);
    } catch (error) {
      place.append(refusal(/** @type {Error} */ (error).message));
      input.value = ""; // so that the same file can be chosen again
      return;
    }
    const handed = new File([blob], file.name, { type: blob.type });
    tried.add(handed);
    const files = new DataTransfer();
    files.items.add(handed);
    input.files = files.files;
    tried.add(input.files[0]);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("change", (event) => { instead(event, /** @type {HTMLInputElement} */ (event.target).files); }, true);
  document.addEventListener("drop", (event) => { instead(event, event.dataTransfer?.files); }, true);
}

/** @param {string} sentence */
function refusal(sentence) {
  const said = element("p", { className: "fgsm-refused", textContent: sentence });
  said.setAttribute("role", "alert");
  return said;
}
