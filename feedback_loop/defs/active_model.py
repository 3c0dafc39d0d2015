"""Which classifier the assets use: the one that a person promoted last, and that of the seed taxonomy where nobody promoted any.

The rule that is easy to break: asking makes no database, and a version that can't be trained again is refused, never replaced in silence.
"""

from __future__ import annotations

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.resources import EmbedderResource, StateResource, StoreResource
from feedback_loop.workflows.model_recipes import SEED, ActiveModel, active_model, promoted_version


def classifier_in_use(embedder: EmbedderResource, store: StoreResource, state: StateResource) -> ActiveModel:
    """The classifier with its taxonomy; raises ModelRefused where the promoted version can't be trained again."""
    if promoted_version(state.snapshot(TABLES["state_model"])) is None:
        return ActiveModel(SEED, embedder.classifier(), seed_taxonomy())
    settings = store.home.settings()
    return active_model(state.open(), store.open(), settings.taxonomies_folder, embedder.open())
