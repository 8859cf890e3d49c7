// The three pictures, their answers and the epsilon between them, as a PNG for a slide.

/** @import { Answer, Opening } from "./sent.d.ts" */
import { element, pen as penOf } from "../shared/component.js";
import { amount, percent, short } from "../shared/numbers.js";

/**
 * @param {Record<string, HTMLCanvasElement>} canvas the three
 * @param {Opening} data what the viewer shows
 * @param {number} stop of epsilon
 * @param {Answer | null} now the answer there
 * @returns {Promise<Blob>}
 */
export function slide(canvas, data, stop, now) {
  const sheet = element("canvas", { width: 1920, height: 760 });
  const pen = penOf(sheet);
  pen.fillStyle = "#fff"; pen.fillRect(0, 0, 1920, 760);
  pen.textAlign = "center"; pen.fillStyle = "#1B2530";
  const family = getComputedStyle(canvas.clean).fontFamily;
  pen.imageSmoothingEnabled = data.kind === "photographs";
  /** @type {[string, Answer | null][]} */
  const words = [["clean", data.cleanAnswer], ["perturbation", data.perturbationAnswer], ["adversarial", now]];
  words.forEach(([which, answer], i) => {
    const left = 40 + i * 660;
    pen.drawImage(canvas[which], left, 40, 520, 520);
    pen.font = `600 34px ${family}`;
    pen.fillText(answer ? data.names[answer[0]] : "", left + 260, 615, 520);
    pen.font = `30px ${family}`;
    pen.fillText(answer ? `${percent(answer[1])} confidence` : "", left + 260, 660, 520);
  });
  pen.font = `40px ${family}`;
  pen.fillText(`+ ${short(data.levels[stop] / 255)} ×`, 630, 315, 130);
  pen.fillText("=", 1290, 315);
  pen.font = `22px ${family}`;
  const method = data.method === "ten" ? "ten steps (BIM)" : "one step (FGSM)";
  pen.fillText(`${data.network}, ${method}, epsilon = ${amount(data.levels[stop], data.kind)}`, 960, 725);
  return new Promise((resolve) => sheet.toBlob((blob) => resolve(/** @type {Blob} */ (blob)), "image/png"));
}
