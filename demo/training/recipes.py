"""The catalogue of digit networks: how each is made, in numbers. `python -m demo train NAME`.

All are trained on MNIST's images 6,000 to 55,999; the 4,000 after them choose the epoch that is
kept. Epsilon is .25 throughout, as in arXiv:1412.6572, sections 5 to 7.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import safetensors.torch
import torch
from torch import Tensor, nn

from demo.data import digits
from demo.data.labelled import Labelled
from demo.networks import architectures, weights
from demo.training import adversaries
from demo.training.adversaries import (
    Adversary,
    FastGradientSign,
    ProjectedGradient,
    RandomSigns,
    UniformNoise,
)
from demo.training.loop import Settings
from demo.training.objective import Loss

EPSILON = 0.25
LOGISTIC_L1 = 0.03
"""The coefficient of ||w||_1 in `logistic-l1`."""
MAXOUT_START = Path(__file__).parents[2] / "assets" / "weights" / "maxout.safetensors"
Kept = Literal["clean_accuracy", "accuracy_under_fgsm", "accuracy_under_pgd", "last"]
Training = Literal["standard", "adversarial", "control"]


@dataclass(frozen=True)
class Recipe:
    """One digit network and its training.

    build: makes the untrained network.  kept: the accuracy on the validation images that chooses
    the epoch; "last" is no choice, the rate has fallen to zero there.  classes: the digits it
    tells apart.  prepare: sets the network's start from the training images.  ships: its weights
    are in the repository.
    """

    name: str
    title: str
    build: Callable[[], nn.Module]
    settings: Settings
    training: Training = "standard"
    adversary: Adversary | None = None
    clean_weight: float = 1.0
    loss: Loss = architectures.cross_entropy
    kept: Kept = "clean_accuracy"
    classes: tuple[int, ...] = tuple(range(10))
    prepare: Callable[[nn.Module, Labelled], None] | None = None
    penalty: Callable[[nn.Module], Tensor] | None = None
    ships: bool = True

    @property
    def against(self) -> str:
        """What it was trained against, and alpha, the weight of the clean loss, in words."""
        weight = f"α = {self.clean_weight:g}".replace("0.", ".")
        return f"{adversaries.named(self.adversary)} ({weight})"

    def data(self, labelled: Labelled) -> Labelled:
        """The digits that this network tells apart, labels counted from 0."""
        return labelled if len(self.classes) == 10 else labelled.only(self.classes)

    def network(self, seed: int, training_images: Labelled) -> nn.Module:
        """The untrained network of that seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = self.build()
            if self.prepare is not None:
                self.prepare(network, training_images)
        return network


def centred_on_means(network: nn.Module, labelled: Labelled) -> None:
    """Put each centre of a `RadialBasis` on the mean training image of its digit, in place."""
    assert isinstance(network, architectures.RadialBasis)
    flat = labelled.images.flatten(1)
    means = [flat[labelled.labels == digit].mean(dim=0) for digit in range(architectures.DIGITS)]
    network.centre_on(torch.stack(means).to(network.centre.device))


def started_from_maxout(network: nn.Module, labelled: Labelled) -> None:
    """Give a `Maxout` the trained weights of `maxout`, in place."""
    weights.filled(network, weights.exact(safetensors.torch.load_file(MAXOUT_START)))


def first_layer_l1(network: nn.Module, coefficient: float) -> Tensor:
    """coefficient * sum |W|, W of the first maxout layer. Source: arXiv:1412.6572, section 5."""
    assert isinstance(network, architectures.Maxout)
    return coefficient * network.first.weight.abs().sum()


def logistic_l1(network: nn.Module) -> Tensor:
    """.03 * ||w||_1 of a `LogisticRegression`.

    Of the coefficients .0003 to .08 that `tests/benchmarks/l1_coefficient.py` trains with, .03
    has the highest accuracy under FGSM on the validation images: the measure by which the
    adversarially trained network's epoch is chosen too.
    """
    assert isinstance(network, architectures.LogisticRegression)
    return LOGISTIC_L1 * network.weight.abs().sum()


def wide_maxout() -> nn.Module:
    """1,600 units in each hidden layer, as the paper's larger network."""
    return architectures.Maxout(units=1600)


FGSM = FastGradientSign(EPSILON)
SOMETIMES_IN_EVAL_MODE = FastGradientSign(EPSILON, eval_share=0.25)
MAXOUT = Settings(epochs=100, learning_rate=0.1, momentum=0.7, ramp=0.05, fall=0.25)
ADVERSARIAL_MAXOUT = dataclasses.replace(MAXOUT, epochs=60)
CONTROL = dataclasses.replace(MAXOUT, epochs=30)
SHORT = dataclasses.replace(MAXOUT, epochs=15)
DECAYED = dataclasses.replace(MAXOUT, epochs=4)
LOGISTIC = Settings(epochs=20, learning_rate=0.1)
SOFTMAX = Settings(epochs=15, learning_rate=0.05, momentum=0.0)
ADAM = Settings(epochs=12, learning_rate=1e-3, momentum=None)


