"""Latest versions: one row per record, whatever the order of the versions."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.silver.latest import latest_versions
from feedback_loop_tests.silver.records import batch, record


def _frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(batch(*rows)))


VERSIONS = [record("old", 1), record("edited", 1, days=2), record("other", 2), record("latest", 1, days=5)]


@given(st.permutations(VERSIONS))
def test_latest_landed_version_is_chosen_in_any_order(versions: list[dict[str, object]]) -> None:
    assert latest_versions(_frame(*versions))["text"].to_list() == ["latest", "other"]


def test_later_event_decides_when_versions_landed_together() -> None:
    later = record("b", 1, days=1, landed_at=VERSIONS[0]["landed_at"])
    assert latest_versions(_frame(later, VERSIONS[0]))["text"].to_list() == ["b"]


def test_version_id_decides_between_versions_of_one_instant() -> None:
    one, other = record("x", 1, record_version_id="v_a"), record("y", 1, record_version_id="v_b")
    assert latest_versions(_frame(other, one))["text"].to_list() == ["y"]
