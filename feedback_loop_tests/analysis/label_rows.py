"""Rows of `state_label` and candidates of the queue, as tests need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.fakes import START

SCHEMA = pl.Schema(TABLES["state_label"].schema)


def labels(*said: tuple[str, str, str] | tuple[str, str, str, str]) -> pl.DataFrame:
    """Labels in their order, each (fragment, class, person) or (fragment, class, person, kind), a minute apart."""
    return pl.DataFrame([_row(number, *one) for number, one in enumerate(said)], schema=SCHEMA, orient="row")


def _row(number: int, fragment_id: str, name: str, person: str, kind: str = "correction") -> dict[str, Any]:
    at = START + timedelta(minutes=number)
    return {
        "label_id": f"label_{number:04d}",
        "fragment_id": fragment_id,
        "labelled_class": name,
        "labelled_by": person,
        "labelled_at": at,
        "taxonomy_version": "t",
        "label_kind": kind,
        "label_why": None,
        "event_date": at.date(),
    }


def candidate(fragment_id: str, **parts: Any) -> dict[str, Any]:
    """One row of `queue_candidates`, abstained and of middling urgency unless said otherwise."""
    usual = {"taxonomy_class": "crash", "class_score": 0.5, "is_abstained": True, "urgency": "normal", "owner": "apps", "cluster_size": 1}
    return {"fragment_id": fragment_id, **usual, **parts}


def candidates(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows as a frame."""
    types = {"class_score": pl.Float64, "is_abstained": pl.Boolean, "cluster_size": pl.Int64}
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in candidate("f")}, orient="row")
