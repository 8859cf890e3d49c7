// Play: epsilon runs from 0 upward by itself. Who wants less motion is taken to the flip at once.

function createPlayer(root, state, setStop, onEnd) {
  const button = root.querySelector(".play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let player = null;

  function label(playing) {
    button.dataset.playing = playing ? "1" : "0";
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  function stop() {
    if (!player) return;
    clearInterval(player);
    player = null;
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
    player = setInterval(() => {
      if (state.stop >= last) return stop();
      setStop(state.stop + 1, { quiet: true });
    }, last >= 20 ? 110 : 600);
  });
  return { stop };
}
