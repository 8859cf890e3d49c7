// The switch: the same picture and epsilon on the standard network or on the robust one.

import { all, find, press } from "../shared/component.js";

/**
 * @param {HTMLElement} root
 * @param {(training: string | undefined) => void} onSwitch somebody asked for the other of the two
 */
export function createSwitch(root, onSwitch) {
  const box = find(root, ".switch");
  const buttons = all(box, "[data-training]");
  const means = find(root, ".robust-means");

  /**
   * @param {object} data
   * @param {string | null} data.against what the robust one of the pair was trained against, in
   *   words, or null where there is no pair
   * @param {string} data.training "standard" or "adversarial", this one's
   */
  function show({ against, training }) {
    box.hidden = !against;
    means.textContent = against ? `Robust: the same class for x and for every x̃ within ε. This model was trained against ${against}; that is no proof.` : "";
    press(buttons, (button) => button.dataset.training === training);
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return;
      press(buttons, (other) => other === button);
      onSwitch(button.dataset.training);
    });
  }
  return { show };
}
