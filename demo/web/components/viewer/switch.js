// The switch: the same picture and epsilon on the standard network or on the robust one.

// onSwitch(training): somebody asked for the other of the two.
function createSwitch(root, onSwitch) {
  const box = root.querySelector(".switch");
  const buttons = [...box.querySelectorAll("[data-training]")];

  const means = root.querySelector(".robust-means");

  // against: what the robust one of the pair was trained against, in words, or null where there is
  // no pair.  training: "standard" or "adversarial", this one's.
  function show({ against, training }) {
    box.hidden = !against;
    means.textContent = against ? `Robust: the same class for x and for every x̃ within ε. This model was trained against ${against}; that is no proof.` : "";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.training === training));
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return;
      const { training } = button.dataset;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      onSwitch(training);
    });
  }
  return { show };
}
