"""Symptom clusters: for each product and day, what the complaints of the 28 days that end with it have in common.

Every fragment of the window with an issue class and no earlier twin is in exactly one cluster of the day: one that was found, or the
catch-all of its class. How groups are found is `methods/grouping`; which issue a cluster belongs to is `gold/identity`. The rule that is
easy to break: a day is computed from the rows of its own window and nothing else, sorted by fragment id, so that it comes out the same
alone, within a range, and after late rows. That is why nothing is carried from one day's computation into the next.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.cluster_labels import cluster_labels
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.methods import group_terms, grouping
from feedback_loop.methods.grouping.rows import Vectors, unit

Numbers = npt.NDArray[np.int64]

SAMPLE_LIMIT = 4000
"""Fragments of a window that are grouped; where there are more, a sample chosen by hash of id is, and the rest join the nearest group."""

MAIN_LANGUAGE = "en"
"""Fragments whose language can't be told are grouped with these: most are short English, or Hindi in Latin letters."""

METHOD = grouping.Method.COMMUNITIES

_CLASS_ORDER = {str(c): n for n, c in enumerate(ISSUE_CLASSES)}


def clusterer_version(method: grouping.Method) -> str:
    """How the method groups complaints here, as the rows name it."""
    return f"by-language-{grouping.METHOD_VERSIONS[method]}-window{WINDOW_DAYS}-sample{SAMPLE_LIMIT}"


def clusters(
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    embeddings: pl.DataFrame,
    days: DayRange,
    method: grouping.Method = METHOD,
) -> pl.DataFrame:
    """The rows of `analysis_cluster` for the days.

    All three frames cover the days and the `WINDOW_DAYS - 1` before; rows outside are ignored. Read of them: fragment_id, product,
    event_date, masked_text, language, duplicate_of · fragment_id, best_class · fragment_id, embedding_model_version, vector.
    """
    vectors = embeddings.select("fragment_id", "embedding_model_version", "vector")
    # A join keeps no order, and groups are a function of the rows in order of their ids.
    eligible = eligible_fragments(fragments, classifications).join(vectors, on="fragment_id").sort("fragment_id")
    # Windows are small: threads would wait for each other far longer than they compute (six times slower on a busy machine).
    with threadpool_limits(limits=1, user_api="blas"):
        found = [
            cluster
            for name in sorted(eligible["product"].unique())
            for product in [_Product.of(name, eligible.filter(pl.col("product") == name), method)]
            for day, grouped in product.grouped(days)
            for cluster in _clusters(product, day, grouped)
        ]
    return _frame(found).sort("event_date", "product", "cluster_id")


