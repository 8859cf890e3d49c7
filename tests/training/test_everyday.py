"""The network for everyday kinds: its gallery, the photograph it opens on, its counterpart."""

from streamlit.testing.v1 import AppTest

from demo import models
from demo.data import gallery
from demo.experiments.attack import gallery_flips
from demo.web.controls import link

NAME = "everyday"
KANGAROO = "kangaroo"
"""What is on it is no everyday kind."""


def choose() -> None:
    """The sidebar alone."""
    from demo.web import controls

    controls.read()


def opened(**link: str) -> AppTest:
    app = AppTest.from_function(choose, default_timeout=600)
    app.query_params.update(link)
    app.run()
    assert not app.exception
    return app


def test_it_knows_29_kinds_and_has_a_robust_counterpart() -> None:
    card = models.card(NAME)
    assert models.class_names(card) == gallery.KINDS and len(gallery.KINDS) == card.classes == 29
    assert models.counterpart(NAME) == "everyday-adversarial"
    assert models.card("everyday-adversarial").training == "adversarial"
    assert card in models.offered("photographs")


def test_a_link_to_it_opens_its_own_photograph() -> None:
    app = opened(network=NAME)
    assert app.session_state.picture_photographs == gallery_flips.opening_of(NAME)
    assert app.query_params == {"network": NAME}  # the photograph is the default there


def test_the_bare_address_opens_the_measured_network_and_older_links_mean_the_first_one() -> None:
    bare = opened()
    assert bare.session_state.network_photographs == link.OPENS
    assert bare.query_params == {"network": link.OPENS}
    first = models.offered("photographs")[0].name
    for asked in ({"picture": KANGAROO}, {"epsilon": "0.01"}, {"training": "adversarial"}):
        app = opened(**asked)
        assert app.session_state.network_photographs == first and app.query_params == asked
    bare.radio(key="network_photographs").set_value(first).run()
    reloaded = opened(**bare.query_params)
    assert reloaded.session_state.network_photographs == first


def test_chosen_beside_a_picture_that_it_does_not_know_it_brings_one_that_it_knows() -> None:
    app = opened(picture=KANGAROO)
    app.radio(key="network_photographs").set_value(NAME).run()
    assert app.session_state.picture_photographs == gallery_flips.opening_of(NAME)
    app = opened(picture="panda")
    app.radio(key="network_photographs").set_value(NAME).run()
    assert app.session_state.picture_photographs == "panda"


def test_the_papers_panda_is_offered_only_where_a_gibbon_is_known() -> None:
    assert [b.label for b in opened(picture="panda").button] == [
        "The paper's panda: ten steps toward “gibbon”"
    ]
    assert [b.label for b in opened(network=NAME).button] == []
