// A picture file of the visitor's, made ready to be sent: as it is, or smaller where it is too large.

const LARGEST = 10 * 2 ** 20; // bytes that the server takes
const LONGEST = 4096; // pixels of a side, of a picture that had to be made smaller

// -> { name, data: its bytes in base64 }; throws an Error with a sentence for the page.
async function sendable(file) {
  const whole = file.size <= LARGEST ? file : await smaller(file);
  return { name: file.name, data: await inBase64(whole) };
}

async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error(`“${file.name}” has ${(file.size / 2 ** 20).toFixed(1)} MB; at most 10 MB are taken, and this browser cannot open it to make it smaller. Save it as a smaller JPEG and choose that.`);
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(picture.width * scale);
  sheet.height = Math.round(picture.height * scale);
  sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
  picture.close();
  return new Promise((resolve) => sheet.toBlob(resolve, "image/jpeg", 0.92));
}

function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("The file could not be read: it may have been moved. Choose it again."));
    reader.readAsDataURL(blob);
  });
}

// Streamlit's uploader refuses what is too large: it is handed the same picture, made smaller. What
// this browser cannot open gets its sentence below the uploader, until another file is chosen.
function shrinkUploads() {
  if (window.fgsmShrinks) return;
  window.fgsmShrinks = true;
  const tried = new WeakSet();

  async function instead(event, input, [file]) {
    const place = input?.closest('[data-testid="stFileUploader"]');
    if (file) place?.querySelector(".fgsm-refused")?.remove();
    if (!input || !file || file.size <= LARGEST || tried.has(file)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    let blob;
    try {
      blob = await smaller(file);
    } catch (error) {
      place.append(refusal(error.message));
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

  function refusal(sentence) {
    const said = Object.assign(document.createElement("p"), { className: "fgsm-refused", textContent: sentence });
    said.setAttribute("role", "alert");
    return said;
  }

  const uploader = (event) => event.target.closest?.('[data-testid="stFileUploader"]')?.querySelector("input[type=file]");
  document.addEventListener("change", (event) => { instead(event, uploader(event), event.target.files ?? []); }, true);
  document.addEventListener("drop", (event) => { instead(event, uploader(event), event.dataTransfer?.files ?? []); }, true);
}