def eligible_fragments(fragments: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The fragments that become part of issues: of an issue class, and the first of their customer to say so."""
    classes = classifications.select("fragment_id", "best_class").filter(pl.col("best_class").is_in([str(c) for c in ISSUE_CLASSES]))
    return fragments.filter(pl.col("duplicate_of").is_null()).join(classes, on="fragment_id").sort("fragment_id")


@dataclass(frozen=True)
class _Grouped:
    """The groups of one window: `members` are positions in the product's rows, `groups` a number per member."""

    members: Numbers
    groups: Numbers
    classes: list[str]
    is_catch_all: list[bool]
    labels: list[str]
    model_version: str


@dataclass(frozen=True)
class _Product:
    """The eligible fragments of one product, ascending by id, as columns."""

    name: str
    ids: list[str]
    days: Numbers
    classes: npt.NDArray[np.str_]
    languages: npt.NDArray[np.str_]
    versions: npt.NDArray[np.str_]
    vectors: Vectors
    terms: list[list[str]]
    method: grouping.Method

    @classmethod
    def of(cls, name: str, rows: pl.DataFrame, method: grouping.Method) -> _Product:
        """The columns of the rows, which are sorted by id already."""
        return cls(
            name,
            rows["fragment_id"].to_list(),
            rows["event_date"].cast(pl.Int32).to_numpy().astype(np.int64),
            rows["best_class"].to_numpy().astype(np.str_),
            rows["language"].fill_null(MAIN_LANGUAGE).to_numpy().astype(np.str_),
            rows["embedding_model_version"].to_numpy().astype(np.str_),
            rows["vector"].explode().to_numpy().astype(np.float32).reshape(rows.height, -1),
            [group_terms.terms(text) for text in rows["masked_text"]],
            method,
        )

    def grouped(self, days: DayRange) -> Iterator[tuple[date, _Grouped]]:
        """Each day whose window has fragments, with its groups."""
        last: _Grouped | None = None
        for day in days:
            number = (day - date(1970, 1, 1)) // timedelta(days=1)
            members = np.flatnonzero((self.days > number - WINDOW_DAYS) & (self.days <= number))
            if not members.size:
                continue
            # Where nothing came and nothing left, the same rows give the same groups: no need to find them again.
            if last is None or not np.array_equal(last.members, members):
                last = self._group(members)
            yield day, last

    def _group(self, members: Numbers) -> _Grouped:
        model = _most_common(self.versions[members].tolist(), {})
        comparable = members[self.versions[members] == model]
        found = np.full(len(members), -1, dtype=np.int64)
        found[np.isin(members, comparable)] = self._symptoms_by_language(comparable)
        groups, classes, rest = _with_catch_alls(found, self.classes[members])
        labels = cluster_labels([self.terms[m] for m in members], groups, classes, rest)
        return _Grouped(members, groups, classes, rest, labels, model)

    def _symptoms_by_language(self, members: Numbers) -> Numbers:
        """Groups found within each language: the vectors of other languages than English lie together, whatever they are about."""
        found = np.full(len(members), -1, dtype=np.int64)
        for language in sorted(set(self.languages[members].tolist())):
            of_language = np.flatnonzero(self.languages[members] == language)
            groups = self._symptoms(members[of_language])
            found[of_language] = np.where(groups >= 0, groups + found.max(initial=-1) + 1, -1)
        return found

    def _symptoms(self, members: Numbers) -> Numbers:
        if len(members) <= SAMPLE_LIMIT:
            return grouping.group(self.vectors[members], self.method).filled_when_near()
        ranked = sorted(range(len(members)), key=lambda n: hashlib.sha256(self.ids[members[n]].encode()).digest())
        sample = np.sort(np.array(ranked[:SAMPLE_LIMIT]))
        sampled = grouping.group(self.vectors[members[sample]], self.method)
        labels = sampled.extended(self.vectors[members])
        labels[sample] = sampled.filled_when_near()
        return labels


def _with_catch_alls(found: Numbers, classes: npt.NDArray[np.str_]) -> tuple[Numbers, list[str], list[bool]]:
    """A group for every fragment, the class of each group, and whether it is a catch-all: noise goes to the catch-all of its class."""
    count = int(found.max(initial=-1)) + 1
    left = sorted(set(classes[found < 0].tolist()), key=_CLASS_ORDER.__getitem__)
    rest = {name: count + n for n, name in enumerate(left)}
    groups = np.array([g if g >= 0 else rest[c] for g, c in zip(found.tolist(), classes.tolist(), strict=True)], dtype=np.int64)
    named = [_most_common(classes[found == g].tolist(), _CLASS_ORDER) for g in range(count)] + left
    return groups, named, [False] * count + [True] * len(left)


def _most_common(values: list[str], order: dict[str, int]) -> str:
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], order.get(value, 0), value))


@dataclass(frozen=True)
class _Cluster:
    """One row but its centroid: polars takes all centroids at once, as one matrix, ten times as fast as lists of numbers."""

    values: dict[str, object]
    centroid: Vectors


def _clusters(product: _Product, day: date, grouped: _Grouped) -> Iterator[_Cluster]:
    number = (day - date(1970, 1, 1)) // timedelta(days=1)
    for group, (best_class, label, is_catch_all) in enumerate(zip(grouped.classes, grouped.labels, grouped.is_catch_all, strict=True)):
        members = grouped.members[grouped.groups == group]
        values: dict[str, object] = {
            "cluster_id": _cluster_id(product, day, members, best_class, is_catch_all),
            "product": product.name,
            "best_class": best_class,
            "cluster_label": label,
            "is_catch_all": is_catch_all,
            "member_fragment_ids": [product.ids[m] for m in members],
            "day_fragment_ids": [product.ids[m] for m in members[product.days[members] == number]],
            "member_count": len(members),
            "embedding_model_version": grouped.model_version,
            "clusterer_version": clusterer_version(product.method),
            "event_date": day,
        }
        yield _Cluster(values, product.vectors[members].sum(axis=0))


def _frame(found: list[_Cluster]) -> pl.DataFrame:
    schema = pl.Schema(TABLES["analysis_cluster"].schema)
    if not found:
        return pl.DataFrame(schema=schema)
    centroids = unit(np.stack([cluster.centroid for cluster in found]))
    without = {name: dtype for name, dtype in schema.items() if name != "centroid"}
    rows = pl.DataFrame([cluster.values for cluster in found], schema=without)
    return rows.with_columns(pl.Series("centroid", centroids).arr.to_list()).select(list(schema))


def _cluster_id(product: _Product, day: date, members: Numbers, best_class: str, is_catch_all: bool) -> str:
    if is_catch_all:
        return stable_id("cluster", day, product.name, best_class, "catch_all")
    # The earliest member alone names the cluster: no other cluster of the day has it, and what the next five minutes bring leaves it there.
    earliest = members[product.days[members].argmin()]
    return stable_id("cluster", day, product.name, product.ids[earliest])
