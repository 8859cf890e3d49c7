"""A network that somebody brings: offered if it is sound, else refused in one sentence."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from demo import fgsm, models, scores
from demo.__main__ import main
from demo.models import brought, soundness
from demo.web import controls
from demo.web.store import brought as store
from tests import PATIENCE

ROOT = Path(__file__).parents[2]
CPU = torch.device("cpu")

SOURCE = """
import torch
from torch import nn

def net(*more, classes=10, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2), nn.Tanh(), nn.AdaptiveAvgPool2d(3), nn.Flatten(),
        nn.Linear(72, classes), *more,
    )

class Then(nn.Module):
    def __init__(self, change):
        super().__init__()
        self.network, self.change = net(), change
    def forward(self, images):
        return self.change(self.network(images), images)

def carded(**card):
    return lambda build: setattr(build, "card", {"size": 32} | card) or build

@carded(title="Mine", robust="tough")
def build(): return net().eval()
@carded(against="FGSM at 8/255", title="Mine, trained")
def tough(): return net(seed=1).eval()
@carded()
def plain(): return net().eval()

@carded()
def raises(): raise FileNotFoundError("weights.pt")
@carded()
def weights(): return net().state_dict()
@carded()
def half(): return net(nn.Dropout(0.5))
@carded()
def norm(): return net(nn.BatchNorm1d(10))
@carded()
def softmax(): return net(nn.Softmax(1)).eval()
@carded()
def one_logit(): return net(nn.Flatten(0)).eval()
@carded()
def pair(): return Then(lambda z, _: (z, z)).eval()
@carded()
def argmax(): return Then(lambda z, _: z.argmax(1, keepdim=True).repeat(1, 2)).eval()
@carded()
def halves(): return Then(lambda z, _: z.half()).eval()
@carded()
def nan(): return Then(lambda z, _: z / 0).eval()
@carded()
def detached(): return Then(lambda z, _: z.detach()).eval()
@carded()
def flat(): return Then(lambda z, images: z.detach() + 0 * images.sum()).eval()
@carded()
def stairs(): return net(nn.Hardtanh(-0.0, 0.0)).eval()
@carded(size=4)
def too_small(): return net(nn.Flatten()).eval()
@carded(classes=["a", "b"])
def two_names(): return net().eval()
@carded(colour="red")
def unknown(): return net().eval()
@carded(normalisation=(0.5, 0.5))
def normalised(): return net().eval()
@carded(robust="eleven")
def unlike(): return net().eval()
@carded()
def eleven(): return net(classes=11).eval()

class To255(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = net()
    def forward(self, images):
        return self.network(images / 255) * 100
@carded()
def of_bytes(): return To255().eval()
"""

SAID = {
    "raises": "it cannot be built (FileNotFoundError: weights.pt)",
    "weights": "returns a OrderedDict, where a torch.nn.Module was expected",
    "half": "is it in training mode (dropout, batch norm)? Call .eval()",
    "norm": "training",
    "softmax": "probabilities (each row adds up to 1), where logits were expected",
    "one_logit": "the shape (20,), where logits (2, K) were expected",
    "pair": "it gives a tuple, where logits",
    "argmax": "it gives int64, where float32 was expected: is there an argmax",
    "halves": "it gives float16, where float32 was expected",
    "nan": "NaN or infinite logits",
    "detached": "no gradient reaches the picture",
    "flat": "its gradient is zero everywhere",
    "too_small": "the card's size is a side of 8 to 1,024, not 4",
    "two_names": "names 2 classes, and it gives 10 logits",
    "unknown": "a card has no 'colour'; it may have title, classes",
    "normalised": "normalisation is (mean, std), three numbers each",
    "unlike": "must have the same size and classes; it has 32 and 11, not 32 and 10",
    "nothing": "There is no function 'nothing' in",
}
"""The function -> a part of the sentence about what it builds."""


@pytest.fixture(autouse=True)
def none_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has brought a network, and who brings one is on the CPU."""
    monkeypatch.setattr(models, "_brought", {})
    monkeypatch.setenv("DEMO_DEVICE", "cpu")
    store._refusals.clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    return path


@pytest.mark.parametrize("name", SAID)
def test_what_is_off_about_a_network_is_said_in_one_sentence(name: str, file: Path) -> None:
    with pytest.raises(ValueError) as refusal:
        brought.bring(f"{file}:{name}", CPU)
    said = str(refusal.value)
    assert SAID[name] in said and str(file) in said and "\n" not in said
    assert models._brought == {}


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("mine.py", "is named as FILE.py:FUNCTION"),
        ("nowhere.py:build", "There is no file nowhere.py"),
        ("no_such_package.networks:build", "cannot be imported (ModuleNotFoundError"),
        ("{folder}/broken.py:build", "cannot be imported (SyntaxError"),
        ("{folder}/leaves.py:build", "cannot be imported (SystemExit"),
    ],
)
def test_words_that_name_no_function_are_refused(words: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def build(:")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)")
    with pytest.raises(ValueError, match=re.escape(part)):
        brought.bring(words.format(folder=tmp_path), CPU)


def test_a_function_may_be_named_by_its_package() -> None:
    assert brought.function("torch.nn:Identity") == (nn.Identity, "torch.nn:Identity")


def test_a_remark_stands_under_the_choice_of_the_network(file: Path) -> None:
    card = brought.bring(f"{file}:plain", CPU)
    assert controls._warnings(replace(card, remarks=("It may expect 0 to 255.",))) == [
        "It may expect 0 to 255."
    ]


def test_a_sound_network_and_its_counterpart_are_offered_as_one(file: Path) -> None:
    card = brought.bring(f"{file}:build", CPU)
    assert models.offered("photographs")[-1] == card
    assert (card.title, card.input_size, card.classes) == ("Mine", 32, 10)
    assert models.class_names(card)[3] == "class 3"
    other = models.card(str(models.counterpart(card.name)))
    assert (other.training, other.against) == ("adversarial", "FGSM at 8/255")
    assert models.counterpart(other.name) == card.name
    network = models.load(card.name, CPU)
    assert not any(p.requires_grad for p in network.parameters())
    images = torch.rand(3, 3, 32, 32)
    attacked = fgsm.fgsm(network, images, scores.predicted_label(network(images)), 8 / 255)
    assert not torch.equal(attacked, images)


def test_a_normalisation_on_the_card_stands_before_the_network(file: Path) -> None:
    file.write_text(
        SOURCE + "\nplain.card['normalisation'] = ((.1, .2, .3), (.4, .5, .6))\nraw = net().eval()"
    )
    ours = models.load(brought.bring(f"{file}:plain", CPU).name, CPU)
    images = torch.rand(2, 3, 32, 32)
    mean, std = (torch.tensor(x).view(3, 1, 1) for x in ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6)))
    build, _ = brought.function(f"{file}:raw")
    torch.testing.assert_close(ours(images), build((images - mean) / std))  # type: ignore[call-arg]


