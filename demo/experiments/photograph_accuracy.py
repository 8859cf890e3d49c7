"""How often a photograph network is right on labelled photographs, under named attacks."""

from collections.abc import Callable

from demo import fgsm
from demo.digits import Labelled
from demo.experiments import digit_accuracy
from demo.experiments.digit_accuracy import Attack, UnderAttack

STEPS = 20
"""Of PGD, each of epsilon / 8, from one random start."""

LEVELS = (1, 2)
"""Of 255: the epsilons of a card's accuracies."""

BATCH = 25


def run(
    model: fgsm.Model,
    labelled: Labelled,
    attack: Attack,
    epsilon: float,
    progress: Callable[[float], None] | None = None,
) -> UnderAttack:
    """Attack every photograph and count; one random start for PGD, always the same."""
    return digit_accuracy.run(
        model, labelled, attack, epsilon, steps=STEPS, restarts=1, batch=BATCH, progress=progress
    )


def named(model: fgsm.Model, labelled: Labelled) -> dict[str, float]:
    """The accuracies of a card, 0 to 1, by the attack's name."""
    found = {"without attack": run(model, labelled, "none", 0.0).accuracy}
    attacks: tuple[Attack, ...] = ("FGSM", "PGD")
    for attack in attacks:
        steps = f" ({STEPS} steps)" if attack == "PGD" else ""
        for level in LEVELS:
            result = run(model, labelled, attack, level / 255)
            found[f"under {attack} at {level}/255{steps}"] = round(result.accuracy, 6)
    return found
