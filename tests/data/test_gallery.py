"""Every photograph that ships has its credits, opens, and is what the network says it is."""

import csv

import pytest
import torch

from demo import fgsm, models
from demo.data import gallery, pictures

NAMES = [photo.name for photo in gallery.GALLERY]


def test_each_set_of_classes_has_sixteen_photographs_or_more_with_a_name_of_their_own():
    assert len(set(NAMES)) == len(NAMES)
    imagenet, everyday = gallery.of(1000), gallery.of(len(gallery.KINDS))
    assert len(imagenet) == 16 and len(everyday) >= 16
    assert set(imagenet) | set(everyday) == set(gallery.GALLERY)
    assert "panda" in {photo.name for photo in imagenet} & {photo.name for photo in everyday}


def test_a_photograph_has_a_label_only_among_classes_that_it_is_one_of():
    astronaut, kangaroo = gallery.card("astronaut"), gallery.card("kangaroo")
    assert gallery.KINDS[astronaut.label_among(29)] == "person"
    assert astronaut.label_among(1000) is None
    assert kangaroo.label_among(1000) == 104 and kangaroo.label_among(29) is None
    assert kangaroo.label_among(10) is None


def test_every_file_has_its_credits_and_every_row_its_file():
    files = {path.name for path in gallery.IMAGES.glob("*") if path.suffix not in (".csv", ".md")}
    assert files == {photo.file for photo in gallery.GALLERY}


@pytest.mark.parametrize("photo", gallery.GALLERY, ids=NAMES)
def test_the_credits_are_complete_and_the_licence_is_free(photo):
    assert photo.title.strip()
    assert photo.author.strip()
    assert photo.licence in {"CC0-1.0", "Public Domain", "CC-BY-2.0"}
    assert photo.source.startswith("https://")
    assert photo.file == f"{photo.name}.webp"
    assert gallery.card(photo.name) is photo


def test_every_photograph_opens_at_its_stated_size_and_is_light():
    with open(gallery.IMAGES / "credits.csv", encoding="utf-8", newline="") as rows:
        sizes = [(int(row["width"]), int(row["height"])) for row in csv.DictReader(rows)]
    for name, size in zip(NAMES, sizes, strict=True):
        data = gallery.photograph(name)
        assert len(data) <= 150 * 2**10
        assert pictures.from_bytes(data).size == size


def test_an_unknown_name_is_refused():
    for name in ("gibbon", "", "../credits"):
        with pytest.raises(ValueError, match="The gallery has no photograph"):
            gallery.photograph(name)


def test_the_embedded_network_gets_all_right_and_one_small_step_most_wrong():
    model = models.load("efficientnet-lite0")
    device = next(model.parameters()).device
    photos = gallery.of(1000)
    squares = (
        pictures.at_network_size(pictures.from_bytes(gallery.photograph(photo.name)), 224)
        for photo in photos
    )
    images = torch.cat([pictures.to_tensor(square) for square in squares]).to(device)
    labels = torch.tensor([photo.label for photo in photos], device=device)
    wrong = model(fgsm.fgsm(model, images, labels, 0.007)).argmax(1) != labels
    assert (model(images).argmax(1) == labels).all()
    assert [photo.name for photo, lost in zip(photos, wrong, strict=True) if not lost] == [
        "panda",
        "koala",
        "pontdu-gard",
    ]
