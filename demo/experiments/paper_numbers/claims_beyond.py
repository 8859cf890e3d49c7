"""Rows that the paper has not: every network under PGD, and what rounding hides."""

from functools import partial

from demo.experiments.paper_numbers import measures
from demo.experiments.paper_numbers.claim import ONE, ONE_STEP, Claim
from demo.experiments.paper_numbers.measures import ADVERSARIAL, STANDARD


def _under_attack(number: str, name: str, what: str) -> Claim:
    return Claim(
        number, what, tuple((f"right {attack}", None, "%") for attack in measures.ATTACKS),
        "FGSM and PGD at ε = .25; PGD with 40 steps and 10 restarts.", "",
        ((name, ONE),), partial(measures.three_accuracies, name=name),
    )  # fmt: skip


NETWORKS: tuple[Claim, ...] = (
    _under_attack("B1", "conv", "Convolutional network"),
    _under_attack(
        "B2", "conv-adversarial", "Convolutional network, adversarially trained against PGD"
    ),
    _under_attack("B3", "conv-fgsm", "Convolutional network, trained against FGSM alone"),
    _under_attack("B4", STANDARD, "Maxout network"),
    _under_attack("B5", ADVERSARIAL, "Maxout network, trained against FGSM"),
    _under_attack("B6", "softmax", "Softmax regression"),
    _under_attack("B7", "softmax-adversarial", "Softmax regression, trained against FGSM"),
    _under_attack("B8", "logistic", "Logistic regression, 3 against 7"),
    _under_attack(
        "B9", "logistic-adversarial", "Logistic regression, 3 against 7, trained against FGSM"
    ),
)
ROUNDING = Claim(
    "B10",
    "What rounding hides: the convolutional network under FGSM, two ways to its gradient",
    (
        ("right, gradient through the probabilities", None, "%"),
        ("right, gradient of the loss in logits", None, "%"),
    ),
    f"{ONE_STEP} Of a sure answer, p − 1 is rounded to 0 in 32 bits, and the step that follows "
    "such a gradient is no longer FGSM's: what it leaves standing is not robust. Everywhere "
    "else here the loss is written so that nothing is lost.",
    "",
    (("conv", ONE),),
    partial(measures.hidden_by_rounding, name="conv"),
)
