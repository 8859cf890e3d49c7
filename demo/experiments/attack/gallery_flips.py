"""The smallest epsilon at which FGSM changes a network's answer, for each photograph that ships.

Measured once for the weights that ship (`python -m demo photographs`), read by the page.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from demo import fgsm, models, scores
from demo.attacks import sign_methods
from demo.data import gallery, pictures
from demo.experiments.attack import confidence_sweep, failures

RECORDED = models.ASSETS / "results" / "gallery_flips.json"
PAPERS = confidence_sweep.THE_PAPERS_EPSILON


@dataclass(frozen=True)
class Flip:
    """One photograph. stop: index of the first of the 65 epsilons whose answer is another one.

    None: none of them. right: whether the answer without attack is what is on the photograph.
    confidence: of that answer under the attack at the paper's epsilon, .007.
    """

    photograph: str
    stop: int | None
    right: bool
    confidence: float

    @property
    def holds(self) -> bool:
        """Whether the answer without attack is still given at the paper's epsilon."""
        return self.stop is None or confidence_sweep.EPSILON_GRID[self.stop] > PAPERS

    @property
    def reach(self) -> float:
        """The smallest epsilon that changes the answer; where none does, the largest tried."""
        return confidence_sweep.EPSILON_GRID[-1 if self.stop is None else self.stop]


def run(model: fgsm.Model, size: int, device: torch.device, classes: int = 1000) -> Iterator[Flip]:
    """One `Flip` a photograph of the gallery, each attacked away from the network's own answer.

    classes: how many the network knows.
    """
    for photo in gallery.of(classes):
        image = pictures.to_tensor(gallery.pixels(photo, size)).to(device)
        label = sign_methods.logits_of(model, image).argmax(dim=1)
        direction = fgsm.loss_gradient(model, image, label).sign()
        grid = confidence_sweep.EPSILON_GRID
        logits = sign_methods.logits_along(model, image, direction, grid).cpu()
        answers = logits.argmax(dim=1).numpy()
        stop = failures.first(answers != answers[0])
        attacked = scores.probabilities(logits[grid.index(PAPERS)][None])[0, int(label)]
        right = int(label) == photo.label_among(classes)
        yield Flip(photo.name, stop, right, round(float(attacked), 4))


def opening(standard: Sequence[Flip], robust: Sequence[Flip]) -> str | None:
    """The photograph on which the switch between two networks shows most; None if there is none.

    Both are right about it without attack. At the paper's epsilon the standard network's answer
    changes and the robust one's does not: of several, the one with the highest probability that
    the robust network is right under the attack and the standard one wrong. Where there is none,
    the one on which the robust network holds furthest beyond the standard one.
    """
    theirs = {flip.photograph: flip for flip in robust if flip.right}
    pairs = [(f, theirs[f.photograph]) for f in standard if f.right and f.photograph in theirs]
    telling = [(f, other) for f, other in pairs if not f.holds and other.holds]
    if telling:
        best, _ = max(telling, key=lambda pair: (1 - pair[0].confidence) * pair[1].confidence)
        return best.photograph
    further = max(pairs, key=lambda pair: pair[1].reach - pair[0].reach, default=None)
    return None if further is None else further[0].photograph


def opening_of(name: str) -> str:
    """The photograph that a network and its counterpart open on, as recorded; else the first."""
    cards = [models.card(each) for each in (name, models.counterpart(name)) if each is not None]
    flips = {card.training: recorded(card.name, str(card.sha256)) for card in cards}
    found = opening(flips.get("standard", []), flips.get("adversarial", []))
    return gallery.of(cards[0].labelled)[0].name if found is None else found


def opening_network() -> str:
    """The photograph network to open on: the one whose counterpart is surest where it opens."""
    return max(models.photograph_pairs(), key=_sureness)[0].name


def _sureness(pair: tuple[models.ModelCard, models.ModelCard]) -> float:
    """The robust network's confidence, where the standard one falls and it holds; else 0."""
    standard, robust = pair
    opens = opening_of(standard.name)
    flips = [f for f in recorded(robust.name, str(robust.sha256)) if f.photograph == opens]
    return max((flip.confidence for flip in flips if flip.holds), default=0.0)


def recorded(name: str, sha256: str, path: Path = RECORDED) -> list[Flip]:
    """What was measured of the network of that name with exactly these weights; else nothing."""
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))["networks"].get(name)
    if found is None or found["sha256"] != sha256:
        return []
    return [Flip(**row) for row in found["flips"]]
