"""Of which issue an alert speaks: of the one with its cluster, or with most of its samples; of one at most, of its own day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.gold.alerted import alerts_of_issues
from feedback_loop.gold.membership import Held

DAY = date(2024, 3, 10)


def held(name: str, members: str, cluster: str = "", day: date = DAY, *, is_catch_all: bool = False) -> Held:
    clusters = (cluster,) if cluster else ()
    return Held(day, "app", name, tuple(members), [], "crash", "", cluster, clusters, None if is_catch_all else {"issue_id": name})


def alert(name: str, samples: str = "", cluster: str | None = None, score: float = 1.0) -> dict[str, Any]:
    return {
        "alert_id": name, "event_date": DAY, "alerted_cluster_id": cluster, "alert_score": score, "sample_fragment_ids": list(samples),
    }  # fmt: skip


def spoken_of(issues: Sequence[Held], *alerts: dict[str, Any]) -> dict[str, list[str]]:
    frame = pl.DataFrame(alerts, schema=pl.Schema(TABLES["analysis_alert"].schema))
    return {name: ids for (_, name), ids in alerts_of_issues(frame, issues).items()}


def test_alert_about_a_cluster_speaks_of_the_issue_that_holds_it_whatever_its_samples() -> None:
    assert spoken_of([held("i1", "ab", "c1"), held("i2", "xyz")], alert("a", "xyz", "c1")) == {"i1": ["a"]}


def test_alert_about_a_cluster_that_nobody_holds_speaks_of_none() -> None:
    assert spoken_of([held("i1", "xyz", "c1")], alert("a", "xyz", "c2")) == {}


def test_alert_about_a_class_speaks_of_the_issue_with_half_of_its_samples_and_at_least_two() -> None:
    issues = [held("i1", "abc"), held("i2", "xyz")]
    assert spoken_of(issues, alert("a", "abpq")) == {"i1": ["a"]}
    assert spoken_of(issues, alert("a", "abpqr")) == {}
    assert spoken_of(issues, alert("a", "a")) == {}


def test_of_two_with_equally_many_samples_the_one_that_people_know_is_spoken_of() -> None:
    assert spoken_of([held("a_rest", "ab", is_catch_all=True), held("i1", "xy")], alert("a", "abxy")) == {"i1": ["a"]}


def test_highest_score_comes_first() -> None:
    found = spoken_of([held("i1", "ab", "c1")], alert("b", "ab"), alert("a", "ab"), alert("c", cluster="c1", score=9.0))
    assert found == {"i1": ["c", "a", "b"]}


def test_issue_of_another_day_is_not_spoken_of() -> None:
    assert spoken_of([held("i1", "ab", day=DAY - timedelta(days=1))], alert("a", "ab")) == {}
