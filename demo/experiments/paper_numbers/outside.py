"""Walks for what lies outside FGSM on digits: rubbish, shared mistakes, rotation."""

from demo.experiments.paper_numbers import rotation, rubbish, shared_mistakes
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk, together
from demo.experiments.paper_numbers.measures import ADVERSARIAL, STANDARD, clean, errors
from demo.experiments.paper_numbers.verdicts import CLEAN
from demo.models import trained

LINEAR, RADIAL = "softmax", "rbf"
BEFORE, AFTER = "each digit, without the step", "each digit, after the step"
OWN = "RBF and softmax on softmax's own examples, both wrong"


def rubbish_of(bench: Bench, names: tuple[str, ...]) -> Walk[Measured]:
    """For each network the share of N(0, I) above .5, and the mean confidence on those."""
    draws = rubbish.draws(len(bench.test), 0, bench.test.images.device)
    networks = [bench.network(name, trained.SEED) for name in names]
    walks = [rubbish.mistakes(network, draws) for network in networks]
    found = yield from together(*walks, *clean(bench, names, classes=10))
    values = [n for each in found[: len(names)] for n in (each.share, each.confidence)]
    return Measured(tuple(values), len(draws), {CLEAN: errors(found[len(names) :])})


def rubbish_aimed(bench: Bench) -> Walk[Measured]:
    """The mean over ten digits of the share above .5 for that digit, after a step and before."""
    count = min(rubbish.AT_MOST, len(bench.test))
    draws = rubbish.draws(count, 0, bench.test.images.device)
    network = bench.network(STANDARD, trained.SEED)
    (before, after), plain = yield from together(
        rubbish.aimed(network, draws), *clean(bench, (STANDARD,))
    )
    values = (sum(after) / 10, sum(before) / 10, min(after), max(after))
    return Measured(values, count, {BEFORE: before, AFTER: after, CLEAN: (plain.error,)})


def agreement(bench: Bench) -> Walk[Measured]:
    """How often softmax and RBF give maxout's wrong answer, and RBF softmax's.

    In the paper's order: softmax, RBF over all of maxout's mistakes; softmax, RBF where both are
    wrong; RBF with softmax where both are wrong.
    """
    names = (STANDARD, LINEAR, RADIAL)
    networks = [bench.network(name, trained.SEED) for name in names]
    found, own, *plain = yield from together(
        shared_mistakes.run(networks[0], networks, bench.test, bench),
        shared_mistakes.run(networks[1], networks[1:], bench.test, bench),
        *clean(bench, names, classes=10),
    )
    values = tuple(
        found.agreement(first, second, both_wrong=both)
        for first, second, both in (
            (0, 1, False), (0, 2, False), (0, 1, True), (0, 2, True), (1, 2, True),
        )
    )  # fmt: skip
    parts = {OWN: (own.agreement(0, 1, both_wrong=True),), CLEAN: errors(plain)}
    return Measured(values, len(bench.test), parts)


def rotations(bench: Bench) -> Walk[Measured]:
    """Error after 10 and 20 degrees toward the gradient, and 20 toward a random direction."""
    standard, defended = (bench.network(n, trained.SEED) for n in (STANDARD, ADVERSARIAL))
    ten, twenty = rotation.DEGREES
    turns = ((standard, ten, True), (standard, twenty, True), (standard, twenty, False),
             (defended, twenty, True))  # fmt: skip
    walks = [
        rotation.run(n, bench.test, degrees, bench, aimed=aimed) for n, degrees, aimed in turns
    ]
    *wrong, plain = yield from together(*walks, *clean(bench, (STANDARD,)))
    return Measured(tuple(wrong), len(bench.test), {CLEAN: (plain.error,)})
