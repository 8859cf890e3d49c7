"""`demo.models`: the cards are true, and what `load` gives is frozen, whole and checked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import safetensors.torch
import timm
import torch
import torchvision
from torch import nn

from demo import models
from demo.models import cards, trained
from demo.networks import architectures, downloads, released
from demo.training import recipes

CPU = torch.device("cpu")
RENAMED = {
    134: "crane (bird)",
    264: "Cardigan (Welsh corgi)",
    474: "cardigan (knitwear)",
    517: "crane (machine)",
    639: "maillot (tank suit)",
}


@pytest.fixture(scope="module")
def embedded() -> nn.Module:
    return models.load("efficientnet-lite0", CPU)


def torchvision_weights(card: models.ModelCard) -> Any:
    return torchvision.models.get_model_weights(card.identifier)["IMAGENET1K_V1"]


def of_source(*sources: str) -> Any:
    cards = [card for card in models.MODELS if card.source in sources]
    return pytest.mark.parametrize("card", cards, ids=lambda card: card.name)


def test_names_are_unique_and_robust_ones_are_the_same_network_adversarially_trained() -> None:
    assert len({card.name for card in models.MODELS}) == len(models.MODELS)
    pairs = [(card, models.card(card.robust)) for card in models.MODELS if card.robust]
    assert len(pairs) >= 5
    for card, robust in pairs:
        assert (card.training, robust.training) == ("standard", "adversarial")
        assert (card.parameters, card.input_size) == (robust.parameters, robust.input_size)


@of_source("embedded", "timm")
def test_a_card_states_what_timm_knows(card: models.ModelCard) -> None:
    network: Any = timm.create_model(card.identifier, num_classes=card.classes)
    known = network.pretrained_cfg
    assert sum(p.numel() for p in network.parameters()) == card.parameters
    assert known["input_size"] == (3, card.input_size, card.input_size)
    assert (known["mean"], known["std"]) == (card.mean, card.std)
    assert known["crop_pct"] == card.crop
    assert known["license"] == card.licence.lower()


@of_source("torchvision")
def test_a_card_states_what_torchvision_knows(card: models.ModelCard) -> None:
    published = torchvision_weights(card)
    geometry = published.transforms()
    assert published.meta["num_params"] == card.parameters
    assert round(published.meta["_file_size"]) == card.megabytes
    assert published.meta["_metrics"]["ImageNet-1K"]["acc@1"] == pytest.approx(
        100 * float(card.published_top1 or 0)
    )
    assert geometry.resize_size == [card.short_side] and geometry.crop_size == [card.input_size]
    assert str(card.sha256) in published.url


def test_the_classes_are_torchvisions_but_for_five_names_that_were_too_alike() -> None:
    theirs = torchvision.models.ResNet50_Weights.IMAGENET1K_V1.meta["categories"]
    for card in models.PHOTOGRAPH_MODELS:
        ours = models.class_names(card)
        assert len(ours) == card.classes == 1000
        assert {i: ours[i] for i in range(1000) if ours[i] != theirs[i]} == RENAMED
        assert max(Counter(name.lower() for name in ours).values()) == 1


def test_digit_networks_stand_on_the_cards_of_their_training() -> None:
    cards = [card for card in models.MODELS if card.kind == "digits"]
    assert cards and all(card.kind == "photographs" for card in models.MODELS[: -len(cards)])
    for card in cards:
        known = trained.card(card.name)
        assert (card.channels, card.input_size, card.mean, card.std) == (1, 28, (0.0,), (1.0,))
        assert models.class_names(card)[:2] in (("0", "1"), ("3", "7"))
        attacks = {a.attack: a.share for a in (card.accuracy, *card.under_attack) if a}
        assert attacks == known.test and str(known.test_images)[-3:] in str(card.accuracy)
        logits = models.load(card.name, CPU)(torch.zeros(2, 1, 28, 28))
        assert logits.shape == (2, card.classes) and not logits.requires_grad


def test_only_a_digit_network_whose_weights_are_here_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [recipe for recipe in recipes.RECIPES if recipe.name.startswith("logistic")]
    for recipe in here:
        trained.save(recipe.build(), dummy_card(recipe), tmp_path)
    monkeypatch.setattr(trained.card, "__defaults__", (trained.SEED, tmp_path))
    monkeypatch.setattr(models, "MODELS", models.PHOTOGRAPH_MODELS + models._digit_models())
    offered, decayed = models.offered("digits")
    assert (offered.name, offered.robust) == ("logistic", "logistic-adversarial")
    assert (decayed.name, decayed.robust) == ("logistic-l1", None)
    assert models.counterpart("logistic-adversarial") == "logistic"
    assert {card.kind for card in models.offered("photographs")} == {"photographs"}
    (tmp_path / "logistic-adversarial.json").unlink()
    monkeypatch.setattr(models, "MODELS", models.PHOTOGRAPH_MODELS + models._digit_models())
    assert models.counterpart("logistic") is None


def dummy_card(recipe: recipes.Recipe) -> trained.Card:
    return trained.Card(
        recipe.name, recipe.title, recipe.training, 1, "", "", 1, 1, 785, 1.0, "CPU", "2",
        {"without attack": 0.98, "under FGSM at 0.25": 0.1}, 2038, "",
    )  # fmt: skip


def test_a_digit_network_whose_file_was_altered_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: str) -> nn.Module:
        raise ValueError(f"The weights {name}.safetensors are not the expected file.")

    monkeypatch.setattr(trained, "load", refuse)
    name = models.offered("digits")[0].name
    with pytest.raises(models.Unavailable, match="not the expected file"):
        models.load(name)


def test_an_unknown_model_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r"no model called 'vgg'; there are efficientnet-lite0, "):
        models.load("vgg")


def test_a_loaded_model_is_frozen_and_at_rest(embedded: nn.Module) -> None:
    assert not any(parameter.requires_grad for parameter in embedded.parameters())
    assert not any(module.training for module in embedded.modules())
    assert not embedded(torch.zeros(2, 3, 224, 224)).requires_grad


def test_two_loads_give_the_same_answers_and_share_no_memory(embedded: nn.Module) -> None:
    other = models.load("efficientnet-lite0", CPU)
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(3))
    assert torch.equal(embedded(images), other(images))
    pairs = zip(embedded.parameters(), other.parameters(), strict=True)
    assert not any(one.data_ptr() == two.data_ptr() for one, two in pairs)


def test_an_altered_embedded_file_is_refused_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray((models.ASSETS / "weights" / "efficientnet-lite0.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "efficientnet-lite0.safetensors").write_bytes(data)
    monkeypatch.setattr(models, "ASSETS", tmp_path)
    sentence = r"efficientnet-lite0\.safetensors .* starts with \w{12}, expected 0912407ec198\.$"
    with pytest.raises(ValueError, match=sentence):
        models.load("efficientnet-lite0", CPU)


def test_a_missing_embedded_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "ASSETS", tmp_path)
    with pytest.raises(ValueError, match=r"efficientnet-lite0\.safetensors are missing"):
        models.load("efficientnet-lite0", CPU)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that GoogLeNet's weights are served from, and an empty cache of torch.hub's."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    published = torchvision_weights(models.card("googlenet"))
    address = f"http://127.0.0.1:{server.server_port}/googlenet-1378be20.pth"
    monkeypatch.setattr(published.value, "url", address)
    yield folder
    server.shutdown()
    server.server_close()


def state_expected(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    card = replace(models.card("googlenet"), sha256=prefix)
    monkeypatch.setattr(models, "MODELS", (models.MODELS[0], card))


@pytest.mark.slow
def test_googlenet_comes_from_the_network_once_and_answers_as_torchvisions_does(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.googlenet(transform_input=True, aux_logits=True, init_weights=False)
    file = site / "googlenet-1378be20.pth"
    torch.save(theirs.state_dict(), file)
    state_expected(monkeypatch, sha256(file.read_bytes()).hexdigest()[:8])
    shares: list[float] = []
    ours = models.load("googlenet", CPU, shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0
    file.unlink()
    models.load("googlenet", CPU)  # the cache is enough
    images = torch.rand(1, 3, 224, 224)
    normalise = torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    torch.testing.assert_close(ours(images), theirs.eval()(normalise(images)), rtol=1e-3, atol=1e-4)


def test_another_file_in_its_place_is_refused_and_not_kept(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "googlenet-1378be20.pth").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(models.Unavailable, match="not the expected file"):
        models.load("googlenet", CPU)
    assert not list((tmp_path / "cache").rglob("*.p*"))


def test_without_the_network_one_sentence_says_so_and_the_embedded_model_works(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = torchvision_weights(models.card("resnet50"))
    monkeypatch.setattr(published.value, "url", "http://127.0.0.1:1/resnet50-0676ba61.pth")
    with pytest.raises(models.Unavailable) as refusal:
        models.load("resnet50", CPU)
    for part in ("ResNet-50", "98 MB", "first use", "could not be reached", "EfficientNet-Lite0"):
        assert part in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert models.load("efficientnet-lite0", CPU)(torch.zeros(1, 3, 224, 224)).shape == (1, 1000)


@pytest.mark.slow
def test_inception_comes_from_the_hub_and_answers_as_timms_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    theirs = timm.create_model("inception_v3.tf_adv_in1k").eval()
    asked: list[tuple[str, str]] = []

    def download(repository: str, filename: str, tqdm_class: Any) -> str:
        asked.append((repository, filename))
        with tqdm_class(total=2, desc=filename) as bar:
            bar.update(2)
        safetensors.torch.save_file(theirs.state_dict(), tmp_path / filename)
        return str(tmp_path / filename)

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(downloads, "_reach", lambda _: None)
    shares: list[float] = []
    ours = models.load("inception-v3-adversarial", CPU, shares.append)
    assert (asked, shares) == ([("timm/inception_v3.tf_adv_in1k", "model.safetensors")], [1.0])
    images = torch.rand(1, 3, 299, 299)
    expected = theirs(
        (images - 0.5) / 0.5
    )  # of drawn weights: up to 1e8, so a share of the largest
    largest = expected.abs().max().item()
    torch.testing.assert_close(ours(images) / largest, expected / largest, rtol=0, atol=1e-5)


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """(tensors, more) -> the SHA-256 of the checkpoint that the hub sends from then on."""

    def kept(network: dict[str, torch.Tensor], **more: object) -> str:
        held = {f"module.{part}.{name}": tensor for part in ("model", "attacker.model")
                for name, tensor in network.items()}  # fmt: skip
        for part in ("normalizer", "attacker.normalize"):
            for what, values in (("mean", cards.MEAN), ("std", cards.STD)):
                held[f"module.{part}.new_{what}"] = torch.tensor(values).reshape(3, 1, 1)
        path = tmp_path / "released.ckpt"
        torch.save({"model": held, "epoch": 90} | more, path)
        return sha256(path.read_bytes()).hexdigest()

    def download(*asked: str, revision: str, **_: object) -> str:
        assert asked[0] == "madrylab/robust-imagenet-models" and revision == released.REVISION
        return str(tmp_path / "released.ckpt")

    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: None)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(downloads, "_reach", lambda _: None)
    return kept


SMALL = {"fc.weight": torch.eye(3), "bn1.num_batches_tracked": torch.tensor(7)}


def test_a_released_checkpoint_gives_the_tensors_of_its_network(
    release: Callable[..., str],
) -> None:
    found = released.tensors("a.ckpt", release(SMALL, nat_prec1=torch.tensor(52.5), amp=None))
    ours = released.network(found, cards.MEAN, cards.STD)
    assert ours.keys() == SMALL.keys()
    assert all(torch.equal(ours[name], SMALL[name]) for name in SMALL)


def test_a_released_checkpoint_that_was_altered_is_not_opened(
    release: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = release(SMALL)
    release({name: tensor + 1 for name, tensor in SMALL.items()})
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was opened"))
    with pytest.raises(ValueError, match="is not the released one"):
        released.tensors("a.ckpt", expected)


class Anything:
    """What a checkpoint must not hold."""


def test_a_released_checkpoint_that_holds_more_than_weights_is_refused(
    release: Callable[..., str],
) -> None:
    with pytest.raises(ValueError, match="something else than plain weights"):
        released.tensors("a.ckpt", release(SMALL, optimizer=Anything()))


def test_a_release_with_another_normalisation_is_refused(release: Callable[..., str]) -> None:
    found = released.tensors("a.ckpt", release(SMALL))
    with pytest.raises(ValueError, match="another std"):
        released.network(found, cards.MEAN, cards.HALF)


@pytest.mark.slow
def test_a_released_robust_network_answers_as_torchvisions_architecture_does(
    release: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18().eval()
    card = replace(models.card("resnet18-adversarial"), sha256=release(theirs.state_dict()))
    monkeypatch.setattr(models, "MODELS", (models.MODELS[0], card))
    images = torch.rand(1, 3, 224, 224)
    normalise = torchvision.transforms.Normalize(cards.MEAN, cards.STD)
    ours = models.load(card.name, CPU)(images)
    torch.testing.assert_close(ours, theirs(normalise(images)), rtol=1e-3, atol=1e-4)
    release({k: v for k, v in theirs.state_dict().items() if k != "fc.bias"})
    monkeypatch.setattr(downloads, "starts_with", lambda *_: True)
    with pytest.raises(models.Unavailable, match="ResNet-18, trained against PGD cannot be loaded"):
        models.load(card.name, CPU)


@of_source("madrylab")
def test_a_released_robust_network_is_the_counterpart_of_torchvisions(
    card: models.ModelCard,
) -> None:
    standard = models.card(str(models.counterpart(card.name)))
    assert (standard.source, standard.robust, standard.mean) == (
        "torchvision",
        card.name,
        card.mean,
    )
    assert len(str(card.sha256)) == 64 and card.licence == "MIT"
    assert card.name not in [offered.name for offered in models.offered("photographs")]


def test_an_unreachable_hub_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: None)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(models.Unavailable, match=r"^Inception v3 is not here yet: .* \(95 MB\)"):
        models.load("inception-v3", CPU)


def test_a_network_trained_on_a_page_is_known_for_as_long_as_somebody_keeps_it() -> None:
    def trained_on_a_page() -> trained.OwnNetwork:
        network = architectures.LogisticRegression()
        return trained.OwnNetwork("own-0", "Own", ("3", "7"), network, "")

    mine = models.adopt(trained_on_a_page())
    theirs = models.adopt(trained_on_a_page())
    assert theirs is mine
    card = models.card("own-0")
    assert card.kind == "digits" and card.labels == ("3", "7")
    assert models.load("own-0", torch.device("cpu")) is mine.network
    assert "own-0" not in [card.name for card in models.offered("digits")]
    del mine
    assert models.card("own-0") == card
    del theirs
    with pytest.raises(ValueError, match="no model called 'own-0'"):
        models.card("own-0")
