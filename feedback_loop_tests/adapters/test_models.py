"""The settings decide which model is opened, once per process, and the weaker one says so in its version."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.adapters.models import open_embedder, open_uncached, seed_classifier
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.config import EmbedderChoice, Settings


def test_opening_a_model_writes_nothing(tmp_path: Path) -> None:
    open_embedder(Settings(home=tmp_path / "home", embedder=EmbedderChoice.TFIDF))
    assert not (tmp_path / "home").exists()


def test_the_choice_shows_in_the_version_of_every_vector(tmp_path: Path) -> None:
    chosen = open_embedder(Settings(home=tmp_path, embedder=EmbedderChoice.TFIDF))
    assert chosen.model_version == TfidfEmbedder().model_version
    whole, integers = (open_uncached(choice).model_version for choice in (EmbedderChoice.MINILM, EmbedderChoice.MINILM_INT8))
    assert whole == MiniLmEmbedder().model_version
    assert len({chosen.model_version, whole, integers}) == 3


def test_a_model_is_opened_once_per_home_and_choice(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "a", embedder=EmbedderChoice.TFIDF)
    assert open_embedder(settings) is open_embedder(settings)
    assert open_embedder(settings) is not open_embedder(Settings(home=tmp_path / "b", embedder=EmbedderChoice.TFIDF))


def test_the_seed_classifier_is_trained_once_per_model_not_per_home() -> None:
    one, other = TfidfEmbedder(), TfidfEmbedder()
    assert seed_classifier(one) is seed_classifier(other)
