"""What another taxonomy would change: class by class, and fragment by fragment, before anybody promotes a model that follows it.

The rule that is easy to break: both sides are trained on the same gold labels, so that the difference is that of the taxonomies.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from feedback_loop.analysis.platform_classes import class_changes, relabelled
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore
from feedback_loop.workflows.model_recipes import LABEL, ActiveModel, active_model, classified, gold_of, recipe, trained
from feedback_loop.workflows.model_versions import Home
from feedback_loop.workflows.snapshots import snapshot_of


@dataclass(frozen=True)
class Difference:
    """The difference between the taxonomy of the present classifier and another one."""

    before_version: str
    after_version: str
    classes: tuple[tuple[str, str], ...]
    fragment_count: int
    fragments: pl.DataFrame
    """Rows of `relabelled`: the fragments whose class differs."""

    def by_pair(self) -> list[tuple[str | None, str | None, int]]:
        """How many fragments go from which class to which, the most first; None is an abstention."""
        counted = self.fragments.group_by("class_before", "class_after").len()
        return list(counted.sort("len", "class_before", "class_after", descending=[True, False, False]).iter_rows())


def difference(home: Home, after: Taxonomy, days: DayRange | None, *, has_state: bool) -> Difference:
    """What the taxonomy would change in the fragments of the days, or of all."""
    state = home.state if has_state else None
    before = active_model(state, home.tables, home.taxonomies_folder, home.embedder)
    fragments = home.tables.read(TABLES["silver_fragment"], days, columns=("fragment_id", "masked_text", "language"))
    sides = [_under(home, taxonomy, state) for taxonomy in (before.taxonomy, after)]
    rows = [classified(fragments, model, home.embedder) for model in sides]
    changes = tuple(class_changes(before.taxonomy, after))
    return Difference(before.taxonomy.version, after.version, changes, fragments.height, relabelled(*rows))


def _under(home: Home, taxonomy: Taxonomy, state: StateStore | None) -> ActiveModel:
    return trained(recipe(taxonomy, gold_of(snapshot_of(state, LABEL.name), home.tables, taxonomy), home.embedder), home.embedder)
