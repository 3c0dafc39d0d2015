from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import Trend
from feedback_loop.gold.issues import issues, trend
from feedback_loop_tests.complaint_stream import START, Said, Stream, day, steady, stream
from feedback_loop_tests.gold.daily_clusters import by_topic, states_of

NO_ALERTS = pl.DataFrame(schema=pl.Schema(TABLES["analysis_alert"].schema))
DAYS = DayRange(day(20), day(39))


def ledger(of: Stream, days: DayRange = DAYS, alerts: pl.DataFrame = NO_ALERTS, clusters: pl.DataFrame | None = None) -> pl.DataFrame:
    grouped = by_topic(of, DayRange(START, days.last)) if clusters is None else clusters
    return issues(states_of(of, grouped), grouped, of.fragments, of.embeddings, alerts, days)


def test_rows_fulfil_the_contract() -> None:
    found = ledger(stream(steady(40)))
    assert found.height
    assert violations(found, TABLES["gold_issue"]) == []


def test_each_day_the_issues_sum_up_to_the_fragments_of_an_issue_class() -> None:
    said = stream([*steady(40), Said(30, "refund", duplicate_of="fragment_x"), Said(31, "login", fragments=3)])
    counted = said.fragments.join(said.classifications.select("fragment_id", "best_class"), on="fragment_id")
    counted = counted.filter((pl.col("best_class") != "praise") & pl.col("duplicate_of").is_null()).group_by("event_date").len()
    summed = ledger(said).group_by("event_date").agg(pl.col("fragment_count").sum())
    expected = dict(counted.iter_rows())
    assert {d: n for d, n in summed.iter_rows() if n} == {d: expected[d] for d in DAYS if d in expected}


def test_an_issue_is_the_same_from_day_to_day_and_says_what_its_topic_says() -> None:
    said = stream(steady(40))
    found = ledger(said)
    for _, days in found.group_by("issue_id"):
        assert len({said.topics[f] for ids in days["quote_fragment_ids"] for f in ids}) == 1
    assert found["issue_id"].n_unique() == 3


def test_days_one_by_one_equal_the_range() -> None:
    said = stream(steady(40))
    clusters = by_topic(said, DayRange(START, DAYS.last))
    states, alone = states_of(said, clusters), []
    for d in DAYS:
        near = said.within(DayRange(d, d).widened(before=WINDOW_DAYS - 1))
        known = states.filter(pl.col("event_date").is_between(d - timedelta(days=1), d))
        today = clusters.filter(pl.col("event_date") == d)
        alone.append(issues(known, today, near.fragments, near.embeddings, NO_ALERTS, DayRange(d, d)))
    assert_frame_equal(pl.concat(alone), ledger(said))


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    said = stream(steady(40))
    clusters = by_topic(said, DayRange(START, DAYS.last)).sample(fraction=1.0, shuffle=True, seed=seed)
    mixed = said.shuffled(seed)
    assert_frame_equal(ledger(mixed, clusters=clusters), ledger(said))


def test_quotes_are_distinct_readable_and_at_most_five() -> None:
    for quotes in ledger(stream(steady(40)))["quotes"].to_list():
        assert len(quotes) == len({"".join(c for c in q.casefold() if c.isalnum()) for q in quotes})
        assert 1 <= len(quotes) <= 5


def test_customers_are_counted_once_and_unknown_ones_are_null() -> None:
    speakers = [(30, "c1"), (31, "c1"), (31, "c2"), (31, None)]
    known = ledger(stream([Said(n, "refund", customer=customer) for n, customer in speakers]))
    assert known.filter(pl.col("event_date") == day(31))["customer_count"].to_list() == [2]
    assert ledger(stream([Said(30, "refund")]))["customer_count"].unique().to_list() == [None]


def test_versions_stand_by_frequency_then_by_name() -> None:
    said = stream([Said(30, "refund", version=v) for v in ("2.0", "1.0", "3.0", "3.0", None)])
    assert ledger(said)["product_versions"].to_list()[0] == ["3.0", "1.0", "2.0"]


def test_alert_about_the_cluster_is_an_alert_of_the_issue_on_that_day() -> None:
    said = stream([Said(day, "refund") for day in (29, 30, 30)])
    cluster_id = by_topic(said, DayRange(day(30), day(30)))["cluster_id"][0]
    of_cluster = {"alert_id": "a", "event_date": day(30), "alerted_cluster_id": cluster_id, "alert_score": 3.0, "sample_fragment_ids": []}
    found = ledger(said, DayRange(day(29), day(30)), pl.DataFrame([of_cluster], schema=NO_ALERTS.schema))
    assert found.sort("event_date")["alert_ids"].to_list() == [[], ["a"]]


def test_an_issue_is_new_for_seven_days() -> None:
    found = ledger(stream([Said(0, "login"), *[Said(n, "refund") for n in range(22, 40) for _ in range(4)]])).filter(
        pl.col("issue_class") == "billing"
    )
    trends = dict(found.select("event_date", "trend").iter_rows())
    assert trends[day(28)] == Trend.NEW
    assert trends[day(29)] != Trend.NEW


@pytest.mark.parametrize(
    ("recent", "before", "days_before", "expected"),
    [
        (7, 21, 21, Trend.STEADY),
        (14, 12, 21, Trend.RISING),
        (3, 2, 21, Trend.STEADY),
        (0, 14, 21, Trend.FALLING),
        (0, 3, 21, Trend.STEADY),
        (12, 4, 4, Trend.STEADY),
        (60, 120, 21, Trend.RISING),
        (50, 125, 21, Trend.STEADY),
        (5, 0, 0, Trend.STEADY),
    ],
)
def test_a_trend_needs_a_clear_difference_of_daily_rates(recent: int, before: int, days_before: int, expected: Trend) -> None:
    assert trend(recent, before, days_before) == expected


def test_late_rows_end_in_the_same_issues() -> None:
    said = stream(steady(40))
    held = set(said.fragments["fragment_id"].to_list()[10:14])
    days = DayRange(START, day(39))
    early, from_start = by_topic(said.without(held), days), by_topic(said, days)
    touched = [day(n) for n in range(5, 8 + WINDOW_DAYS)]
    mended = pl.concat([early.filter(~pl.col("event_date").is_in(touched)), from_start.filter(pl.col("event_date").is_in(touched))])
    assert_frame_equal(ledger(said, days, clusters=mended), ledger(said, days))


def test_no_clusters_are_no_issues() -> None:
    assert ledger(stream([])).height == 0
