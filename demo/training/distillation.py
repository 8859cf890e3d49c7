"""Adversarial training on photographs: a teacher's features, its answers, and labels.

The student sees the attacked crop, the teacher the clean one. Feature distillation: the student's
penultimate features shall equal the teacher's. Labels alone teach a network only the classes that
its pictures show; features keep the meaning of all 1,000, so photographs without labels will do.
Compare arXiv:1905.02175 (section 3.1), where images are made robust by matching features.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.transforms import v2

from demo import device
from demo.training.batches import Batches


class Features(nn.Module):
    """images (N, 3, S, S) in [0, 1] -> penultimate features, then logits: (N, `width` + K).

    network: one of timm's, ending in a linear classifier, that wants (x - .5) / .5.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        timm_network: Any = network
        self.network = timm_network
        self.width = int(timm_network.num_features)

    def forward(self, images: Tensor) -> Tensor:
        """Both in one tensor."""
        network: Any = self.network
        maps = network.forward_features((images - 0.5) / 0.5)
        features = network.forward_head(maps, pre_logits=True)
        return torch.cat([features, network.get_classifier()(features)], dim=1)

    def logits(self, images: Tensor) -> Tensor:
        """(N, K), as every other network gives them."""
        outputs: Tensor = self(images)
        return outputs[:, self.width :]


@dataclass(frozen=True)
class Matching:
    """How far a student's outputs, from `Features`, are from `Taught`'s targets: both (N, F + K).

    features: times 1 - cos + mean square / the teacher's mean square, of each picture's features;
    soft: times the cross-entropy of the student's logits with the target's probabilities.
    width: F.
    """

    width: int
    soft: float = 1.0
    features: float = 1.0

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean over the batch, in float32 at least."""
        features, logits = self._parts(outputs)
        wanted, probabilities = self._parts(targets)
        loss = self.soft * F.cross_entropy(logits, probabilities)
        if self.features:
            angle = 1 - F.cosine_similarity(features, wanted).mean()
            size = (features - wanted).square().mean(dim=1) / wanted.square().mean(dim=1)
            loss = loss + self.features * (angle + size.mean())
        return loss

    def answer_lost(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of the student's logits with the target's answer: an attack raises it."""
        return F.cross_entropy(self._parts(outputs)[1], self._parts(targets)[1].argmax(dim=1))

    def wrong(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """How many of the student's answers are not the target's: ()."""
        return (self._parts(outputs)[1].argmax(1) != self._parts(targets)[1].argmax(1)).sum()

    def _parts(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        exact = outputs if outputs.dtype == torch.float64 else outputs.float()
        return exact[:, : self.width], exact[:, self.width :]


@dataclass(frozen=True)
class Taught:
    """Batches with what the student shall see in them: features, then probabilities (N, F + K).

    pictures: images and their labels, -1 where there is none.  teacher: a frozen `Features`, in
    eval mode; it computes in bfloat16 where that is fast; None: labels alone, features of zero.
    width, classes: F and K.  known: how much of the probabilities a label makes up where there is
    one, 0 to 1; the rest is the teacher's.  blend: the share of batches, 0 to 1, in which each
    image is mixed with the one before it: half of them have a part of it pasted in (CutMix), half
    are weighted means (MixUp), and labels do not count. A teacher has an answer to anything, so
    that few photographs do for many: with those alone a student soon knows them by heart. Within
    one process's part.
    Sources: arXiv:1905.04899, arXiv:1710.09412; for teachers arXiv:2106.05237, section 3.
    """

    pictures: Batches
    teacher: nn.Module | None
    width: int
    classes: int
    known: float = 0.0
    blend: float = 0.0

    @property
    def images(self) -> int:
        """Images in one epoch."""
        return self.pictures.images

    @property
    def steps(self) -> int:
        """Batches in one epoch."""
        return self.pictures.steps

    @property
    def device(self) -> torch.device:
        """That of the pictures, and of the teacher."""
        return self.pictures.device

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """(images, targets)."""
        for plain, labels in self.pictures.epoch(generator):
            images = self._blended(plain)
            known = labels if images is plain else torch.full_like(labels, -1)
            yield images, self._targets(images, known.to(images.device))

    def _targets(self, images: Tensor, labels: Tensor) -> Tensor:
        """What the teacher says of the images, mixed with their labels."""
        told = images.new_zeros(len(images), self.width + self.classes)
        if self.teacher is not None:
            half = device.fast_in_half(self.device)
            with torch.no_grad(), torch.autocast(self.device.type, torch.bfloat16, enabled=half):
                told = self.teacher(images).to(images.dtype)
        features, probabilities = told[:, : self.width], told[:, self.width :].softmax(dim=1)
        if self.known:
            certain = F.one_hot(labels.clamp_min(0), self.classes).to(images.dtype)
            share = self.known * (labels >= 0).to(images.dtype).unsqueeze(1)
            probabilities = torch.lerp(probabilities, certain, share)
        return torch.cat([features, probabilities], dim=1)

    def _blended(self, images: Tensor) -> Tensor:
        """The images, in some batches two in each; drawn from the global generator.

        Training seeds that one anew for each epoch, so a training that was killed ends the same.
        """
        if not self.blend or len(images) < 2:
            return images
        mixed = v2.RandomChoice(
            [v2.Identity(), v2.CutMix(), v2.MixUp()],
            p=[1 - self.blend, self.blend / 2, self.blend / 2],
        )
        blended: Tensor = mixed(images, torch.zeros(len(images), 1))[0]
        return blended
