"""The picture that the app opens on is the one on which the switch tells the truth."""

from demo import models
from demo.data import gallery
from demo.experiments.attack import gallery_flips
from demo.experiments.attack.confidence_sweep import EPSILON_GRID
from demo.experiments.attack.gallery_flips import Flip
from demo.web.controls import link

AT = EPSILON_GRID.index(0.007)
PAIRS = models.photograph_pairs()


def test_it_opens_where_the_standard_network_falls_and_the_robust_one_holds_clearly() -> None:
    standard = [*(Flip(name, AT, True, 0.1) for name in "abc"), Flip("narrowly", AT, True, 0.4)]
    robust = [Flip("a", AT + 1, True, 0.4), Flip("b", None, True, 0.6), Flip("c", AT, True, 0.9),
              Flip("narrowly", None, True, 0.8)]  # fmt: skip
    assert gallery_flips.opening(standard, robust) == "b"


def test_a_network_that_holds_or_is_wrong_shows_nothing() -> None:
    standard = [Flip("holds", AT + 1, True, 0.9), Flip("wrong", 3, False, 0.1),
                Flip("lemur", 3, True, 0.1), Flip("sheep", 3, True, 0.1)]  # fmt: skip
    robust = [Flip("holds", None, True, 0.9), Flip("wrong", None, True, 0.9),
              Flip("lemur", None, True, 0.3), Flip("sheep", None, False, 0.9)]  # fmt: skip
    assert gallery_flips.opening(standard, robust) == "lemur"


def test_where_no_robust_answer_holds_the_one_that_goes_furthest_beyond_opens() -> None:
    standard = [Flip("a", 1, True, 0), Flip("b", 10, True, 0), Flip("c", 2, True, 0)]
    robust = [Flip("a", 10, True, 0), Flip("b", 11, True, 0), Flip("c", 30, True, 0)]
    assert gallery_flips.opening(standard, robust) == "c"
    assert gallery_flips.opening(standard, []) is None


def test_the_app_opens_on_what_the_recorded_flips_say() -> None:
    assert PAIRS
    for pair in PAIRS:
        opened = gallery_flips.opening_of(pair[0].name)
        standard, robust = (
            next(f for f in gallery_flips.recorded(c.name, str(c.sha256)) if f.photograph == opened)
            for c in pair
        )
        assert standard.right and robust.right and not standard.holds and robust.holds
    assert link.FIRST_PICTURE["photographs"] == gallery_flips.opening_of(PAIRS[0][0].name)


def test_the_app_opens_on_the_network_whose_counterpart_is_surest_where_it_holds() -> None:
    def sureness(pair: tuple[models.ModelCard, models.ModelCard]) -> float:
        standard, robust = pair
        opened = gallery_flips.opening_of(standard.name)
        flips = gallery_flips.recorded(robust.name, str(robust.sha256))
        return max(f.confidence for f in flips if f.photograph == opened)

    assert len(PAIRS) >= 2
    assert link.OPENS == gallery_flips.opening_network() == max(PAIRS, key=sureness)[0].name


def test_a_network_that_was_not_measured_opens_on_the_first_photograph() -> None:
    assert gallery_flips.opening_of("resnet50") == gallery.of(1000)[0].name
