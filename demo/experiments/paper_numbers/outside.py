"""Walks for what lies outside FGSM on digits: rubbish, shared mistakes, rotation."""

from demo.experiments.paper_numbers import rotation, rubbish, shared_mistakes
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk, part, under
from demo.experiments.paper_numbers.measures import ADVERSARIAL, STANDARD
from demo.experiments.paper_numbers.verdicts import CLEAN
from demo.models import trained

LINEAR, RADIAL = "softmax", "rbf"
BEFORE, AFTER = "each digit, without the step", "each digit, after the step"
OWN = "RBF and softmax on softmax's own examples, both wrong"


def rubbish_of(bench: Bench, names: tuple[str, ...]) -> Walk[Measured]:
    """For each network the share of N(0, I) above .5, and the mean confidence on those."""
    draws = rubbish.draws(len(bench.test), 0, bench.test.images.device)
    values: list[float] = []
    clean = []
    for i, name in enumerate(names):
        network = bench.network(name, trained.SEED)
        found = yield from part(rubbish.mistakes(network, draws), 2 * i, 2 * len(names))
        values += [found.share, found.confidence]
        rest = under(bench, name, "none", classes=10)
        clean.append((yield from part(rest, 2 * i + 1, 2 * len(names))).error)
    return Measured(tuple(values), len(draws), {CLEAN: tuple(clean)})


def rubbish_aimed(bench: Bench) -> Walk[Measured]:
    """The mean over ten digits of the share above .5 for that digit, after a step and before."""
    count = min(rubbish.AT_MOST, len(bench.test))
    draws = rubbish.draws(count, 0, bench.test.images.device)
    network = bench.network(STANDARD, trained.SEED)
    before, after = yield from part(rubbish.aimed(network, draws), 0, 2)
    clean = yield from part(under(bench, STANDARD, "none"), 1, 2)
    values = (sum(after) / 10, sum(before) / 10, min(after), max(after))
    return Measured(values, count, {BEFORE: before, AFTER: after, CLEAN: (clean.error,)})


def agreement(bench: Bench) -> Walk[Measured]:
    """How often softmax and RBF give maxout's wrong answer, and RBF softmax's.

    In the paper's order: softmax, RBF over all of maxout's mistakes; softmax, RBF where both are
    wrong; RBF with softmax where both are wrong.
    """
    names = (STANDARD, LINEAR, RADIAL)
    networks = [bench.network(name, trained.SEED) for name in names]
    walk = shared_mistakes.run(networks[0], networks, bench.test, bench)
    found = yield from part(walk, 0, 5)
    own = yield from part(shared_mistakes.run(networks[1], networks[1:], bench.test, bench), 1, 5)
    clean = []
    for i, name in enumerate(names):
        rest = under(bench, name, "none", classes=10)
        clean.append((yield from part(rest, 2 + i, 5)).error)
    values = tuple(
        found.agreement(first, second, both_wrong=both)
        for first, second, both in (
            (0, 1, False), (0, 2, False), (0, 1, True), (0, 2, True), (1, 2, True),
        )
    )  # fmt: skip
    parts = {OWN: (own.agreement(0, 1, both_wrong=True),), CLEAN: tuple(clean)}
    return Measured(values, len(bench.test), parts)


def rotations(bench: Bench) -> Walk[Measured]:
    """Error after 10 and 20 degrees toward the gradient, and 20 toward a random direction."""
    turns = [(degrees, True) for degrees in rotation.DEGREES] + [(rotation.DEGREES[-1], False)]
    network = bench.network(STANDARD, trained.SEED)
    errors = []
    for i, (degrees, aimed) in enumerate(turns):
        walk = rotation.run(network, bench.test, degrees, bench, aimed=aimed)
        errors.append((yield from part(walk, i, 5)))
    defended = bench.network(ADVERSARIAL, trained.SEED)
    last = rotation.run(defended, bench.test, rotation.DEGREES[-1], bench, aimed=True)
    errors.append((yield from part(last, 3, 5)))
    clean = yield from part(under(bench, STANDARD, "none"), 4, 5)
    return Measured(tuple(errors), len(bench.test), {CLEAN: (clean.error,)})
