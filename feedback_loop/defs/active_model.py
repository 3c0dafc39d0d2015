"""Which classifier the assets use, and which gates: those that a person promoted last; the seed taxonomy's and none where nobody did.

The rule that is easy to break: asking makes no database, and a version that can't be trained again is refused, never replaced in silence.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.resources import EmbedderResource, StateResource, StoreResource
from feedback_loop.workflows.gates import GATE, gates_in_force
from feedback_loop.workflows.model_recipes import SEED, ActiveModel, active_model, promoted_version
from feedback_loop.workflows.taxonomies import read_taxonomy


def classifier_in_use(embedder: EmbedderResource, store: StoreResource, state: StateResource) -> ActiveModel:
    """The classifier with its taxonomy; raises ModelRefused where the promoted version can't be trained again."""
    if promoted_version(state.snapshot(TABLES["state_model"])) is None:
        return ActiveModel(SEED, embedder.classifier(), seed_taxonomy())
    settings = store.home.settings()
    return active_model(state.open(), store.open(), settings.taxonomies_folder, embedder.open())


def gates_of(store: StoreResource, state: StateResource) -> pl.DataFrame:
    """The gates of the automatic route that hold now, as rows of `state_gate`; none where nobody put any in force."""
    kept = state.snapshot(GATE)
    if kept.is_empty():
        return kept
    taxonomy = read_taxonomy(store.home.settings().taxonomy_file)
    return gates_in_force(kept, state.snapshot(TABLES["state_label"]), store.open(), taxonomy)
