// Downloads, and the link to this view.

/** @import { State } from "./sent.d.ts" */
import { all, find } from "../shared/component.js";
import { copied, shareable } from "../shared/link.js";
import { levels } from "../shared/numbers.js";
import { save, toPng } from "../shared/png.js";
import { answerNow } from "./answers.js";
import { slide } from "./slide.js";

/**
 * @param {HTMLElement} root
 * @param {State} state
 * @param {Record<string, HTMLCanvasElement>} canvas
 * @param {() => void} rememberEpsilon
 */
export function createExports(root, state, canvas, rememberEpsilon) {
  for (const button of all(root, "[data-export]")) {
    button.addEventListener("click", async () => {
      if (!state.data) return;
      find(root, ".exports .done").textContent = await exported(button.dataset.export);
    });
  }

  async function exported(/** @type {string | undefined} */ kind) {
    const { data } = state;
    const stem = `${data.picture}-${data.method}-${levels(data.levels[state.stop])}-of-255`;
    if (kind === "link") {
      rememberEpsilon();
      return copied(find(root, ".link", HTMLInputElement), shareable(location.href), data.own);
    }
    if (kind === "adversarial") save(await toPng(state.pixels.data, state.size), `${stem}.png`);
    if (kind === "perturbation") save(await toPng(state.noise.data, state.size), `${stem}-perturbation.png`);
    if (kind === "csv") {
      if (!state.answers) return "The curve is not there yet.";
      save(new Blob([state.answers.csv], { type: "text/csv" }), `${data.picture}-${data.method}-curve.csv`);
    }
    if (kind === "figure") save(await slide(canvas, data, state.stop, answerNow(state)), `${stem}-figure.png`);
    return "Saved.";
  }
}
