"""The models that the settings name, opened once per process.

The MiniLM vectors are the default; another encoder, or the weaker TF-IDF vectors, come only by an explicit choice, which the version stored
with every vector shows. Opening loads nothing: weights are read when the first text comes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.minilm.embedder import open_encoder, open_int8_encoder
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.analysis.classify import FragmentClassifier, train_classifier
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.config import EmbedderChoice, Settings
from feedback_loop.ports import Embedder


def open_embedder(settings: Settings) -> Embedder:
    """The embedder behind its cache. Raises ModelWeightsMissing where the weights are not installed, EncoderUnusable for a chosen one."""
    return _cached_embedder(settings.embedder, settings.encoder_folder, settings.embedding_cache_file)


@lru_cache(maxsize=4)
def _cached_embedder(choice: EmbedderChoice, encoder_folder: Path | None, cache_file: Path) -> Embedder:
    return CachingEmbedder(open_uncached(choice, encoder_folder), cache_file)


def open_uncached(choice: EmbedderChoice, encoder_folder: Path | None = None) -> Embedder:
    """The embedder of that kind, which remembers nothing. Raises ModelWeightsMissing, EncoderUnusable."""
    match choice:
        case EmbedderChoice.MINILM:
            return open_encoder(encoder_folder)
        case EmbedderChoice.MINILM_INT8:
            return open_int8_encoder()
        case EmbedderChoice.TFIDF:
            return TfidfEmbedder()


def seed_classifier(embedder: Embedder) -> FragmentClassifier:
    """The classifier that the seed taxonomy teaches with these vectors, trained once per process and model."""
    version = embedder.model_version
    if version not in _TRAINED:
        _TRAINED[version] = train_classifier(seed_taxonomy(), embedder)
    return _TRAINED[version]


_TRAINED: dict[str, FragmentClassifier] = {}
