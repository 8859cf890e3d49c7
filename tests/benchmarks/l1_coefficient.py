"""Which coefficient L1 weight decay gets: `python -m tests.benchmarks.l1_coefficient DIR`.

Trains the logistic regression of 3 against 7 with each, and prints its accuracies on the 4,000
validation images' threes and sevens. The one kept in `recipes.LOGISTIC_L1` is the smallest of
those with the highest accuracy under FGSM. DIR holds MNIST/raw.
"""

import dataclasses
import sys
from pathlib import Path

from demo.data import digits
from demo.data.labelled import Labelled
from demo.training import loop, recipes

COEFFICIENTS = (0.0003, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08)


def accuracies(coefficient: float, labelled: Labelled, held_out: Labelled) -> tuple[float, float]:
    """Clean and under FGSM at .25, 0 to 1, on `held_out`, at the epoch with the best of these."""
    recipe = recipes.recipe("logistic-l1")
    walk = loop.train(
        recipe.network(1, labelled), labelled.images, labelled.labels, held_out=held_out,
        settings=dataclasses.replace(recipe.settings, evaluated=1), loss=recipe.loss,
        penalty=lambda network: coefficient * network.get_parameter("weight").abs().sum(), seed=1,
    )  # fmt: skip
    best = max(walk, key=lambda epoch: (epoch.accuracy_under_fgsm, epoch.number))
    return best.clean_accuracy, best.accuracy_under_fgsm


def main(folder: Path) -> None:
    """One line a coefficient, and the one that is chosen."""
    whole = digits.mnist(folder, train=True)
    labelled, held_out = (
        whole[part].only(digits.THREE_AND_SEVEN) for part in (digits.TRAINING, digits.VALIDATION)
    )
    found = {c: accuracies(c, labelled, held_out) for c in COEFFICIENTS}
    for coefficient, (clean, under_fgsm) in found.items():
        print(f"{coefficient:6g}  without attack {clean:.2%}, under FGSM at .25 {under_fgsm:.2%}")
    chosen = max(found, key=lambda c: (found[c][1], -c))
    print(f"chosen: {chosen:g}; in the recipe: {recipes.LOGISTIC_L1:g}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
