"""One row of the table before it is run: what, with which networks, and by which criterion."""

from collections.abc import Callable
from dataclasses import dataclass

from demo.experiments.paper_numbers.bench import Bench, Measured, Walk
from demo.experiments.paper_numbers.verdicts import Judge
from demo.models import trained

Numbers = tuple[tuple[str, float | None, str], ...]
"""(what, the paper's value or None, its unit) of each number."""
Network = tuple[str, int]
"""(name, seed)."""
ONE = trained.SEED
ERROR = "error under FGSM"
SURE = "confidence on the wrong answers"
ONE_STEP = "One step of FGSM at ε = .25, away from the true digit."


@dataclass(frozen=True)
class Claim:
    """One row before it is run.

    criterion: in words, what each verdict takes; judge: the same for a program. Neither where the
    paper has nothing to compare with or nothing can be run.  measure: the walk; None where data or
    weights are not part of this project, and `needs` says which.  networks: what must be at hand.
    live: under a minute on the digits that ship.  fewer_seeds: the seeds at hand are enough.
    training: whether MNIST's training digits are needed.  also: the paper's numbers that this row
    has too.  counted: what `Measured.digits` counts.
    """

    id: str
    what: str
    numbers: Numbers
    setting: str
    criterion: str
    networks: tuple[Network, ...] = ()
    measure: Callable[[Bench], Walk[Measured]] | None = None
    judge: Judge | None = None
    live: bool = True
    fewer_seeds: bool = False
    training: bool = False
    needs: str = ""
    counted: str = "digits"
    also: tuple[str, ...] = ()

    @property
    def beyond(self) -> bool:
        """Whether the paper has no such number."""
        return not self.id.startswith("P")
