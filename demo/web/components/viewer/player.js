// Play: epsilon runs from 0 upward by itself. Who wants less motion is taken to the flip at once.

/** @import { State } from "./sent.d.ts" */
import { find } from "../shared/component.js";

/**
 * @param {HTMLElement} root
 * @param {State} state
 * @param {(stop: number, how?: { quiet: boolean }) => void} setStop
 * @param {() => void} onEnd
 */
export function createPlayer(root, state, setStop, onEnd) {
  const button = find(root, ".play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let player = 0;

  function label(/** @type {boolean} */ playing) {
    button.dataset.playing = playing ? "1" : "0";
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  function stop() {
    if (!player) return;
    clearInterval(player);
    player = 0;
    label(false);
    onEnd();
  }

  button.addEventListener("click", () => {
    if (player) return stop();
    if (!state.data) return;
    const last = state.data.levels.length - 1;
    if (still.matches) return setStop(state.answers?.flip ?? last);
    setStop(0, { quiet: true });
    label(true);
    player = window.setInterval(() => {
      if (state.stop >= last) return stop();
      setStop(state.stop + 1, { quiet: true });
    }, last >= 20 ? 110 : 600);
  });
  return { stop };
}
