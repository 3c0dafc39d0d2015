"""Vectors of fragments, by the model that is given; which text has which vector is the model's affair and never the batch's."""

from __future__ import annotations

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.ports import Embedder

SCHEMA = pl.Schema(TABLES["analysis_embedding"].schema)


def embeddings(fragments: pl.DataFrame, embedder: Embedder) -> pl.DataFrame:
    """Rows of `analysis_embedding`, one per fragment, in their order."""
    texts = [without_tokens(text) for text in fragments["masked_text"]]
    vectors = pl.Series("vector", embedder.embed(texts) if texts else [], pl.Array(pl.Float32, embedder.dimension))
    kept = fragments.select("fragment_id", "text_hash", "event_date")
    version = pl.lit(embedder.model_version).alias("embedding_model_version")
    return kept.with_columns(version, vectors.cast(SCHEMA["vector"])).select(SCHEMA.names())
