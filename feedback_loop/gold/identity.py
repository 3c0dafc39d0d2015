"""Which issue each cluster of each day is: the clusters of a day are matched with the issues of the day before.

What an issue's row says is made in `issues`; clusters are found in `analysis/cluster`. The rule that is easy to break: identities are a
pure replay of all clusters from the first day on. Nothing is remembered between runs, so late rows, backfills and reruns end in the same
issues; and an issue is named after its earliest fragment, not after a day or a cluster, so that it keeps its name when days before change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linear_sum_assignment

from feedback_loop.contracts.identifiers import stable_id

LEAST_OVERLAP = 0.3
"""Dice coefficient, over the fragments that both days can have, below which a cluster does not carry on an issue by its members."""

LEAST_SIMILARITY = 0.75
"""Cosine of the centroids from which a cluster carries on an issue by what it says, where members can't tell."""

DORMANT_DAYS = 28
"""Days after which an issue that was not seen can't come back under its name."""

IDENTITY_VERSION = f"overlap{LEAST_OVERLAP}-cosine{LEAST_SIMILARITY}-dormant{DORMANT_DAYS}-1"

_WORDS_PER_LABEL, _TERMS_PER_LABEL = 4, 3

_READ = (
    "product", "event_date", "cluster_id", "best_class", "cluster_label", "is_catch_all", "member_fragment_ids",
    "embedding_model_version",
)  # fmt: skip

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cluster:
    """One row of `analysis_cluster`, as far as identity needs it."""

    cluster_id: str
    best_class: str
    label: str
    is_catch_all: bool
    members: frozenset[str]
    centroid: npt.NDArray[np.float32]
    model_version: str


@dataclass
class Issue:
    """An issue as it stands on the last day on which it was seen."""

    issue_id: str
    founded_on: date
    seen_on: date
    cluster: Cluster
    first_seen_at: datetime
    last_seen_at: datetime
    class_votes: Counter[str] = field(default_factory=Counter)
    term_votes: Counter[str] = field(default_factory=Counter)

    @property
    def issue_class(self) -> str:
        """The class that most of its members of all days had."""
        return min(self.class_votes, key=lambda name: (-self.class_votes[name], name))

    @property
    def label(self) -> str:
        """The terms that named it on most days, so that it does not flicker with the daily label."""
        chosen: list[str] = []
        for term, _ in self.term_votes.most_common():
            words = term.split() + " ".join(chosen).split()
            if len(words) == len(set(words)) and (not chosen or len(words) <= _WORDS_PER_LABEL):
                chosen.append(term)
            if len(chosen) == _TERMS_PER_LABEL:
                break
        return ", ".join(chosen)


@dataclass(frozen=True)
class Carried:
    """One cluster of one day under the name of its issue, with what was known of the issue at the end of that day."""

    event_date: date
    product: str
    cluster_id: str
    issue_id: str
    issue_label: str
    issue_class: str
    founded_on: date
    first_seen_at: datetime
    last_seen_at: datetime
    continuity_share: float | None


def carried_identities(clusters: pl.DataFrame, occurred_at: Mapping[str, datetime]) -> Iterator[Carried]:
    """Every cluster of every day as its issue: by product, then by day.

    Clusters are all rows of `analysis_cluster` from the first day on; `occurred_at` names the instant of every member.
    """
    ordered = clusters.sort("product", "event_date", "cluster_id")
    centroids = ordered["centroid"].explode().to_numpy().reshape(ordered.height, -1) if ordered.height else np.zeros((0, 0), np.float32)
    replays: dict[str, _Replay] = {}
    rows = zip(ordered.select(_READ).iter_rows(), centroids, strict=True)
    for (product, day), of_day in groupby(rows, key=lambda row: (row[0][0], row[0][1])):
        found = [
            Cluster(cid, best, label, rest, frozenset(ids), centroid, model)
            for (_, _, cid, best, label, rest, ids, model), centroid in of_day
        ]
        replay = replays.setdefault(product, _Replay(product, occurred_at))
        yield from replay.carry(day, found)


