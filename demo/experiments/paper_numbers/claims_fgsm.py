"""Rows of one step of FGSM: whom it fools, and how sure those are. Sections 4 to 7 and 9."""

from collections.abc import Callable
from functools import partial

from demo.experiments.paper_numbers import measures, verdicts
from demo.experiments.paper_numbers.bench import Measured
from demo.experiments.paper_numbers.claim import ERROR, ONE, ONE_STEP, SURE, Claim
from demo.experiments.paper_numbers.measures import ADVERSARIAL, MEMBER, MEMBERS, STANDARD

WITHIN = "Same number: within 2 points. "
MOST = (0.80, 0.50)
"""Same direction: at least that error, and more than that confidence."""
FOOLED = (
    "Same direction: at least 80 % wrong under FGSM, and more than 50 % sure of it. "
    "For both: at most {} % wrong without attack."
)


def _fooled(found: Measured) -> bool:
    error, sure = found.values
    return error >= MOST[0] and sure > MOST[1]


def _row(
    number: str, what: str, name: str, papers: tuple[float, float], *,
    more: str = "", criterion: str = FOOLED, most: float = 0.02,
    direction: Callable[[Measured], bool] = _fooled,
    classes: int | None = None, undefended: str = "",
) -> Claim:  # fmt: skip
    return Claim(
        number, what, ((ERROR, papers[0], "%"), (SURE, papers[1], "%")), ONE_STEP + more,
        WITHIN + criterion.format(f"{100 * most:g}"),
        tuple((each, ONE) for each in (name, undefended) if each),
        partial(
            measures.error_and_confidence, name=name, classes=classes, undefended=undefended
        ),
        verdicts.compared(papers, direction, most),
    )  # fmt: skip


def _defended(found: Measured) -> bool:
    return found.values[0] <= found.parts[measures.UNDEFENDED][0] / 2


def _logistic(found: Measured) -> verdicts.Judged:
    clean, attacked = found.values
    near = abs(clean - 0.016) <= 0.003 and abs(attacked - 0.99) <= verdicts.POINTS
    reason = f"{100 * abs(clean - 0.016):.2f} and {100 * abs(attacked - 0.99):.2f} points away."
    return verdicts.of(near, clean <= 0.05 and attacked >= MOST[0], reason)


SOFTMAX = _row("P1", "Softmax regression", "softmax", (0.999, 0.793), most=0.10)
MAXOUT = _row("P2", "Maxout network", STANDARD, (0.894, 0.976))
LOGISTIC = Claim(
    "P3", "Logistic regression, 3 against 7",
    (("error without attack", 0.016, "%"), (ERROR, 0.99, "%")),
    f"{ONE_STEP} Threes and sevens only.",
    "Same number: within .3 points without attack, 2 under FGSM. Same direction: at most 5 % "
    "wrong without attack, at least 80 % under FGSM.",
    (("logistic", ONE),), partial(measures.clean_and_fgsm, name="logistic"), _logistic,
)  # fmt: skip
DEFENDED = _row(
    "P6", "Maxout network, adversarially trained", ADVERSARIAL, (0.179, 0.814),
    more=" The paper's network has 1,600 units a layer, this one 240.", undefended=STANDARD,
    criterion="Same direction: at most half as often wrong under FGSM as the standard network. "
    "For both: at most {} % wrong without attack.", direction=_defended,
)  # fmt: skip
TRANSFER = Claim(
    "P7", "Examples made on one maxout network, tested on the other: standard and "
    "adversarially trained",
    (("P7: made on the standard one, error of the adversarially trained", 0.196, "%"),
     ("P8: made on the adversarially trained one, error of the standard", 0.409, "%")),
    "FGSM at ε = .25 on one network's loss; its examples are shown to the other network.",
    WITHIN + "Same direction: P7 below P8 by more than 2 points. For both: both at most 2 % wrong "
    "without attack.",
    ((STANDARD, ONE), (ADVERSARIAL, ONE)), measures.transferred,
    verdicts.compared(
        (0.196, 0.409), lambda f: f.values[1] - f.values[0] > verdicts.POINTS, 0.02
    ),
    also=("P8",),
)  # fmt: skip
SIGNS = _row(
    "P9", "Control: maxout network trained with random signs", "maxout-random-signs",
    (0.862, 0.973), more=" Trained on digits with each pixel moved by +.25 or −.25 at random.",
)  # fmt: skip
NOISE = _row(
    "P10", "Control: maxout network trained with uniform noise", "maxout-uniform-noise",
    (0.904, 0.978), more=" Trained on digits with noise from −.25 to +.25 in each pixel.",
)  # fmt: skip
RADIAL = _row(
    "P11", "Radial basis functions", "rbf", (0.554, 0.012), most=0.20, classes=10,
    more=" The error is over the ten digits, the answer “none of them” set aside; the "
    "confidence is what the network gives that digit.",
    criterion="Same direction: at most 80 % wrong, and less than 10 % sure of it. For both: at "
    "most {} % wrong without attack.",
    direction=lambda found: found.values[0] <= 0.80 and found.values[1] < 0.10,
)  # fmt: skip
ENSEMBLE = Claim(
    "P12", "Twelve maxout networks that answer together",
    (("error, attack on all twelve", 0.911, "%"), ("error, attack on one", 0.879, "%")),
    f"{ONE_STEP} The answer is the mean of twelve networks' probabilities; the step goes up "
    "the loss of that mean, or of one member. Each was trained for 15 epochs.",
    WITHIN + "Same direction: the attack on all is the stronger, both above 80 %. For both: the "
    "twelve at most 2 % wrong without attack.",
    tuple((MEMBER, seed) for seed in MEMBERS), measures.ensemble,
    verdicts.compared((0.911, 0.879), lambda f: f.values[0] > f.values[1] > MOST[0], 0.02),
)  # fmt: skip
CIFAR = Claim(
    "P14", "Convolutional maxout network on CIFAR-10",
    ((ERROR, 0.8715, "%"), (SURE, 0.966, "%")), "One step of FGSM at ε = .1.",
    "", needs="needs CIFAR-10 and a network for it, which are not part of this "
    "project",
)  # fmt: skip
PANDA = Claim(
    "P15", "GoogLeNet and the panda",
    (("panda, clean", 0.577, "%"), ("gibbon, after the step", 0.993, "%")),
    "One step of FGSM at ε = .007.", "",
    needs="needs GoogLeNet's weights (50 MB) and the paper's own photograph; for the panda "
    "that ships: python -m demo attack assets/images/panda.webp --model googlenet "
    "--epsilon .007",
)  # fmt: skip
