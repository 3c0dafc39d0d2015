"""Which issue each fragment of each day belongs to: clusters change from day to day, issues only for a reason.

A fragment stays with its issue. Today's clusters say where new fragments go, and give evidence for what has to change; the steps of a day
are in `day_steps`. What an issue's row says is made in `issues`; clusters are found in `analysis/cluster`. The rule that is easy to break:
a day is a function of the day before, of its own window and of nothing else, so that to go on from a stored day ends like a replay from
the first; and an issue is named after its earliest fragment, not after a day or a cluster, so that it keeps its name when days before
change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.contracts.days import DayRange
from feedback_loop.gold import matching
from feedback_loop.gold.day_steps import DORMANT_DAYS, MERGE_DAYS, SPLIT_DAYS, carry
from feedback_loop.gold.ledger import Cluster, Ledger, Vectors, Window
from feedback_loop.methods import emergence

IDENTITY_VERSION = (
    f"sticky-overlap{matching.LEAST_OVERLAP}-cosine{matching.LEAST_SIMILARITY}-split{SPLIT_DAYS}-merge{MERGE_DAYS}"
    f"-{emergence.METHOD_VERSION}-dormant{DORMANT_DAYS}-2"
)

_READ = (
    "product", "event_date", "cluster_id", "best_class", "cluster_label", "is_catch_all", "member_fragment_ids",
    "embedding_model_version",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What the fragments of a span of days say, by id; vectors float32 [n, d] of unit length."""

    position: Mapping[str, int]
    columns: pl.DataFrame
    vectors: Vectors

    @classmethod
    def of(cls, fragments: pl.DataFrame, embeddings: pl.DataFrame) -> Said:
        """Read: fragment_id, event_date, occurred_at, masked_text · fragment_id, embedding_model_version, vector."""
        said = fragments.select("fragment_id", "event_date", "occurred_at", "masked_text")
        rows = said.join(embeddings.select("fragment_id", "embedding_model_version", "vector"), on="fragment_id").sort("fragment_id")
        vectors = rows["vector"].explode().to_numpy().reshape(rows.height, -1) if rows.height else np.zeros((0, 1), dtype=np.float32)
        return cls({f: n for n, f in enumerate(rows["fragment_id"])}, rows.drop("vector"), vectors.astype(np.float32, copy=False))

    def window(self, clusters: Sequence[Cluster]) -> Window:
        """The fragments of the clusters."""
        rows = np.array(sorted(self.position[f] for c in clusters for f in c.members), dtype=np.int64)
        of = self.columns[rows]
        said = (of[name].to_list() for name in ("fragment_id", "event_date", "occurred_at", "masked_text", "embedding_model_version"))
        ids, days, instants, texts, models = said
        return Window(ids, days, instants, texts, models, self.vectors[rows])


def carried_days(
    clusters: pl.DataFrame, said: Said, statuses: pl.DataFrame, ledgers: dict[str, Ledger], days: DayRange
) -> Iterator[tuple[date, Ledger]]:
    """Each of the days with the ledger of each product as it stands at its end; the ledgers given are carried on.

    Clusters are rows of `analysis_cluster` of the days, which follow the ledgers' last day or begin where clusters do; statuses are rows
    of `state_issue_status`, of which each day knows those of its own day and before. A ledger changes with the next day.
    """
    resolved, found = _resolutions(statuses), _by_day(clusters)
    # Windows are small: threads would wait for each other far longer than they compute.
    with threadpool_limits(limits=1, user_api="blas"):
        for day in days:
            known = {name: max(until) for name, on in resolved.items() if (until := [d for d in on if d <= day])}
            products = {product for when, product in found if when == day} | {name for name, ledger in ledgers.items() if ledger.issues}
            for product in sorted(products):
                of_day = found.get((day, product), [])
                ledger = ledgers.setdefault(product, Ledger(product))
                carry(ledger, day, of_day, said.window(of_day), known)
                yield day, ledger


def _by_day(clusters: pl.DataFrame) -> dict[tuple[date, str], list[Cluster]]:
    ordered = clusters.sort("event_date", "product", "cluster_id")
    centroids = ordered["centroid"].explode().to_numpy().reshape(ordered.height, -1) if ordered.height else np.zeros((0, 0), np.float32)
    found: dict[tuple[date, str], list[Cluster]] = {}
    rows = zip(ordered.select(_READ).iter_rows(), centroids, strict=True)
    for (product, day, name, best_class, label, rest, members, model), centroid in rows:
        cluster = Cluster(name, best_class, label, rest, frozenset(members), centroid, model)
        found.setdefault((day, product), []).append(cluster)
    return found


def _resolutions(statuses: pl.DataFrame) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for issue_id, day in statuses.filter(issue_status="resolved").select("issue_id", "event_date").iter_rows():
        found.setdefault(issue_id, []).append(day)
    return found
