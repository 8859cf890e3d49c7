"""`python -m demo train NAME`: a network from its data, resumable, with its card.

python -m demo train conv-adversarial --data ~/data
python -m demo train --all
"""

import argparse
import dataclasses
from pathlib import Path

import torch
from torch import nn

import demo.device
from demo.commands import report, train_photographs
from demo.data import digits
from demo.data.labelled import Labelled
from demo.experiments.adversarial_training import digit_accuracy
from demo.models import trained
from demo.training import checkpoints, loop, photograph_recipes, recipes

ELSEWHERE = Path("trained")
"""Checkpoints, and networks that do not ship."""


def run(options: argparse.Namespace) -> None:
    """Train what is asked for; print each epoch, write weights and cards."""
    if options.epochs is not None and options.epochs < 1:
        raise ValueError(f"--epochs is 1 or more, not {options.epochs}.")
    photographs = photograph_recipes.recipe(options.name or "")
    if photographs is not None:
        train_photographs.run(options, photographs, options.out or ELSEWHERE, ELSEWHERE)
        return
    device = demo.device.choose(options.device)
    chosen = (
        [recipe for recipe in recipes.RECIPES if recipe.ships]
        if options.all
        else [recipes.recipe(options.name)]
    )
    folder = options.out or ELSEWHERE
    test = digits.mnist(options.data, train=False, download=options.download)
    if options.measure:
        for recipe in chosen:
            measured_again(recipe, options.seed, test, device, folder)
        return
    whole = digits.mnist(options.data, train=True, download=options.download)
    for recipe in chosen:
        settings = recipe.settings
        if options.epochs is not None:
            settings = dataclasses.replace(settings, epochs=options.epochs)
        one(
            dataclasses.replace(recipe, settings=settings), options.seed, whole, test, device,
            folder, options.restart,
        )  # fmt: skip


def one(
    recipe: recipes.Recipe,
    seed: int,
    whole: Labelled,
    test: Labelled,
    device: torch.device,
    folder: Path,
    restart: bool = False,
) -> Path:
    """Train one network to its end and write it; where its weights are."""
    kept = ELSEWHERE / "checkpoints" / f"{trained.stem(recipe.name, seed)}.pt"
    if restart:
        kept.unlink(missing_ok=True)
    labelled = recipe.data(whole[digits.TRAINING]).to(device)
    held_out = recipe.data(whole[digits.VALIDATION]).to(device)
    state = checkpoints.started(recipe, seed, labelled, kept)
    print(f"{recipe.title}, seed {seed}, {demo.device.name(device)}, {len(labelled):,} digits")
    if state.history:
        print(f"  going on after epoch {len(state.history)} of {recipe.settings.epochs}")
    bar = report.bar(lambda: f"  epoch {len(state.history) + 1}")
    for epoch in checkpoints.epochs(state, labelled, held_out, kept, bar):
        print(_line(epoch, recipe.settings.epochs), flush=True)
    state.network.load_state_dict(state.best)
    network = trained.rounded(state.network).eval().requires_grad_(False)
    accuracies = tested(network, recipe.data(test).to(device))
    path = trained.save(network, _card(state, accuracies, len(recipe.data(test)), device), folder)
    print(_sentence(accuracies))
    print(f"  {path}", flush=True)
    return path


def measured_again(
    recipe: recipes.Recipe, seed: int, test: Labelled, device: torch.device, folder: Path
) -> Path:
    """Attack a trained network again and write its card; the weights stay bit for bit."""
    network = trained.load(recipe.name, seed, folder).to(device)
    accuracies = tested(network, recipe.data(test).to(device))
    card = dataclasses.replace(trained.card(recipe.name, seed, folder), test=accuracies)
    print(f"{recipe.title}, seed {seed}\n{_sentence(accuracies)}", flush=True)
    return trained.save(network, card, folder)


def _sentence(accuracies: dict[str, float]) -> str:
    return "  test: " + ", ".join(f"{k} {100 * v:.2f} %" for k, v in accuracies.items())


def tested(network: nn.Module, test: Labelled) -> dict[str, float]:
    """Accuracy on the test images by the attack's name, at the recipes' epsilon."""
    names: tuple[tuple[str, digit_accuracy.Attack], ...] = (
        ("without attack", "none"),
        (f"under FGSM at {recipes.EPSILON}", "FGSM"),
        (f"under PGD at {recipes.EPSILON} (40 steps, 10 restarts)", "PGD"),
    )
    found = {}
    for name, attack in names:
        epsilon = recipes.EPSILON if attack != "none" else 0.0
        result = digit_accuracy.run(network, test, attack, epsilon, progress=report.bar(name))
        found[name] = round(result.accuracy, 6)
    return found


def _card(
    state: checkpoints.Run, accuracies: dict[str, float], count: int, device: torch.device
) -> trained.Card:
    recipe = state.recipe
    again = "" if state.seed == trained.SEED else f" --seed {state.seed}"
    return trained.Card(
        name=recipe.name, title=recipe.title, training=recipe.training, seed=state.seed,
        command=f"python -m demo train {recipe.name}{again} --epochs {recipe.settings.epochs}",
        recipe=_words(recipe), epochs=len(state.history), kept_epoch=state.best_epoch,
        parameters=sum(p.numel() for p in state.network.parameters()),
        seconds=round(sum(epoch.seconds for epoch in state.history), 1),
        device=demo.device.name(device), torch=torch.__version__, test=accuracies,
        test_images=count, sha256="",
    )  # fmt: skip


def _words(recipe: recipes.Recipe) -> str:
    """The recipe in one line, for a person."""
    adversary = "" if recipe.adversary is None else (
        f"{recipe.adversary} with clean weight {recipe.clean_weight:g}; "
    )  # fmt: skip
    return f"{adversary}{recipe.settings}; epoch kept by {recipe.kept.replace('_', ' ')}"


def _line(epoch: loop.Epoch, epochs: int) -> str:
    return (
        f"  epoch {epoch.number:>3}/{epochs}  loss {epoch.training_loss:.4f}  validation: "
        f"without attack {100 * epoch.clean_accuracy:.2f} %, "
        f"FGSM {100 * epoch.accuracy_under_fgsm:.2f} %, "
        f"PGD ({loop.PGD_STEPS} steps) {100 * epoch.accuracy_under_pgd:.2f} %  "
        f"{epoch.seconds:.1f} s"
    )