class Sure(nn.Module):
    """Ten templates in [0, 255]: right about each picture only where values go so far."""

    def __init__(self, templates: torch.Tensor, span: float) -> None:
        super().__init__()
        self.templates, self.span = templates, span

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return -99 * (images[:, None] / self.span - self.templates).square().mean(dim=(2, 3, 4))


@pytest.mark.parametrize("known", [True, False])
def test_a_network_that_expects_values_to_255_is_told(known: bool) -> None:
    images, _ = soundness.tried_on(32, CPU)
    labels = torch.arange(8 if known else 0)
    right, wrong = Sure(images, 1.0), Sure(images, 255.0)
    assert soundness.remarks(right, right, images, labels) == []
    (remark,) = soundness.remarks(wrong, wrong, images, labels)
    assert "with values from 0 to 255: is its normalisation inside" in remark


def test_a_network_that_lacks_its_normalisation_is_told(embedded: nn.Module) -> None:
    inner: nn.Module = embedded.network  # type: ignore[assignment]
    images, labels = soundness.tried_on(224, CPU)
    (remark,) = soundness.remarks(inner, inner, images, labels)
    assert "0.31 nats as it is attacked, and 0.24 with values from -1 to 1: is its" in remark
    assert soundness.remarks(inner, embedded, images, labels) == []


def test_the_command_attacks_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    panda = str(models.ASSETS / "images" / "panda.webp")
    assert main(["attack", panda, "--model", f"{file}:build", "--epsilon", "8/255", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"] == "mine:build" and facts["loss_after"] > facts["loss_before"]
    assert main(["attack", panda, "--model", f"{file}:softmax"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "probabilities" in printed.err


def test_the_documents_example_is_a_network_that_can_be_brought(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "my_network.py"
    path.write_text(example)
    card = brought.bring(f"{path}:build", CPU)
    assert (card.title, card.labels[3]) == ("My network", "cat")
    for key in vars(brought.Told()):
        assert f"| `{key}` |" in text


@pytest.mark.slow
def test_the_page_works_on_a_network_that_is_brought_and_says_which_one_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(store.VARIABLE, f"{file}:build, {file}:softmax")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["network"] = "mine:build"
    app.run()
    (refusal,) = app.error
    assert refusal.value.startswith(f"DEMO_MODELS: {file}:softmax: it gives probabilities")
    radio = app.radio(key="network_photographs")
    assert radio.value == "mine:build" and "Mine" in radio.options
    for method in ("ten", "one"):
        app.radio(key="method").set_value(method).run()
        assert not app.exception and not app.warning
    assert any("Against FGSM at 8/255" in text.value for text in app.markdown)
