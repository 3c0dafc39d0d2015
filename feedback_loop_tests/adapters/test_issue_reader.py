"""Ranked issues follow the range and the filters, and say no more than the marts hold."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.issue_reader import QUOTES_PER_ISSUE, IssueFilter, RankedIssue, read_issue, read_issues
from feedback_loop.adapters.marts import publish
from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import BadInput, NothingLanded
from feedback_loop_tests.adapters.built_marts import (
    DAY_1,
    DAY_2,
    DAY_3,
    alert_row,
    build_file_of,
    complaint_row,
    daily_row,
    day_row,
    ledger_row,
    noon_of,
)
from feedback_loop_tests.dbt_project.made_up_home import Row

ALL_DAYS = IssueFilter(days=DayRange(DAY_1, DAY_3))


def candidate(version: str, statement: str) -> Row:
    return {
        "candidate_kind": "release", "product_version": version, "released_at": datetime(2024, 2, 29, tzinfo=UTC), "is_inferred": True,
        "verdict": "consistent", "statement": statement,
    }  # fmt: skip


WORDING = {"wording_summary": "It closes.", "wording_hypothesis": "No cause is known.", "wording_version": "model+prompt"}

ROWS: dict[str, list[Row]] = {
    "mart_issue": [
        ledger_row("rest", is_catch_all=True),
        ledger_row("big"),
        ledger_row("calm"),
        ledger_row("alarmed", issue_class="billing"),
        ledger_row("silent"),
    ],
    "mart_issue_day": [
        *(day_row(issue_id, DAY_1) for issue_id in ("rest", "calm", "alarmed")),
        day_row("big", DAY_1, trend="new", customer_count=None, issue_label="label of that day"),
        day_row("big", DAY_2, trend="rising", customer_count=5, **WORDING),
        day_row("big", DAY_3, trend="falling", customer_count=2),
        day_row("silent", DAY_2, first_seen_at=noon_of(DAY_2)),
    ],
    "mart_issue_daily": [
        daily_row("rest", DAY_1, 90),
        daily_row("big", DAY_1, 3, region="EU", product_version="2.0"),
        daily_row("big", DAY_2, 4, product_version="1.0", tier="gold"),
        daily_row("big", DAY_3, 2, product_version="2.0"),
        daily_row("calm", DAY_1, 5),
        daily_row("alarmed", DAY_1, 5),
    ],
    "mart_alert": [
        alert_row("a1", "big", DAY_1, 3.0, candidates=[candidate("2.0", "2.0 may have to do with it"), candidate("1.0", "so may 1.0")]),
        alert_row("a2", "big", DAY_2, 9.0, candidates=[candidate("2.0", "2.0 stands closer")]),
        alert_row("a3", "alarmed", DAY_1, 2.0),
        alert_row("a4", None, DAY_1, 99.0, subject_kind="product", candidates=[candidate("3.0", "of no issue")]),
    ],
    "mart_complaint": [
        complaint_row("f1", "big", "sure", class_score=0.9, region="EU"),
        complaint_row("f2", "big", "typical", class_score=0.2),
        complaint_row("f3", "big", "unsure", class_score=0.1),
        complaint_row("f4", "big", "again", class_score=1.0, duplicate_of="f1"),
        complaint_row("f5", "big", "later", class_score=0.5, event_date=DAY_3),
        complaint_row("f6", None, "of no issue", class_score=1.0),
        complaint_row("f7", "big", "sure", class_score=0.8),
    ],
}


@pytest.fixture(scope="module")
def marts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marts")
    publish(build_file_of(folder / "build", ROWS), folder / "marts.duckdb")
    return folder / "marts.duckdb"


def ranking(marts_file: Path, **narrowed: object) -> list[tuple[str, int]]:
    wanted = IssueFilter(**({"days": ALL_DAYS.days} | narrowed))  # type: ignore[arg-type]
    return [(issue.issue_id, issue.fragment_count) for issue in read_issues(marts_file, wanted)]


def the_big_one(marts_file: Path, wanted: IssueFilter = ALL_DAYS) -> RankedIssue:
    return next(issue for issue in read_issues(marts_file, wanted) if issue.issue_id == "big")


def test_issues_rank_by_fragments_then_alerts_and_catch_alls_come_last(marts_file: Path) -> None:
    assert ranking(marts_file) == [("big", 9), ("alarmed", 5), ("calm", 5), ("rest", 90)]


def test_a_limit_keeps_the_first_ranks(marts_file: Path) -> None:
    assert [issue.issue_id for issue in read_issues(marts_file, ALL_DAYS, limit=2)] == ["big", "alarmed"]


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"days": DayRange(DAY_2, DAY_2)}, [("big", 4)]),
        ({"days": DayRange(DAY_2, DAY_3)}, [("big", 6)]),
        ({"release": "2.0"}, [("big", 5)]),
        ({"region": "EU"}, [("big", 3)]),
        ({"tier": "gold"}, [("big", 4)]),
        ({"region": "EU", "tier": "gold"}, []),
        ({"product": "shop"}, [("big", 9), ("alarmed", 5), ("calm", 5), ("rest", 90)]),
        ({"product": "till"}, []),
        ({"issue_class": "billing"}, [("alarmed", 5)]),
        ({"product": "shop' or true --"}, []),
    ],
)
def test_a_filter_counts_only_what_it_names(marts_file: Path, narrowed: dict[str, object], expected: list[tuple[str, int]]) -> None:
    assert ranking(marts_file, **narrowed) == expected


@pytest.mark.parametrize(
    ("first", "last", "trend", "customer_count"),
    [(DAY_1, DAY_1, "new", None), (DAY_1, DAY_2, "rising", 5), (DAY_3, DAY_3, "falling", 2), (DAY_3, DAY_3 + timedelta(9), "falling", 2)],
)
def test_an_issue_reads_as_it_stood_at_the_end_of_the_range(
    marts_file: Path, first: date, last: date, trend: str, customer_count: int | None
) -> None:
    issue = the_big_one(marts_file, IssueFilter(days=DayRange(first, last)))
    assert (issue.trend, issue.customer_count) == (trend, customer_count)
    assert (issue.first_seen_at, issue.last_seen_at) == (noon_of(DAY_1), noon_of(min(last, DAY_3)))


def test_an_issue_without_a_row_on_the_last_day_reads_as_its_latest_row_says(marts_file: Path) -> None:
    calm = next(issue for issue in read_issues(marts_file, ALL_DAYS) if issue.issue_id == "calm")
    assert (calm.trend, calm.customer_count, calm.last_seen_at) == ("rising", 7, noon_of(DAY_1))


@pytest.mark.parametrize("day", [DAY_1, DAY_2, DAY_3])
def test_the_label_is_the_ledgers_whatever_the_range(marts_file: Path, day: date) -> None:
    assert the_big_one(marts_file, IssueFilter(days=DayRange(day, day))).label == "label of big"


def test_an_issue_is_not_listed_before_its_first_day(marts_file: Path) -> None:
    assert ranking(marts_file, days=DayRange(DAY_1, DAY_1), issue_id="silent") == []
    assert ranking(marts_file, days=DayRange(DAY_1, DAY_2), issue_id="silent") == [("silent", 0)]


def test_versions_are_those_of_the_slice_most_frequent_first(marts_file: Path) -> None:
    assert the_big_one(marts_file).versions == ("2.0", "1.0")
    assert the_big_one(marts_file, IssueFilter(days=DayRange(DAY_2, DAY_2))).versions == ("1.0",)


def test_quotes_start_with_the_typical_one_then_the_surest_and_hold_no_duplicate(marts_file: Path) -> None:
    assert the_big_one(marts_file).quotes == ("typical", "sure", "later")


def test_quotes_are_said_within_the_slice(marts_file: Path) -> None:
    assert the_big_one(marts_file, IssueFilter(days=DayRange(DAY_3, DAY_3))).quotes == ("later",)
    assert the_big_one(marts_file, IssueFilter(days=ALL_DAYS.days, region="EU")).quotes == ("sure",)


def test_alerts_are_those_of_the_days_highest_first(marts_file: Path) -> None:
    assert [alert.alert_id for alert in the_big_one(marts_file).alerts] == ["a2", "a1"]
    assert [alert.alert_id for alert in the_big_one(marts_file, IssueFilter(days=DayRange(DAY_1, DAY_1))).alerts] == ["a1"]


def test_a_hypothesis_stands_once_as_its_highest_alert_saw_it(marts_file: Path) -> None:
    found = the_big_one(marts_file).hypotheses
    assert [(h.product_version, h.statement, h.alert_id) for h in found] == [
        ("2.0", "2.0 stands closer", "a2"),
        ("1.0", "so may 1.0", "a1"),
    ]


def test_one_issue_shows_all_its_days(marts_file: Path) -> None:
    history = read_issue(marts_file, "big")
    assert history.daily == ((DAY_1, 3), (DAY_2, 4), (DAY_3, 2))
    assert history.issue == the_big_one(marts_file)


@pytest.mark.parametrize(("last", "summary"), [(DAY_1, None), (DAY_2, "It closes."), (DAY_3, "It closes.")])
def test_an_issue_is_worded_as_it_last_was(marts_file: Path, last: date, summary: str | None) -> None:
    [issue] = [i for i in read_issues(marts_file, IssueFilter(days=DayRange(DAY_1, last))) if i.issue_id == "big"]
    assert issue.wording_summary == summary


def test_an_issue_without_fragments_of_its_own_is_still_shown(marts_file: Path) -> None:
    history = read_issue(marts_file, "silent")
    assert (history.issue.fragment_count, history.issue.quotes, history.daily) == (0, (), ())


def test_an_unknown_issue_is_refused_with_the_way_to_find_one(marts_file: Path) -> None:
    with pytest.raises(BadInput, match="feedback-loop issues"):
        read_issue(marts_file, "i' or true --")


def test_issues_need_marts(tmp_path: Path) -> None:
    with pytest.raises(NothingLanded):
        read_issues(tmp_path / "marts.duckdb", ALL_DAYS)


def test_priority_and_its_reasons_are_those_of_the_latest_day(marts_file: Path) -> None:
    issue = the_big_one(marts_file)
    assert (issue.priority, issue.priority_reasons[0]) == ("high", "7 known customers in 28 days (10.9 points)")
    assert issue.cost_of_delay_usd is None


@pytest.mark.parametrize("seed", range(12))
def test_quotes_are_the_surest_texts_however_often_and_with_whatever_scores_a_text_was_said(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    texts = [rng.randrange(1 + seed) for _ in range(40)]
    # The first text holds many of the highest scores; those of the others are often equal.
    said = [(f"text {text}", 1 + rng.random() if text == 0 else rng.randrange(9) / 9) for text in texts]
    complaints = [complaint_row(f"f{n}", "big", text, class_score=score) for n, (text, score) in enumerate(said)]
    publish(build_file_of(tmp_path / "build", ROWS | {"mart_complaint": complaints}), tmp_path / "marts.duckdb")
    surest = {text: max(score for said_text, score in said if said_text == text) for text, _ in said}
    expected = sorted(surest, key=lambda text: (-surest[text], text))[:QUOTES_PER_ISSUE]
    assert the_big_one(tmp_path / "marts.duckdb").quotes == tuple(expected)
