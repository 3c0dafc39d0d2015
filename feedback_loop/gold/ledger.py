"""What identity knows at the end of a day: the issues of one product, who belongs to them, and what may become of them.

How a day changes it is in `day_steps`; how it is written down in `ledger_rows`. The rule that is easy to break: whatever the next day needs
stands here and is written down, so that a day that goes on from the stored day before ends like a replay of everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from feedback_loop.methods import group_terms
from feedback_loop.methods.grouping.rows import unit

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

TERMS_KEPT = 40
"""Terms whose votes an issue remembers: its label needs three."""

_WORDS_PER_LABEL, _TERMS_PER_LABEL = 4, 3


@dataclass(frozen=True)
class Cluster:
    """One row of `analysis_cluster`, as far as identity needs it."""

    cluster_id: str
    best_class: str
    label: str
    is_catch_all: bool
    members: frozenset[str]
    centroid: Vectors
    model_version: str


@dataclass(frozen=True)
class Window:
    """The fragments that the clusters of a day hold, ascending by id: days, instants, masked texts, models and vectors of unit length."""

    ids: list[str]
    days: list[date]
    instants: list[datetime]
    texts: list[str]
    models: list[str]
    vectors: Vectors

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each fragment stands."""
        return {fragment: n for n, fragment in enumerate(self.ids)}

    @cached_property
    def centred(self) -> Vectors:
        """The vectors less their mean, so that what all complaints share does not count; of unit length."""
        return unit(self.vectors - self.vectors.mean(axis=0))

    def rows(self, fragments: Iterable[str]) -> Numbers:
        """Where these fragments stand, ascending."""
        return np.array(sorted(self.position[f] for f in fragments), dtype=np.int64)

    def anchor(self, members: Iterable[str]) -> Vectors:
        """The middle of the members among the centred rows."""
        return np.asarray(unit(self.centred[self.rows(members)].sum(axis=0, keepdims=True))[0], dtype=np.float32)

    def centroid(self, members: Iterable[str]) -> Vectors:
        """The mean direction of the members' vectors, as clusters have it."""
        return np.asarray(unit(self.vectors[self.rows(members)].sum(axis=0, keepdims=True))[0], dtype=np.float32)

    def by_age(self, fragments: Iterable[str]) -> list[str]:
        """The fragments, the oldest first."""
        return [f for _, f in sorted((self.instants[self.position[f]], f) for f in fragments)]

    def span(self, fragments: Iterable[str]) -> tuple[datetime, datetime]:
        """The first and the last instant of the fragments."""
        times = [self.instants[self.position[f]] for f in fragments]
        return min(times), max(times)

    def count(self, fragments: Iterable[str], first: date, last: date) -> int:
        """How many of the fragments are of these days, both included."""
        return sum(first <= self.days[self.position[f]] <= last for f in fragments)

    def label(self, members: frozenset[str]) -> str:
        """The words that tell the members from the rest of the window; empty where there are none."""
        found = [group_terms.terms(text) for text in self.texts]
        return group_terms.labels(found, [0 if f in members else -1 for f in self.ids], 1)[0]


@dataclass
class Ledger:
    """The issues of one product at the end of `last_day`, by id; those that are only forming are among them."""

    product: str
    issues: dict[str, Issue] = field(default_factory=dict)
    last_day: date | None = None


@dataclass
class Issue:
    """One issue, or what may become one: with a parent it is a part of that issue which was found apart for some days only.

    `members` are the fragments of the window that belong to it, `core` those of the cluster that carried it last.
    """

    issue_id: str
    founded_on: date
    seen_on: date
    first_seen_at: datetime
    last_seen_at: datetime
    centroid: Vectors
    model_version: str
    members: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    class_votes: Counter[str] = field(default_factory=Counter)
    term_votes: Counter[str] = field(default_factory=Counter)
    parent_id: str | None = None
    apart_days: int = 0
    within_id: str | None = None
    within_days: int = 0
    resolved_on: date | None = None
    reopened_on: date | None = None
    occurrence_count: int = 1

    @property
    def is_forming(self) -> bool:
        """Whether it is but a part of another issue that was found apart."""
        return self.parent_id is not None

    @property
    def is_resolved(self) -> bool:
        """Whether somebody resolved it and nothing came since."""
        return self.resolved_on is not None and (self.reopened_on is None or self.reopened_on <= self.resolved_on)

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

    def hear(self, best_class: str, label: str, weight: int) -> None:
        """Takes the votes of a day for its class and its words."""
        self.class_votes[best_class] += weight
        self.term_votes.update(label.split(", "))
        self.term_votes = Counter(dict(self.term_votes.most_common(TERMS_KEPT)))
