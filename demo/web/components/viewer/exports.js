// Downloads, and the link to this view.

function createExports(root, state, canvas, rememberEpsilon) {
  for (const button of root.querySelectorAll("[data-export]")) {
    button.addEventListener("click", async () => {
      if (!state.data) return;
      root.querySelector(".exports .done").textContent = await exported(button.dataset.export);
    });
  }

  async function exported(kind) {
    const { data } = state;
    const stem = `${data.picture}-${data.method}-${levels(data.levels[state.stop])}-of-255`;
    if (kind === "link") {
      rememberEpsilon();
      return copied(root.querySelector(".link"), shareable(location.href), data.own);
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
