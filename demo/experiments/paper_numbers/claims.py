"""The table: every row in order, and a row by its number."""

from demo.experiments.paper_numbers import claims_beyond as beyond
from demo.experiments.paper_numbers import claims_fgsm as fgsm
from demo.experiments.paper_numbers import claims_outside as outside
from demo.experiments.paper_numbers import claims_training as training
from demo.experiments.paper_numbers.claim import Claim

PAPER: tuple[Claim, ...] = (
    fgsm.SOFTMAX, fgsm.MAXOUT, fgsm.LOGISTIC, training.DEFENCE, training.LARGE, fgsm.DEFENDED,
    fgsm.TRANSFER, fgsm.SIGNS, fgsm.NOISE, fgsm.RADIAL, fgsm.ENSEMBLE, training.PENALTY,
    fgsm.CIFAR, fgsm.PANDA, outside.LINES, outside.RUBBISH, outside.RUBBISH_ELSEWHERE,
    outside.AIMED, outside.SHARED, outside.ROTATED, training.SMALL_PENALTY,
)  # fmt: skip
BEYOND: tuple[Claim, ...] = (*beyond.NETWORKS, beyond.ROUNDING)
CLAIMS = PAPER + BEYOND
ORDER = tuple(claim.id for claim in CLAIMS)


def claim(number: str) -> Claim:
    """The claim of that number, in any case; P8 is part of P7. Raises ValueError."""
    asked = number.strip().casefold()
    for candidate in CLAIMS:
        if asked in [name.casefold() for name in (candidate.id, *candidate.also)]:
            return candidate
    raise ValueError(f"There is no row {number!r}; there are {', '.join(ORDER)}.")
