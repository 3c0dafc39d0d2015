"""Rows of `state_hypothesis_label`, as tests need them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START


def hypothesis_labels(*said: tuple[str, str, float]) -> pl.DataFrame:
    """Labels in their order, each (hypothesis, label, its score then), a minute apart."""
    rows = [
        {
            "label_id": f"label_{number:04d}",
            "hypothesis_id": name,
            "hypothesis_label": label,
            "hypothesis_score_applied": score,
            "labelled_at": START + timedelta(minutes=number),
        }
        for number, (name, label, score) in enumerate(said)
    ]
    return frame_of(TABLES["state_hypothesis_label"], *rows) if rows else pl.DataFrame(schema=SCHEMA)


SCHEMA = pl.Schema(TABLES["state_hypothesis_label"].schema)
