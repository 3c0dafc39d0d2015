"""The assets classify by what a person promoted, and by the seed where nobody promoted anything."""

from __future__ import annotations

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.defs.active_model import classifier_in_use
from feedback_loop.defs.resources import ClockResource, EmbedderResource, HomeResource, StateResource, StoreResource
from feedback_loop_tests.defs.homes import Home


def test_nothing_promoted_is_the_seed_and_makes_no_database(home: Home) -> None:
    place = HomeResource(home=str(home.folder))
    embedder, store, state = EmbedderResource(home=place), StoreResource(home=place), StateResource(home=place, clock=ClockResource())
    found = classifier_in_use(embedder, store, state)
    assert (found.model_version, found.taxonomy) == ("seed", seed_taxonomy())
    assert found.classifier is embedder.classifier()
    assert not state.exists()
