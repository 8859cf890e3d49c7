"""One walk for each claim: a bench -> its numbers. Errors and confidences are 0 to 1."""

import torch
from torch import nn

from demo.data import digits
from demo.experiments.adversarial_training.digit_accuracy import Attack, UnderAttack
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers import rounding, straight_lines, transfer
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk, together, under
from demo.experiments.paper_numbers.verdicts import CLEAN
from demo.models import trained
from demo.training import recipes

STANDARD, ADVERSARIAL = "maxout", "maxout-adversarial"
WIDE, MEMBER = "maxout-1600-adversarial", "maxout-member"
PENALISED, LATE, UNPENALISED = "maxout-l1", "maxout-l1-late", "maxout-l1-none"
SMALLER = ("maxout-l1-tenth", "maxout-l1-hundredth")
THREE_SEEDS = (1, 2, 3)
MEMBERS = tuple(range(1, 13))
UNDEFENDED = "error under FGSM of the standard network"
ATTACKS = ("without attack", "under FGSM", "under PGD")


def clean(
    bench: Bench, names: tuple[str, ...], classes: int | None = None
) -> list[Walk[UnderAttack]]:
    """Each network without attack."""
    return [under(bench, name, "none", classes=classes) for name in names]


def errors(found: list[UnderAttack]) -> tuple[float, ...]:
    """Of each."""
    return tuple(each.error for each in found)


def error_and_confidence(
    bench: Bench, name: str, classes: int | None = None, undefended: str = ""
) -> Walk[Measured]:
    """FGSM error, and the mean confidence on the wrong answers; without attack in the parts.

    undefended: a network whose error under FGSM goes into the parts too.
    """
    found, plain, *others = yield from together(
        under(bench, name, "FGSM", classes=classes), *clean(bench, (name,), classes),
        *([under(bench, undefended, "FGSM")] if undefended else []),
    )  # fmt: skip
    parts = {CLEAN: errors([plain])} | ({UNDEFENDED: errors(others)} if others else {})
    return Measured((found.error, found.confidence), found.count, parts)


def clean_and_fgsm(bench: Bench, name: str) -> Walk[Measured]:
    """Error without attack, and under FGSM."""
    found = yield from together(*clean(bench, (name,)), under(bench, name, "FGSM"))
    return Measured(errors(found), found[0].count)


def clean_error(bench: Bench, name: str) -> Walk[Measured]:
    """Error without attack."""
    found = yield from under(bench, name, "none")
    return Measured((found.error,), found.count)


def mean_clean_errors(bench: Bench) -> Walk[Measured]:
    """Clean error without and with adversarial training: means over the seeds at hand."""
    parts: dict[str, tuple[float, ...]] = {}
    seeds = {name: bench.seeds_of(name, THREE_SEEDS) for name in (STANDARD, ADVERSARIAL)}
    runs = [(name, seed) for name, found in seeds.items() for seed in found]
    found = yield from together(*(under(bench, name, "none", seed=seed) for name, seed in runs))
    for name in seeds:
        parts[name] = errors([f for f, run in zip(found, runs, strict=True) if run[0] == name])
    means = [sum(each) / len(each) if each else float("nan") for each in parts.values()]
    return Measured(tuple(means), len(bench.test), parts)


def transferred(bench: Bench) -> Walk[Measured]:
    """Error of each of two networks on the other's examples: P7, then P8."""
    names = (STANDARD, ADVERSARIAL)
    standard, adversarial = (bench.network(name, trained.SEED) for name in names)
    there, back, *plain = yield from together(
        transfer.run(standard, adversarial, bench.test, bench),
        transfer.run(adversarial, standard, bench.test, bench), *clean(bench, names),
    )  # fmt: skip
    return Measured(errors([there, back]), there.count, {CLEAN: errors(plain)})


def ensemble(bench: Bench) -> Walk[Measured]:
    """Twelve maxout networks: their error under an attack on all, and on the first alone."""
    members = [bench.network(MEMBER, seed) for seed in MEMBERS]
    whole = transfer.ensemble(members)
    *both, plain = yield from together(
        transfer.run(whole, whole, bench.test, bench),
        transfer.run(members[0], whole, bench.test, bench),
        benches.count(whole, bench.test, "none", bench),
    )
    return Measured(errors(both), plain.count, {CLEAN: (plain.error,)})


def training_errors(bench: Bench) -> Walk[Measured]:
    """Errors on the training digits, dropout off: with L1 decay, from trained weights, without."""
    found = yield from together(*_on_training_digits(bench, (PENALISED, LATE, UNPENALISED)))
    return Measured(errors(found), found[0].count)


def smaller_penalties(bench: Bench) -> Walk[Measured]:
    """Test errors without L1 decay and with smaller coefficients; training errors in the parts."""
    names = (UNPENALISED, *SMALLER)
    found = yield from together(*_on_training_digits(bench, names), *clean(bench, names))
    seen, tested = errors(found[: len(names)]), errors(found[len(names) :])
    return Measured(tested, len(bench.test), {TRAINING: seen})


TRAINING = "error on the training digits"


def _on_training_digits(bench: Bench, names: tuple[str, ...]) -> list[Walk[UnderAttack]]:
    if bench.training is None:
        raise digits.Missing("This row needs MNIST's training digits, which are not here.")
    networks = [bench.network(name, trained.SEED) for name in names]
    return [benches.count(network, bench.training, "none", bench) for network in networks]


def straightness(bench: Bench) -> Walk[Measured]:
    """Median R squared of the three-piece lines, and the width of one wrong answer.

    Of the trained network, then of the same one untrained.
    """
    every = max(1, len(bench.test) // straight_lines.DIGITS)
    few = bench.test[slice(0, every * straight_lines.DIGITS, every)]
    values: list[float] = []
    parts: dict[str, tuple[float, ...]] = {}
    both = bench.network(STANDARD, trained.SEED), untrained(bench)
    walks = [straight_lines.run(network, few) for network in both]
    *found, plain = yield from together(*walks, *clean(bench, (STANDARD,)))
    for word, lines in zip(("trained", "untrained"), found, strict=True):
        good, wide = torch.tensor(lines.r_squared), torch.tensor(lines.held)
        values += [float(good.quantile(0.5)), float(wide.quantile(0.5))]
        ends = (float(good.quantile(0.05)), float(good.quantile(0.95)))
        parts[f"R² {word}, 5 % and 95 % of the digits"] = ends
    return Measured(tuple(values), len(few), parts | {CLEAN: (plain.error,)})


def untrained(bench: Bench) -> nn.Module:
    """The standard maxout network as its training begins: the control."""
    network = recipes.recipe(STANDARD).network(trained.SEED, bench.test)
    return network.to(bench.test.images.device).eval().requires_grad_(False)


def three_accuracies(bench: Bench, name: str) -> Walk[Measured]:
    """Accuracy without attack, under FGSM, under PGD."""
    attacks: tuple[Attack, ...] = ("none", "FGSM", "PGD")
    found = yield from together(*(under(bench, name, attack) for attack in attacks))
    return Measured(tuple(each.accuracy for each in found), found[0].count)


def hidden_by_rounding(bench: Bench, name: str) -> Walk[Measured]:
    """Accuracy under FGSM with the gradient through the probabilities, and with FGSM's own."""
    network = bench.network(name, trained.SEED)
    rounded, found = yield from together(
        rounding.run(network, bench.test, bench), under(bench, name, "FGSM")
    )
    return Measured((rounded, found.accuracy), found.count)
