"""One walk for each claim: a bench -> its numbers. Errors and confidences are 0 to 1."""

import torch

from demo.data import digits
from demo.experiments.paper_numbers import bench as benches
from demo.experiments.paper_numbers import rounding, straight_lines, transfer
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk, part, under
from demo.models import trained

STANDARD, ADVERSARIAL = "maxout", "maxout-adversarial"
WIDE, PENALISED, MEMBER = "maxout-1600-adversarial", "maxout-l1", "maxout-member"
THREE_SEEDS = (1, 2, 3)
MEMBERS = tuple(range(1, 13))
REVERSE = "the other way round"
ATTACKS = ("without attack", "under FGSM", "under PGD")


def error_and_confidence(bench: Bench, name: str, classes: int | None = None) -> Walk[Measured]:
    """FGSM error, and the mean confidence on the wrong answers."""
    found = yield from under(bench, name, "FGSM", classes=classes)
    return Measured((found.error, found.confidence), found.count)


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


def transferred(bench: Bench, source: str, tested: str) -> Walk[Measured]:
    """Error of `tested` on `source`'s examples; the other way round in the parts."""
    there, back = bench.network(source, trained.SEED), bench.network(tested, trained.SEED)
    found = yield from part(transfer.run(there, back, bench.test, bench), 0, 2)
    reverse = yield from part(transfer.run(back, there, bench.test, bench), 1, 2)
    return Measured((found.error,), found.count, {REVERSE: (reverse.error,)})


def ensemble(bench: Bench) -> Walk[Measured]:
    """Twelve maxout networks: their error under an attack on all, and on the first alone."""
    members = [bench.network(MEMBER, seed) for seed in MEMBERS]
    whole = transfer.ensemble(members)
    both = yield from part(transfer.run(whole, whole, bench.test, bench), 0, 2)
    one = yield from part(transfer.run(members[0], whole, bench.test, bench), 1, 2)
    return Measured((both.error, one.error), both.count)


def training_error(bench: Bench) -> Walk[Measured]:
    """The error of the network with L1 decay on the images it was trained on, dropout off."""
    if bench.training is None:
        raise digits.Missing("P13 is measured on MNIST's training digits, which are not here.")
    network = bench.network(PENALISED, trained.SEED)
    found = yield from benches.count(network, bench.training, "none", bench)
    return Measured((found.error,), found.count)


def straightness(bench: Bench) -> Walk[Measured]:
    """Median R squared of the three-piece lines; median width over which one wrong answer holds."""
    every = max(1, len(bench.test) // straight_lines.DIGITS)
    few = bench.test[slice(0, every * straight_lines.DIGITS, every)]
    lines = yield from straight_lines.run(bench.network(STANDARD, trained.SEED), few)
    good, wide = torch.tensor(lines.r_squared), torch.tensor(lines.held)
    tails = (float(good.quantile(0.05)), float(good.quantile(0.95)))
    medians = (float(good.quantile(0.5)), float(wide.quantile(0.5)))
    return Measured(medians, len(few), {"R², 5 % and 95 % of the digits": tails})


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
