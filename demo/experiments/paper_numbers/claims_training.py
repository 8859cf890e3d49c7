"""Rows of training: what adversarial training and L1 weight decay do. Sections 5 and 6."""

from functools import partial

from demo.experiments.paper_numbers import measures, verdicts
from demo.experiments.paper_numbers.bench import Measured
from demo.experiments.paper_numbers.claim import ONE, Claim
from demo.experiments.paper_numbers.measures import (
    ADVERSARIAL,
    LATE,
    PENALISED,
    SMALLER,
    STANDARD,
    UNPENALISED,
    WIDE,
)

SIGNIFICANT = 0.05
STUCK = 0.05
"""The paper's training error with λ = .0025 is above this."""
LEARNS = 0.50
"""A network that is wrong more often than this has learned next to nothing."""


def _clean_errors(found: Measured) -> verdicts.Judged:
    standard, adversarial = found.values[:2]
    samples = (found.parts[STANDARD], found.parts[ADVERSARIAL])
    p = verdicts.welch(*samples)
    reason = f"Welch's p of the difference: {p:.2f}."
    if not max(standard, adversarial) <= 0.02:
        return "differs", "A network is wrong on more than 2 % without attack."
    if verdicts.furthest((standard, adversarial), (0.0094, 0.0084)) <= 0.001:
        return "same number", reason
    if not p < SIGNIFICANT:
        return "undecided", reason
    return ("same direction" if adversarial < standard else "differs"), reason


def _wide(found: Measured) -> verdicts.Judged:
    away = abs(found.values[0] - 0.00782)
    return verdicts.of(away <= 0.001, False, f"{100 * away:.2f} points from the paper's.")


def _stuck(found: Measured) -> verdicts.Judged:
    *penalised, without = found.values
    learned = [error for error in penalised if error <= LEARNS]
    if not without <= STUCK:
        return "undecided", "Without L1 it does not get below 5 % in these epochs either."
    if not learned:
        return "undecided", "No run with λ = .0025 learns anything."
    reason = f"Runs with λ = .0025 that learn something: {len(learned)} of {len(penalised)}."
    return verdicts.of(False, all(error > STUCK for error in learned), reason)


def _smaller(found: Measured) -> verdicts.Judged:
    seen = found.parts[measures.TRAINING]
    without, *smaller = found.values
    trained = [error for error, on in zip(smaller, seen[1:], strict=True) if on <= STUCK]
    if seen[0] > STUCK or not trained:
        return "differs", "With no smaller coefficient, or not even without, it trains."
    noise = 2 * (2 * without * (1 - without) / found.digits) ** 0.5
    gained = without - min(trained)
    reason = (
        f"{len(trained)} of {len(smaller)} smaller coefficients train. Gained on the test "
        f"digits: {100 * gained:.2f} points; two standard errors: {100 * noise:.2f}."
    )
    return verdicts.of(False, gained <= noise, reason)


DEFENCE = Claim(
    "P4", "Maxout network: what adversarial training does to clean digits",
    (("error without attack, standard", 0.0094, "%"),
     ("error without attack, adversarially trained", 0.0084, "%")),
    "No attack. The mean of three seeds each; the opened row has all six.",
    "Same number: both within .1 points. Same direction: lower with adversarial training, Welch's "
    "p below .05. Undecided: p .05 or more. Always: at most 2 % wrong.",
    tuple((name, seed) for name in (STANDARD, ADVERSARIAL) for seed in measures.THREE_SEEDS),
    measures.mean_clean_errors, _clean_errors, fewer_seeds=True,
)  # fmt: skip
LARGE = Claim(
    "P5", "Maxout network of 1,600 units a layer, adversarially trained",
    (("error without attack", 0.00782, "%"),),
    "No attack. The paper's number is the mean of five runs. A step of 100 digits takes .48 s of "
    "one CPU core, measured: about 2 hours for a run of 30 epochs, 5 hours on two cores for five.",
    "Same number: within .1 points. Otherwise it differs.",
    ((WIDE, ONE),), partial(measures.clean_error, name=WIDE), _wide,
)  # fmt: skip
PENALTY = Claim(
    "P13", "Maxout network with L1 weight decay of λ = .0025 on its first layer",
    (("training error, λ = .0025; the paper's is above", 0.05, "%"),
     ("λ = .0025, started from trained weights", None, "%"),
     ("λ = 0, otherwise the same", None, "%")),
    "No attack. Four epochs each, of the schedule of the maxout networks. Recomputed on the 50,000 "
    "digits that the networks were trained on, dropout off.",
    "Same direction: with λ = .0025 more than 5 % of the training digits wrong in each run that "
    "learns (at most 50 % wrong), without L1 at most 5 %. Undecided: no run with it learns, or "
    "the one without does not either.",
    tuple((name, ONE) for name in (PENALISED, LATE, UNPENALISED)),
    measures.training_errors, _stuck, live=False, training=True,
)  # fmt: skip
SMALL_PENALTY = Claim(
    "P22", "Smaller L1 weight decay: it trains, and does it help?",
    (("error without attack, λ = 0", None, "%"),
     ("λ = .00025, a thousandth of ε", None, "%"),
     ("λ = .000025", None, "%")),
    "No attack. The same four epochs as in P13. The paper says that smaller coefficients permit "
    "training but confer no benefit. In adversarial training ε = .25 itself stands "
    "in λ's place: L1 needs a far smaller number.",
    "Same direction: with λ = 0 and with at least one smaller coefficient at most 5 % of the "
    "training digits wrong, and no such coefficient better on the test digits by more than two "
    "standard errors. One seed each.",
    tuple((name, ONE) for name in (UNPENALISED, *SMALLER)),
    measures.smaller_penalties, _smaller, live=False, training=True,
)  # fmt: skip
