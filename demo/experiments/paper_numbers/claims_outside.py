"""Rows of what lies outside FGSM on digits: lines, rubbish, shared mistakes, rotation."""

from functools import partial

from demo.experiments.paper_numbers import measures, outside, verdicts
from demo.experiments.paper_numbers.bench import Measured
from demo.experiments.paper_numbers.claim import ONE, Claim
from demo.experiments.paper_numbers.claims_fgsm import MOST, WITHIN
from demo.experiments.paper_numbers.measures import ADVERSARIAL, STANDARD
from demo.experiments.paper_numbers.outside import LINEAR, RADIAL

DRAWN = (
    "Images of no class: 10,000 draws of N(0, I), 784 values each, not clipped. A mistake is a "
    "digit with more than 50 %."
)
AGREEMENTS = (0.546, 0.160, 0.846, 0.543, 0.536)


def _straight(found: Measured) -> verdicts.Judged:
    trained, _, untrained, _ = found.values
    if not verdicts.learned(found, 0.02) or not trained >= 0.99:
        return "differs", "The trained network's logits are not straight, or it has not learned."
    if untrained >= 0.99:
        return "undecided", "The untrained network's logits are as straight."
    return "same direction", "The untrained network's logits are not as straight."


def _sure_of_rubbish(found: Measured) -> bool:
    return found.values[0] >= MOST[0] and found.values[1] > MOST[1]


def _linear_more_than_radial(found: Measured) -> bool:
    return found.values[0] >= 0.20 and found.values[2] <= 0.02


def _shared(found: Measured) -> bool:
    return min(found.values[2:5]) > 0.5


def _aimed(found: Measured) -> verdicts.Judged:
    after, before = found.values[:2]
    reason = f"In the mean {after / before:.1f} times as often." if before else "Never before."
    hit = verdicts.learned(found, 0.02) and after >= 3 * before and after >= 0.3
    return verdicts.of(False, hit, reason)


def _rotated(found: Measured) -> verdicts.Judged:
    _, toward, at_random, _ = found.values
    clean = found.parts[verdicts.CLEAN][0]
    reason = f"A random direction adds {100 * (at_random - clean):.1f} points to the error."
    hit = verdicts.learned(found, 0.02) and toward >= MOST[0] and at_random - clean <= 0.05
    return verdicts.of(False, hit, reason)


LINES = Claim(
    "P16", "Maxout network: logits along FGSM's direction, ε from −15 to +15",
    (("R² of three straight pieces, median digit", None, "R²"),
     ("widest range of ε with one wrong answer, median digit", None, "of 30"),
     ("the same network untrained: R²", None, "R²"),
     ("the same network untrained: widest range", None, "of 30")),
    "Not clipped. Of each logit, the best continuous line of three pieces; of each digit, R² "
    "over its ten logits together. The paper shows it in figure 4, without a number.",
    "Same direction: R² at least .99 for the trained network and not for the untrained one. "
    "Undecided: at least .99 for both, so that it says nothing of training.",
    ((STANDARD, ONE),), measures.straightness, _straight,
)  # fmt: skip
RUBBISH = Claim(
    "P17", "Rubbish: maxout network on noise",
    (("noise taken for a digit", 0.9835, "%"), ("confidence on that noise", 0.928, "%"),
     ("adversarially trained: noise taken for a digit", None, "%"),
     ("adversarially trained: confidence", None, "%")),
    DRAWN,
    WITHIN + "Same direction: at least 80 % taken for a digit, with more than 50 % on average. "
    "For both: both networks at most 2 % wrong without attack.",
    ((STANDARD, ONE), (ADVERSARIAL, ONE)),
    partial(outside.rubbish_of, names=(STANDARD, ADVERSARIAL)),
    verdicts.compared((0.9835, 0.928), _sure_of_rubbish, 0.02), counted="draws",
)  # fmt: skip
RUBBISH_ELSEWHERE = Claim(
    "P18", "Rubbish: softmax regression and radial basis functions on noise",
    (("softmax: noise taken for a digit", 0.598, "%"), ("softmax: confidence", 0.708, "%"),
     ("RBF: noise taken for a digit", 0.0, "%"), ("RBF: confidence", None, "%")),
    DRAWN,
    WITHIN + "Same direction: softmax at least 20 %, RBF at most 2 %. For both: both at most 20 % "
    "wrong without attack.",
    ((LINEAR, ONE), (RADIAL, ONE)), partial(outside.rubbish_of, names=(LINEAR, RADIAL)),
    verdicts.compared((0.598, 0.708, 0.0), _linear_more_than_radial, 0.20), counted="draws",
)  # fmt: skip
AIMED = Claim(
    "P19", "Rubbish: one step of FGSM from noise toward a digit",
    (("that digit has more than 50 %, mean of ten", None, "%"),
     ("the same without the step", None, "%"),
     ("the hardest digit", None, "%"), ("the easiest digit", None, "%")),
    "1,000 draws of N(0, I), and a step of ε = .25 from each toward each of the ten digits, "
    "not clipped. The paper's numbers are of CIFAR-10: 75.3 % on average, 24.7 % for the hardest "
    "class.",
    "Same direction: after the step at least three times as often as without it, and at least "
    "30 %, in the mean of ten digits. At most 2 % wrong without attack.",
    ((STANDARD, ONE),), outside.rubbish_aimed, _aimed, counted="draws",
)  # fmt: skip
SHARED = Claim(
    "P20", "Do different networks make the same mistakes?",
    (("softmax gives maxout's wrong digit", AGREEMENTS[0], "%"),
     ("RBF gives maxout's wrong digit", AGREEMENTS[1], "%"),
     ("softmax gives it, where both are wrong", AGREEMENTS[2], "%"),
     ("RBF gives it, where both are wrong", AGREEMENTS[3], "%"),
     ("RBF gives softmax's wrong digit, where both are wrong", AGREEMENTS[4], "%")),
    "FGSM examples made on the maxout network, ε = .25, shown to softmax regression and to "
    "radial basis functions (their answer “none of them” set aside). Counted as in the paper's "
    "section 8.",
    WITHIN + "Same direction: in each of the three pairs more than half of the shared mistakes "
    "are the same digit. For both: at most 20 % wrong without attack.",
    tuple((name, ONE) for name in (STANDARD, LINEAR, RADIAL)), outside.agreement,
    verdicts.compared(AGREEMENTS, _shared, 0.20),
)  # fmt: skip
ROTATED = Claim(
    "P21", "Maxout network: x rotated toward the gradient",
    (("error after 10 degrees", None, "%"), ("error after 20 degrees", None, "%"),
     ("20 degrees toward a random direction", None, "%"),
     ("adversarially trained, 20 degrees toward its gradient", None, "%")),
    "x keeps its length and turns toward the loss's gradient; not clipped. The paper says that a "
    "small angle makes adversarial examples reliably, without a number.",
    "Same direction: after 20 degrees at least 80 % wrong; as far toward a random direction at "
    "most 5 points more than without attack, and that at most 2 %.",
    ((STANDARD, ONE), (ADVERSARIAL, ONE)), outside.rotations, _rotated,
)  # fmt: skip