def _decayed(
    name: str, words: str, coefficient: float,
    prepare: Callable[[nn.Module, Labelled], None] | None = None,
) -> Recipe:  # fmt: skip
    return Recipe(
        name, f"Maxout network {words}", architectures.Maxout, DECAYED, kept="last",
        prepare=prepare, penalty=partial(first_layer_l1, coefficient=coefficient), ships=False,
    )  # fmt: skip


RECIPES: tuple[Recipe, ...] = (
    Recipe("conv", "Convolutional network", architectures.Convolutional, ADAM),
    Recipe(
        "conv-adversarial", "Convolutional network, trained against PGD",
        architectures.Convolutional, Settings(epochs=30, learning_rate=1e-3, momentum=None),
        "adversarial", ProjectedGradient(EPSILON, 5, 0.08), 0.3, kept="last",
    ),
    Recipe(
        "conv-fgsm", "Convolutional network, trained against FGSM",
        architectures.Convolutional, Settings(epochs=12, learning_rate=2e-3, momentum=None),
        "adversarial", FGSM, 0.5, kept="accuracy_under_fgsm",
    ),
    Recipe("maxout", "Maxout network", architectures.Maxout, MAXOUT, kept="last"),
    Recipe(
        "maxout-adversarial", "Maxout network, trained against FGSM", architectures.Maxout,
        ADVERSARIAL_MAXOUT, "adversarial", SOMETIMES_IN_EVAL_MODE, 0.5, kept="accuracy_under_fgsm",
    ),
    Recipe(
        "maxout-random-signs", "Maxout network, trained with random signs", architectures.Maxout,
        CONTROL, "control", RandomSigns(EPSILON), 0.5,
    ),
    Recipe(
        "maxout-uniform-noise", "Maxout network, trained with uniform noise", architectures.Maxout,
        CONTROL, "control", UniformNoise(EPSILON), 0.5,
    ),
    Recipe("softmax", "Softmax regression", architectures.SoftmaxRegression, SOFTMAX),
    Recipe(
        "softmax-adversarial", "Softmax regression, trained against FGSM",
        architectures.SoftmaxRegression, SOFTMAX, "adversarial", FGSM, 0.5,
        kept="accuracy_under_fgsm",
    ),
    Recipe(
        "logistic", "Logistic regression, 3 against 7", architectures.LogisticRegression, LOGISTIC,
        loss=architectures.softplus_loss, classes=digits.THREE_AND_SEVEN,
    ),
    Recipe(
        "logistic-adversarial", "Logistic regression, 3 against 7, trained against FGSM",
        architectures.LogisticRegression, LOGISTIC, "adversarial", FGSM, 0.5,
        loss=architectures.softplus_loss, kept="accuracy_under_fgsm",
        classes=digits.THREE_AND_SEVEN,
    ),
    Recipe(
        "logistic-l1", "Logistic regression, 3 against 7, with L1 weight decay",
        architectures.LogisticRegression, LOGISTIC, loss=architectures.softplus_loss,
        kept="accuracy_under_fgsm", classes=digits.THREE_AND_SEVEN, penalty=logistic_l1,
    ),
    Recipe(
        "rbf", "Radial basis functions", architectures.RadialBasis, ADAM,
        loss=architectures.yes_or_no_loss, prepare=centred_on_means,
    ),
    Recipe(
        "maxout-1600-adversarial", "Maxout network of 1,600 units, trained against FGSM",
        wide_maxout, CONTROL, "adversarial", SOMETIMES_IN_EVAL_MODE, 0.5,
        kept="accuracy_under_fgsm", ships=False,
    ),
    Recipe(
        "maxout-member", "Maxout network, one of twelve", architectures.Maxout, SHORT, ships=False,
        kept="last",
    ),
    _decayed("maxout-l1", "with L1 weight decay of .0025", 0.0025),
    _decayed(
        "maxout-l1-late", "with L1 weight decay of .0025 from trained weights on", 0.0025,
        prepare=started_from_maxout,
    ),
    _decayed("maxout-l1-tenth", "with L1 weight decay of .00025", 0.00025),
    _decayed("maxout-l1-hundredth", "with L1 weight decay of .000025", 0.000025),
    _decayed("maxout-l1-none", "trained as those with L1 weight decay, without it", 0.0),
)  # fmt: skip


def recipe(name: str) -> Recipe:
    """The recipe of that name."""
    for candidate in RECIPES:
        if candidate.name == name:
            return candidate
    names = ", ".join(candidate.name for candidate in RECIPES)
    raise ValueError(f"There is no digit network called {name!r}; there are {names}.")
