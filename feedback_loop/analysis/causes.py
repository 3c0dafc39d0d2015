"""Candidate causes: the changes and incidents of a product that began in the week before an onset, as they were last stated.

Which of them is to blame is judged in `hypotheses`. The rule that is easy to break: a later statement about the same change replaces the
earlier one whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS
from feedback_loop.analysis.segments import Scope, scope_of
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.contracts.tables import CANDIDATE_DAYS

LATEST_START = HOUR_MICROSECONDS
"""How long after the estimated onset a cause may begin: the onset is known to the hour only."""


@dataclass(frozen=True)
class Stage:
    """One step of a rollout: the change's id in its source, when it began (microseconds), and whom it reached."""

    cause_id: str
    started: int
    scope: Scope


@dataclass(frozen=True)
class Cause:
    """One change or incident; instants in microseconds, `ended` is None while it is in force."""

    cause_id: str
    kind: CauseKind
    service: str | None
    started: int
    ended: int | None
    scope: Scope
    words: str
    """What the change log or the incident tool says of it; may be empty."""

    version: str | None = None
    provider: str | None = None
    stages: tuple[Stage, ...] = ()
    """Of a rollout in steps, see `rollouts`; the scope is then that of all, the start that of the first."""

    @property
    def label(self) -> str:
        """How statements name it."""
        whose = f" of {self.provider}" if self.provider else f" of {self.service}" if self.service else ""
        return f"{self.kind} {self.cause_id}{whose}"

    @property
    def stays_in_force(self) -> bool:
        """Whether its effect ends with it: what a job or a content change did stays when it is over."""
        return self.kind not in (CauseKind.JOB, CauseKind.CONTENT)


@dataclass(frozen=True)
class KnownCauses:
    """All changes and incidents by product, as last stated."""

    by_product: Mapping[str, list[Cause]] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: pl.DataFrame, incidents: pl.DataFrame) -> KnownCauses:
        """The causes in statements of `context_change` and `context_incident`."""
        found: dict[str, list[Cause]] = {}
        for product, cause in [*_changes(changes), *_incidents(incidents)]:
            found.setdefault(product, []).append(cause)
        return cls({product: sorted(causes, key=lambda c: (c.started, c.cause_id)) for product, causes in found.items()})

    def between(self, product: str, first: int, end: int) -> list[Cause]:
        """Those of the product that began in the span, its end not included; earliest first."""
        return [c for c in self.by_product.get(product, []) if first <= c.started < end]


def is_candidate(cause: Cause, onset: int) -> bool:
    """Whether it began in the week before the onset, or within its hour."""
    return onset - CANDIDATE_DAYS * DAY_MICROSECONDS <= cause.started <= onset + LATEST_START


def _changes(statements: pl.DataFrame) -> Iterator[tuple[str, Cause]]:
    columns = ("change_id", "change_kind", "product", "service", "started", "ended", "scope", "change_description", "product_version")
    for change_id, kind, product, service, started, ended, scope, words, version in _latest(statements, "change_id", columns):
        yield product, Cause(change_id, CauseKind(kind), service, started, ended, scope_of(scope), words or "", version)


def _incidents(statements: pl.DataFrame) -> Iterator[tuple[str, Cause]]:
    columns = ("incident_id", "product", "service", "provider", "started", "ended", "scope", "incident_summary")
    for incident_id, product, service, provider, started, ended, scope, words in _latest(statements, "incident_id", columns):
        yield product, Cause(incident_id, CauseKind.INCIDENT, service, started, ended, scope_of(scope), words or "", None, provider)


def _latest(statements: pl.DataFrame, key: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The last statement to land of each key; of those that landed together the one with the greatest id."""
    instants = (pl.col("started_at").dt.epoch("us").alias("started"), pl.col("ended_at").dt.epoch("us").alias("ended"))
    latest = statements.sort("landed_at", "statement_id").unique(key, keep="last", maintain_order=True)
    return latest.with_columns(instants).select(columns).iter_rows()
