"""How the networks for photographs are trained that are trained here, all numbers.

Sources: arXiv:2001.03994 (the adversary), arXiv:1906.06423 and arXiv:1908.08986 (the sizes).
"""

from dataclasses import dataclass

from demo.training.loop import Settings

LATE = 0.7
"""The share of a training after which its crops have their last size."""


@dataclass(frozen=True)
class Recipe:
    """How a network for photographs is trained.

    standard: name of the network that it starts as and is taught by.  epsilon: of training; 0 is
    standard training.  settings: an "epoch" is `round` pictures, after which it is measured and
    kept.  size: of the crops, pixels.  late: their size in the last part, from `LATE` on.
    decay: of the moving average.  classes: None for those of `standard`, whose last layer then
    stays as it is.  taught: whether `standard` is asked what a crop shows; else labels alone
    count.  features, soft: weights of the two losses.  known: a label's part in the target's
    probabilities.  blend: the share of batches mixed in pairs.  levels: 255 * the epsilons of
    its card.
    """

    name: str
    title: str
    standard: str
    epsilon: float
    settings: Settings
    round: int
    size: int = 128
    scale: float = 0.35
    decay: float = 0.998
    soft: float = 1.0
    warm_up: float = 0.3
    blend: float = 0.0
    kept: str = "last"
    late: int | None = None
    classes: int | None = None
    taught: bool = True
    features: float = 1.0
    known: float = 0.0
    levels: tuple[float, ...] = (1, 2)

    def against(self, epsilon: float) -> str:
        """What it was trained against, in words. epsilon: the largest that its training had."""
        if not self.epsilon:
            return "nothing: labels alone, J on clean crops"
        step = f"one step from a random start, ε up to {255 * epsilon:.3g}/255"
        if self.features:
            return (
                f"{step}, by matching features, without J. On attacked crops its features are to "
                "equal those of the standard network on clean crops (feature distillation); "
                "no label is used"
            )
        return (
            f"{step}, by J on attacked crops alone (α = 0). Half of each target is the label, half "
            "the standard network's answer to the clean crop"
        )

    def size_at(self, over: float) -> int:
        """Side of the crops, pixels, when that much of the training is over, 0 to 1."""
        return self.late if self.late is not None and over >= LATE else self.size


NORMS = "efficientnet-lite0"
"""The network whose batch norms' scales are kept apart; those of networks made here are spent."""

IMAGENET_ROBUST = Recipe(
    "efficientnet-lite0-adversarial",
    "EfficientNet-Lite0, trained against one step (feature distillation)",
    "efficientnet-lite0", 1.5 / 255,
    Settings(
        epochs=60, learning_rate=3e-4, batch=48, momentum=None, ramp=0.02, fall=0.9,
        evaluated=50, evaluated_epsilon=1 / 255, together=25,
    ),
    round=9600,
)  # fmt: skip
_EVERYDAY = Settings(
    epochs=10, learning_rate=3e-4, batch=48, momentum=None, ramp=0.05, fall=0.95,
    evaluated=50, evaluated_epsilon=0.007, together=25,
)  # fmt: skip
EVERYDAY = Recipe(
    "everyday", "Everyday things", "efficientnet-lite0", 0.0, _EVERYDAY, round=9600,
    decay=0.98,
    classes=29, taught=False, features=0.0, known=1.0, levels=(0.007 * 255, 4),
)  # fmt: skip
EVERYDAY_ROBUST = Recipe(
    "everyday-adversarial", "Everyday things, trained against FGSM from a random start",
    "everyday", 2 / 255,
    _EVERYDAY, round=9600, decay=0.99, classes=29, features=0.0, known=0.5, levels=(0.007 * 255, 4),
)  # fmt: skip
RECIPES = (IMAGENET_ROBUST, EVERYDAY, EVERYDAY_ROBUST)


def recipe(name: str) -> Recipe | None:
    """The recipe of that name, if there is one."""
    return next((candidate for candidate in RECIPES if candidate.name == name), None)
