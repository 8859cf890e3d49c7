// The switch: the same picture and epsilon on the standard network or on the robust one.

// onSwitch(training): somebody asked for the other of the two.
function createSwitch(root, onSwitch) {
  const box = root.querySelector(".switch");
  const buttons = [...box.querySelectorAll("[data-training]")];

  // pair: whether the network has a counterpart.  training: "standard" or "adversarial", this one's.
  function show({ pair, training }) {
    box.hidden = !pair;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.training === training));
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return;
      const { training } = button.dataset;
      show({ pair: true, training });
      onSwitch(training);
    });
  }
  return { show };
}
