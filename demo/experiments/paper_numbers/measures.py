"""One walk for each claim: a bench -> its numbers. Errors and confidences are 0 to 1."""

import torch
from torch import nn

from demo.data import digits
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers import rounding, straight_lines, transfer
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk, part, under
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


def error_and_confidence(
    bench: Bench, name: str, classes: int | None = None, undefended: str = ""
) -> Walk[Measured]:
    """FGSM error, and the mean confidence on the wrong answers; without attack in the parts.

    undefended: a network whose error under FGSM goes into the parts too.
    """
    of = 3 if undefended else 2
    found = yield from part(under(bench, name, "FGSM", classes=classes), 0, of)
    clean = yield from part(under(bench, name, "none", classes=classes), 1, of)
    parts: dict[str, tuple[float, ...]] = {CLEAN: (clean.error,)}
    if undefended:
        other = yield from part(under(bench, undefended, "FGSM"), 2, of)
        parts[UNDEFENDED] = (other.error,)
    return Measured((found.error, found.confidence), found.count, parts)


def clean_and_fgsm(bench: Bench, name: str) -> Walk[Measured]:
    """Error without attack, and under FGSM."""
    clean = yield from part(under(bench, name, "none"), 0, 2)
    attacked = yield from part(under(bench, name, "FGSM"), 1, 2)
    return Measured((clean.error, attacked.error), clean.count)


def clean_error(bench: Bench, name: str) -> Walk[Measured]:
    """Error without attack."""
    found = yield from under(bench, name, "none")
    return Measured((found.error,), found.count)


def mean_clean_errors(bench: Bench) -> Walk[Measured]:
    """Clean error without and with adversarial training: means over the seeds at hand."""
    seeds = {name: bench.seeds_of(name, THREE_SEEDS) for name in (STANDARD, ADVERSARIAL)}
    runs = [(name, seed) for name, found in seeds.items() for seed in found]
    errors: dict[str, list[float]] = {STANDARD: [], ADVERSARIAL: []}
    for i, (name, seed) in enumerate(runs):
        found = yield from part(under(bench, name, "none", seed=seed), i, len(runs))
        errors[name].append(found.error)
    means = [sum(each) / len(each) if each else float("nan") for each in errors.values()]
    parts = {name: tuple(each) for name, each in errors.items()}
    return Measured(tuple(means), len(bench.test), parts)


def transferred(bench: Bench) -> Walk[Measured]:
    """Error of each of two networks on the other's examples: P7, then P8."""
    names = (STANDARD, ADVERSARIAL)
    standard, adversarial = (bench.network(name, trained.SEED) for name in names)
    there = yield from part(transfer.run(standard, adversarial, bench.test, bench), 0, 4)
    back = yield from part(transfer.run(adversarial, standard, bench.test, bench), 1, 4)
    clean = []
    for i, name in enumerate(names):
        found = yield from part(under(bench, name, "none"), 2 + i, 4)
        clean.append(found.error)
    return Measured((there.error, back.error), there.count, {CLEAN: tuple(clean)})


def ensemble(bench: Bench) -> Walk[Measured]:
    """Twelve maxout networks: their error under an attack on all, and on the first alone."""
    members = [bench.network(MEMBER, seed) for seed in MEMBERS]
    whole = transfer.ensemble(members)
    both = yield from part(transfer.run(whole, whole, bench.test, bench), 0, 3)
    one = yield from part(transfer.run(members[0], whole, bench.test, bench), 1, 3)
    clean = yield from part(benches.count(whole, bench.test, "none", bench), 2, 3)
    return Measured((both.error, one.error), both.count, {CLEAN: (clean.error,)})


def training_errors(bench: Bench) -> Walk[Measured]:
    """Errors on the training digits, dropout off: with L1 decay, from trained weights, without."""
    names = (PENALISED, LATE, UNPENALISED)
    found = yield from _on_training_digits(bench, names, 1)
    return Measured(found, _seen(bench))


def smaller_penalties(bench: Bench) -> Walk[Measured]:
    """Test errors without L1 decay and with smaller coefficients; training errors in the parts."""
    names = (UNPENALISED, *SMALLER)
    seen = yield from _on_training_digits(bench, names, 2)
    errors = []
    for i, name in enumerate(names):
        found = yield from part(under(bench, name, "none"), len(names) + i, 2 * len(names))
        errors.append(found.error)
    return Measured(tuple(errors), len(bench.test), {TRAINING: seen})


TRAINING = "error on the training digits"


def _seen(bench: Bench) -> int:
    return 0 if bench.training is None else len(bench.training)


def _on_training_digits(bench: Bench, names: tuple[str, ...], of: int) -> Walk[tuple[float, ...]]:
    """Each network's error there; these are the first 1 / `of` of the work."""
    if bench.training is None:
        raise digits.Missing("This row needs MNIST's training digits, which are not here.")
    errors = []
    for i, name in enumerate(names):
        network = bench.network(name, trained.SEED)
        walk = benches.count(network, bench.training, "none", bench)
        found = yield from part(walk, i, of * len(names))
        errors.append(found.error)
    return tuple(errors)


def straightness(bench: Bench) -> Walk[Measured]:
    """Median R squared of the three-piece lines, and the width of one wrong answer.

    Of the trained network, then of the same one untrained.
    """
    every = max(1, len(bench.test) // straight_lines.DIGITS)
    few = bench.test[slice(0, every * straight_lines.DIGITS, every)]
    values: list[float] = []
    tails: dict[str, tuple[float, ...]] = {}
    both = {"trained": bench.network(STANDARD, trained.SEED), "untrained": untrained(bench)}
    for i, (word, network) in enumerate(both.items()):
        lines = yield from part(straight_lines.run(network, few), i, 3)
        good, wide = torch.tensor(lines.r_squared), torch.tensor(lines.held)
        values += [float(good.quantile(0.5)), float(wide.quantile(0.5))]
        ends = (float(good.quantile(0.05)), float(good.quantile(0.95)))
        tails[f"R² {word}, 5 % and 95 % of the digits"] = ends
    clean = yield from part(under(bench, STANDARD, "none"), 2, 3)
    return Measured(tuple(values), len(few), {**tails, CLEAN: (clean.error,)})


def untrained(bench: Bench) -> nn.Module:
    """The standard maxout network as its training begins: the control."""
    network = recipes.recipe(STANDARD).network(trained.SEED, bench.test)
    return network.to(bench.test.images.device).eval().requires_grad_(False)


def three_accuracies(bench: Bench, name: str) -> Walk[Measured]:
    """Accuracy without attack, under FGSM, under PGD."""
    clean = yield from part(under(bench, name, "none"), 0, 3)
    fgsm = yield from part(under(bench, name, "FGSM"), 1, 3)
    pgd = yield from part(under(bench, name, "PGD"), 2, 3)
    return Measured((clean.accuracy, fgsm.accuracy, pgd.accuracy), clean.count)


def hidden_by_rounding(bench: Bench, name: str) -> Walk[Measured]:
    """Accuracy under FGSM with the gradient through the probabilities, and with FGSM's own."""
    network = bench.network(name, trained.SEED)
    rounded = yield from part(rounding.run(network, bench.test, bench), 0, 2)
    found = yield from part(under(bench, name, "FGSM"), 1, 2)
    return Measured((rounded, found.accuracy), found.count)
