"""The cache of "Why only the sign": three steps at one picture."""

import numpy as np
from numpy.typing import NDArray

from demo.experiments.attack import only_the_sign
from demo.web.store import attack, recorded
from demo.web.store.by_kind import cached_by_kind


@recorded.first(recorded.three_steps)
@cached_by_kind(photographs=64, digits=64)
def steps(
    name: str, pixels: NDArray[np.uint8], label: int, epsilon: float, toward: bool
) -> only_the_sign.ThreeSteps:
    """FGSM and the gradient itself on that network, for that picture."""
    network, image = attack.loaded(name), attack.image(pixels)
    return attack.in_turn(name, only_the_sign.run, network, image, label, epsilon, toward)
