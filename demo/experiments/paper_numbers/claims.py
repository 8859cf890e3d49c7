"""The table: each number of the paper, what it is measured with, and what must be reached."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from demo.experiments.paper_numbers import measures
from demo.experiments.paper_numbers.bench import Bench, Measured, Walk
from demo.experiments.paper_numbers.measures import (
    ADVERSARIAL,
    MEMBER,
    MEMBERS,
    PENALISED,
    STANDARD,
    WIDE,
)
from demo.models import trained

Numbers = tuple[tuple[str, float | None, str], ...]
"""(what, the paper's value or None, its unit) of each number."""
Network = tuple[str, int]
"""(name, seed)."""
ONE = trained.SEED
ERROR = "error under FGSM"
SURE = "confidence on the wrong answers"
ONE_STEP = "One step of FGSM at epsilon .25, away from the true digit."


@dataclass(frozen=True)
class Claim:
    """One row before it is run.

    measure: the walk; None where data or weights are not part of this project, and `needs` says
    which.  networks: what must be at hand.  reached: whether what was measured is what must be;
    None where there is no target.  live: under a minute on the digits that ship.
    fewer_seeds: the seeds at hand are enough for that.
    """

    id: str
    what: str
    numbers: Numbers
    setting: str
    target: str
    networks: tuple[Network, ...] = ()
    measure: Callable[[Bench], Walk[Measured]] | None = None
    reached: Callable[[Measured], bool] | None = None
    live: bool = True
    fewer_seeds: bool = False
    needs: str = ""

    @property
    def beyond(self) -> bool:
        """Whether the paper has no such number."""
        return not self.id.startswith("P")


def _fooled(
    number: str, what: str, name: str, error: float, sure: float, target: str,
    reached: Callable[[float, float], bool], more: str = "", classes: int | None = None,
) -> Claim:  # fmt: skip
    return Claim(
        number, what, ((ERROR, error, "%"), (SURE, sure, "%")), ONE_STEP + more, target,
        ((name, ONE),), partial(measures.error_and_confidence, name=name, classes=classes),
        lambda found: reached(*found.values),
    )  # fmt: skip


def _transferred(
    number: str, what: str, source: str, tested: str, paper: float, less: bool
) -> Claim:
    """less: whether this direction is the one that must be the smaller."""
    return Claim(
        number, what, (("error on the other's examples", paper, "%"),),
        "FGSM at epsilon .25 on one network's loss; its examples are shown to the other network.",
        "P7 below P8", ((source, ONE), (tested, ONE)),
        partial(measures.transferred, source=source, tested=tested),
        lambda found: (found.values[0] < found.parts[measures.REVERSE][0]) is less,
    )  # fmt: skip


PAPER: tuple[Claim, ...] = (
    _fooled(
        "P1", "Softmax regression", "softmax", 0.999, 0.793,
        "error at least 99 %, confidence within 10 points of the paper's",
        lambda error, sure: error >= 0.99 and abs(sure - 0.793) <= 0.10,
    ),
    _fooled(
        "P2", "Maxout network", STANDARD, 0.894, 0.976,
        "error at least 85 %, confidence at least 90 %",
        lambda error, sure: error >= 0.85 and sure >= 0.90,
    ),
    Claim(
        "P3", "Logistic regression, 3 against 7",
        (("error without attack", 0.016, "%"), (ERROR, 0.99, "%")),
        f"{ONE_STEP} Threes and sevens only.",
        "error without attack at most 2 %, under FGSM at least 98 %",
        (("logistic", ONE),), partial(measures.clean_and_fgsm, name="logistic"),
        lambda found: found.values[0] <= 0.02 and found.values[1] >= 0.98,
    ),
    Claim(
        "P4", "Maxout network: what adversarial training does to clean digits",
        (("error without attack, standard", 0.0094, "%"),
         ("error without attack, adversarially trained", 0.0084, "%")),
        "No attack. The mean of three seeds each; the opened row has all six.",
        "standard at most 1.2 %, adversarially trained lower",
        tuple((name, seed) for name in (STANDARD, ADVERSARIAL) for seed in measures.THREE_SEEDS),
        measures.mean_clean_errors,
        lambda found: found.values[0] <= 0.012 and found.values[1] < found.values[0],
        fewer_seeds=True,
    ),
    Claim(
        "P5", "Maxout network of 1,600 units a layer, adversarially trained",
        (("error without attack", 0.00782, "%"),),
        "No attack. One run here; the paper's number is the mean of five.",
        "none: one run is not five", ((WIDE, ONE),),
        partial(measures.clean_error, name=WIDE),
    ),
    _fooled(
        "P6", "Maxout network, adversarially trained", ADVERSARIAL, 0.179, 0.814,
        "error at most 18 %", lambda error, _: error <= 0.18,
        " The paper's network has 1,600 units a layer, this one 240.",
    ),
    _transferred(
        "P7", "Made on the standard maxout network, tested on the adversarially trained",
        STANDARD, ADVERSARIAL, 0.196, less=True,
    ),
    _transferred(
        "P8", "Made on the adversarially trained maxout network, tested on the standard",
        ADVERSARIAL, STANDARD, 0.409, less=False,
    ),
    _fooled(
        "P9", "Control: maxout network trained with random signs", "maxout-random-signs",
        0.862, 0.973, "error above 80 %: noise is no substitute", lambda error, _: error > 0.80,
        " Trained on digits with each pixel moved by +.25 or −.25 at random.",
    ),
    _fooled(
        "P10", "Control: maxout network trained with uniform noise", "maxout-uniform-noise",
        0.904, 0.978, "error above 80 %: noise is no substitute", lambda error, _: error > 0.80,
        " Trained on digits with noise from −.25 to +.25 in each pixel.",
    ),
    _fooled(
        "P11", "Radial basis functions", "rbf", 0.554, 0.012,
        "confidence on the wrong answers below 10 %", lambda _, sure: sure < 0.10,
        " The error is over the ten digits, the answer “none of them” set aside; the confidence "
        "is what the network gives that digit.", classes=10,
    ),
    Claim(
        "P12", "Twelve maxout networks that answer together",
        (("error, attack on all twelve", 0.911, "%"), ("error, attack on one", 0.879, "%")),
        f"{ONE_STEP} The answer is the mean of twelve networks' probabilities; the step goes up "
        "the loss of that mean, or of one member. Each was trained for 15 epochs.",
        "the attack on one is the weaker, both above 80 %",
        tuple((MEMBER, seed) for seed in MEMBERS), measures.ensemble,
        lambda found: found.values[0] > found.values[1] > 0.80,
    ),
    Claim(
        "P13", "Maxout network with L1 weight decay of .0025 on its first layer",
        (("error on the training digits", 0.05, "%"),),
        "No attack. Recomputed on the 50,000 digits that the network was trained on, dropout off. "
        "The paper says that it stays above 5 %.",
        "stuck above 5 %", ((PENALISED, ONE),), measures.training_error,
        lambda found: found.values[0] > 0.05, live=False,
    ),
    Claim(
        "P14", "Convolutional maxout network on CIFAR-10",
        ((ERROR, 0.8715, "%"), (SURE, 0.966, "%")), "One step of FGSM at epsilon .1.",
        "none here", needs="needs CIFAR-10 and a network for it, which are not part of this "
        "project",
    ),
    Claim(
        "P15", "GoogLeNet and the panda",
        (("panda, clean", 0.577, "%"), ("gibbon, after the step", 0.993, "%")),
        "One step of FGSM at epsilon .007.", "none here",
        needs="needs GoogLeNet's weights (50 MB) and the paper's own photograph; for the panda "
        "that ships: python -m demo attack assets/images/panda.webp --model googlenet "
        "--epsilon .007",
    ),
    Claim(
        "P16", "Maxout network: logits along FGSM's direction, epsilon from −15 to +15",
        (("R² of three straight pieces, median digit", None, "R²"),
         ("widest range of epsilon with one wrong answer, median digit", None, "of 30")),
        "Not clipped. Of each logit, the best continuous line of three pieces; of each digit, R² "
        "over its ten logits together. The paper shows it in figure 4, without a number.",
        "R² at least .99", ((STANDARD, ONE),), measures.straightness,
        lambda found: found.values[0] >= 0.99,
    ),
)  # fmt: skip


def _robust(number: str, name: str, what: str) -> Claim:
    """A row beyond the paper; the convolutional network of the switch has targets."""
    carries_the_switch = name == "conv-adversarial"
    return Claim(
        number, what,
        tuple((f"right {attack}", None, "%") for attack in measures.ATTACKS),
        "FGSM and PGD at epsilon .25; PGD with 40 steps and 10 restarts.",
        "accuracy at least 98.5 %, under FGSM at least 95 %, under PGD at least 85 %"
        if carries_the_switch else "none: the paper did not know PGD",
        ((name, ONE),), partial(measures.three_accuracies, name=name),
        (lambda found: all(a >= b for a, b in zip(found.values, (0.985, 0.95, 0.85), strict=True)))
        if carries_the_switch else None,
    )  # fmt: skip


BEYOND: tuple[Claim, ...] = (
    _robust("B1", "conv", "Convolutional network"),
    _robust("B2", "conv-adversarial", "Convolutional network, adversarially trained against PGD"),
    _robust("B3", "conv-fgsm", "Convolutional network, trained against FGSM alone"),
    _robust("B4", STANDARD, "Maxout network"),
    _robust("B5", ADVERSARIAL, "Maxout network, trained against FGSM"),
    _robust("B6", "softmax", "Softmax regression"),
    _robust("B7", "softmax-adversarial", "Softmax regression, trained against FGSM"),
    _robust("B8", "logistic", "Logistic regression, 3 against 7"),
    _robust("B9", "logistic-adversarial", "Logistic regression, 3 against 7, trained against FGSM"),
    Claim(
        "B10",
        "What rounding hides: the convolutional network under FGSM, two ways to its gradient",
        (
            ("right, gradient through the probabilities", None, "%"),
            ("right, gradient of the loss in logits", None, "%"),
        ),
        f"{ONE_STEP} Of a sure answer, p − 1 is rounded to 0 in 32 bits, and the step that follows "
        "such a gradient is no longer FGSM's: what it leaves standing is not robust. Everywhere "
        "else here the loss is written so that nothing is lost.",
        "none: the paper does not say how its gradient was computed",
        (("conv", ONE),),
        partial(measures.hidden_by_rounding, name="conv"),
    ),
)
CLAIMS = PAPER + BEYOND
ORDER = tuple(claim.id for claim in CLAIMS)


def claim(number: str) -> Claim:
    """The claim of that number, in any case. Raises ValueError."""
    for candidate in CLAIMS:
        if candidate.id.casefold() == number.strip().casefold():
            return candidate
    raise ValueError(f"There is no row {number!r}; there are {', '.join(ORDER)}.")
