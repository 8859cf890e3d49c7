"""`demo.recipes`: a catalogue without doubles, and networks that its seeds fix."""

import pytest
import torch

from demo.data import digits
from demo.data.labelled import Labelled
from demo.models import trained
from demo.networks import architectures
from demo.training import recipes

each = pytest.mark.parametrize("recipe", recipes.RECIPES, ids=lambda r: r.name)


def some() -> Labelled:
    pixels, labels = digits.embedded()
    return Labelled(digits.to_images(pixels), torch.from_numpy(labels))


def test_names_and_titles_are_unique() -> None:
    for field in ("name", "title"):
        values = [getattr(recipe, field) for recipe in recipes.RECIPES]
        assert len(set(values)) == len(values)


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no digit network called 'mlp'; there are conv"):
        recipes.recipe("mlp")


@each
def test_a_recipe_is_what_its_kind_says(recipe: recipes.Recipe) -> None:
    if recipe.training == "standard":
        assert recipe.adversary is None and recipe.clean_weight == 1
    else:
        assert recipe.adversary is not None and recipe.clean_weight < 1
        assert recipe.adversary.epsilon == recipes.EPSILON  # type: ignore[attr-defined]


@each
def test_a_seed_fixes_the_start_and_leaves_the_callers_numbers(recipe: recipes.Recipe) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first, again = (recipe.network(7, some()) for _ in range(2))
    assert torch.equal(torch.rand(1), expected)
    for a, b in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_logistic_networks_see_threes_and_sevens_only() -> None:
    kept = recipes.recipe("logistic").data(some())
    assert len(kept) == 1000
    assert kept.labels.bincount().tolist() == [500, 500]


def test_the_radial_centres_begin_on_the_mean_of_their_digit() -> None:
    network = recipes.recipe("rbf").network(1, some())
    assert isinstance(network, architectures.RadialBasis)
    images, labels = digits.embedded()
    means = digits.to_images(images)[torch.from_numpy(labels) == 3].mean(dim=0, keepdim=True)
    distances = network.distances(means)[0]
    assert distances[3] < 1e-6
    assert distances[[k for k in range(10) if k != 3]].min() > 1e-3


def test_the_l1_penalty_is_the_papers() -> None:
    network = architectures.Maxout(units=2)
    penalty = recipes.recipe("maxout-l1").penalty
    assert penalty is not None
    expected = 0.0025 * network.first.weight.abs().sum().item()
    assert penalty(network).item() == pytest.approx(expected)


def test_a_training_that_goes_on_from_maxout_starts_with_its_weights() -> None:
    started = recipes.recipe("maxout-l1-late").network(5, some())
    for name, tensor in trained.load("maxout").state_dict().items():
        assert torch.equal(started.state_dict()[name], tensor)


def test_the_l1_penalty_of_logistic_regression_is_its_coefficient_times_the_sum() -> None:
    network = architectures.LogisticRegression()
    network.weight.data[:3] = torch.tensor([1.0, -2.0, 0.5])
    network.bias.data.fill_(7.0)
    assert recipes.logistic_l1(network).item() == pytest.approx(0.03 * 3.5)