@dataclass
class _Replay:
    """The issues of one product while its days are replayed."""

    product: str
    occurred_at: Mapping[str, datetime]
    issues: dict[str, Issue] = field(default_factory=dict)
    last_day: date | None = None
    last_window: frozenset[str] = frozenset()

    def carry(self, day: date, clusters: Sequence[Cluster]) -> Iterator[Carried]:
        """The clusters of the day, each as its issue."""
        window = frozenset[str]().union(*(c.members for c in clusters))
        symptoms = sorted((c for c in clusters if not c.is_catch_all), key=lambda c: min(c.members))
        named = self._by_members(symptoms, window)
        named |= self._by_meaning(day, [c for c in symptoms if c.cluster_id not in named], set(named.values()))
        for cluster in sorted(clusters, key=lambda c: (c.is_catch_all, self._earliest(c)[0])):
            yield self._carried(day, cluster, named.get(cluster.cluster_id) or self._name(cluster), window)
        self.last_day, self.last_window = day, window

    def _by_members(self, clusters: Sequence[Cluster], window: frozenset[str]) -> dict[str, str]:
        issues = self._known(lambda issue: issue.seen_on == self.last_day)
        owner = {f: n for n, issue in enumerate(issues) for f in issue.cluster.members}
        shared = np.zeros((len(issues), len(clusters)))
        for column, cluster in enumerate(clusters):
            for row, count in Counter(owner[f] for f in cluster.members if f in owner).items():
                shared[row, column] = count
        kept = np.array([len(issue.cluster.members & window) for issue in issues], dtype=np.float64)
        known = np.array([len(cluster.members & self.last_window) for cluster in clusters], dtype=np.float64)
        overlap = 2.0 * shared / np.maximum(kept[:, None] + known[None, :], 1.0)
        return {clusters[c].cluster_id: issues[r].issue_id for r, c in best_pairs(overlap, LEAST_OVERLAP)}

    def _by_meaning(self, day: date, clusters: Sequence[Cluster], taken: set[str]) -> dict[str, str]:
        issues = self._known(lambda issue: issue.issue_id not in taken and (day - issue.seen_on).days <= DORMANT_DAYS)
        if not issues or not clusters:
            return {}
        before, now = (np.stack([c.centroid for c in of]).astype(np.float64) for of in ([i.cluster for i in issues], clusters))
        comparable = np.array([[i.cluster.model_version == c.model_version for c in clusters] for i in issues])
        similarity = np.where(comparable, before @ now.T, 0.0)
        return {clusters[c].cluster_id: issues[r].issue_id for r, c in best_pairs(similarity, LEAST_SIMILARITY)}

    def _known(self, wanted: Callable[[Issue], bool]) -> list[Issue]:
        return [i for _, i in sorted(self.issues.items()) if not i.cluster.is_catch_all and wanted(i)]

    def _name(self, cluster: Cluster) -> str:
        """The name of a cluster that carries on no issue: after its class, or after its earliest fragment that names no other issue."""
        if cluster.is_catch_all:
            return stable_id("issue", self.product, cluster.best_class, "catch_all")
        names = (stable_id("issue", self.product, f) for _, f in sorted((self.occurred_at[f], f) for f in cluster.members))
        # Every fragment may have founded an issue before; then the first of them takes its issue up again.
        options = list(names)
        return next((name for name in options if name not in self.issues), options[0])

    def _earliest(self, cluster: Cluster) -> tuple[datetime, str]:
        return min((self.occurred_at[f], f) for f in cluster.members)

    def _carried(self, day: date, cluster: Cluster, issue_id: str, window: frozenset[str]) -> Carried:
        times = [self.occurred_at[f] for f in cluster.members]
        before = self.issues.get(issue_id)
        issue = before or Issue(issue_id, day, day, cluster, min(times), max(times))
        share = None if before is None else _share_that_came_along(before.cluster.members & window, cluster.members)
        issue.seen_on, issue.cluster = day, cluster
        issue.first_seen_at, issue.last_seen_at = min(issue.first_seen_at, *times), max(issue.last_seen_at, *times)
        issue.class_votes[cluster.best_class] += len(cluster.members)
        issue.term_votes.update(cluster.label.split(", "))
        self.issues[issue_id] = issue
        return Carried(
            day, self.product, cluster.cluster_id, issue_id, issue.label, issue.issue_class, issue.founded_on, issue.first_seen_at,
            issue.last_seen_at, share,
        )  # fmt: skip


def best_pairs(weights: Weights, least: float) -> list[tuple[int, int]]:
    """The one-to-one pairs (row, column) of the largest total weight, each of at least `least`."""
    if not weights.size:
        return []
    # A pair too weak to be used must not decide which other pairs are.
    rows, columns = linear_sum_assignment(-np.where(weights >= least, weights, 0.0))
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if weights[r, c] >= least]


def _share_that_came_along(before: frozenset[str], now: frozenset[str]) -> float:
    return len(before & now) / len(before) if before else 0.0
