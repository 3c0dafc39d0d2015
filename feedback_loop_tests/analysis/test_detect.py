from datetime import UTC, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.detect import alerts
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES, WINDOW_DAYS
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.complaint_stream import Said, Stream, day, releases, steady, stream

RELEASES = releases([("app", "2.0", 28, True), ("app", "1.0", 0, True)])
CALM = steady(40, per_day=6, topics=(*["praise"] * 8, "login", "refund"))


def raised(of: Stream, days: DayRange, known: pl.DataFrame = RELEASES) -> pl.DataFrame:
    found = clusters(of.fragments, of.classifications, of.embeddings, days)
    return alerts(of.fragments, of.messages, of.classifications, found, known, days)


def spike(number: int, count: int = 12, **more: object) -> list[Said]:
    return [Said(number, "scanner", **more)] * count  # type: ignore[arg-type]


def on(number: int) -> DayRange:
    return DayRange(day(number), day(number))


def test_calm_days_raise_nothing() -> None:
    assert raised(stream(CALM), DayRange(day(0), day(39))).height == 0


def test_a_spike_is_raised_for_product_class_and_cluster_and_for_nothing_else() -> None:
    found = raised(stream(CALM + spike(30)), DayRange(day(25), day(35)))
    assert violations(found, TABLES["analysis_alert"]) == []
    assert set(found["event_date"]) == {day(30)}
    assert set(found["subject_kind"]) == {"product", "class", "cluster"}
    assert set(found["alerted_class"].drop_nulls()) == {"broken_workflow"}
    row = found.filter(pl.col("subject_kind") == "class").row(0, named=True)
    assert (row["observed_count"], row["exposure_count"]) == (12, 18)
    assert row["rate_ratio"] == pytest.approx(12 / row["expected_count"])
    assert 2.0 < row["alert_score"] < 300.0
    assert len(row["sample_fragment_ids"]) == 5


def test_a_long_message_counts_once() -> None:
    assert raised(stream([*CALM, Said(30, "scanner", fragments=12)]), on(30)).height == 0


def test_two_records_are_too_few_however_unusual() -> None:
    quiet = [Said(n, "praise") for n in range(30) for _ in range(20)]
    assert raised(stream(quiet + spike(30, 2)), on(30)).height == 0
    assert raised(stream(quiet + spike(30, 3)), on(30)).height > 0


@pytest.mark.parametrize(("first", "expected"), [(24, False), (23, True)])
def test_the_first_seven_days_of_a_product_raise_no_rate_alert(first: int, expected: bool) -> None:
    young = [Said(n, "praise", product="new") for n in range(first, 30) for _ in range(6)]
    found = raised(stream(young + spike(30, 20, product="new")), on(30))
    assert bool(found.height) is expected


def test_stars_count_where_no_fragment_complains() -> None:
    said = [Said(n, "praise", rating=5.0) for n in range(31) for _ in range(5)] + [Said(30, "praise", rating=1.0)] * 15
    found = raised(stream(said), on(30)).filter(pl.col("alert_kind") == "rate")
    assert found["subject_kind"].to_list() == ["product"]
    assert found["observed_count"].to_list() == [15]


def test_an_urgent_record_is_raised_at_once_for_its_cluster() -> None:
    found = raised(stream([*CALM, Said(2, "login", severity="urgent")]), on(2))
    assert violations(found, TABLES["analysis_alert"]) == []
    row = found.row(0, named=True)
    assert (found.height, row["alert_kind"], row["subject_kind"], row["alert_score"], row["observed_count"]) == (
        1,
        "urgent",
        "cluster",
        1000.0,
        1,
    )
    assert row["alerted_cluster_id"] == row["subject_id"]
    assert (row["expected_count"], row["rate_ratio"], row["p_value"]) == (None, None, None)


def test_urgent_records_of_one_cluster_share_an_alert_and_count_as_records() -> None:
    found = raised(stream([*CALM, Said(2, "login", severity="urgent", fragments=2), Said(2, "login", severity="urgent")]), on(2))
    assert found["observed_count"].sum() == 2
    assert found["alert_id"].is_unique().all()


def test_an_urgent_repetition_is_raised_for_the_cluster_of_what_it_repeats() -> None:
    first = stream([Said(2, "login")] * 12).fragments["fragment_id"][0]
    said = stream([Said(2, "login")] * 12 + [Said(3, "login", severity="urgent", duplicate_of=first)])
    found = raised(said, on(3))
    home = clusters(said.fragments, said.classifications, said.embeddings, on(3)).filter(pl.col("member_fragment_ids").list.contains(first))
    assert found["alerted_cluster_id"].to_list() == home["cluster_id"].to_list()


def test_an_urgent_record_in_no_cluster_is_raised_for_its_class() -> None:
    found = raised(stream([*CALM, Said(2, "login", severity="urgent", duplicate_of="fragment_gone")]), on(2))
    assert found.select("subject_kind", "subject_id", "alerted_cluster_id").rows() == [("class", "auth", None)]


def test_urgent_praise_raises_nothing() -> None:
    assert raised(stream([*CALM, Said(2, "praise", severity="urgent")]), on(2)).height == 0


def test_a_release_shortly_before_stands_beside_the_alert() -> None:
    said = CALM + spike(30, 12, version="2.0") + [Said(30, "praise", version="2.0")]
    candidates = raised(stream(said), on(30)).filter(pl.col("subject_kind") == "class")["candidates"].to_list()[0]
    assert [(c["candidate_kind"], c["product_version"], c["verdict"]) for c in candidates] == [("release", "2.0", "consistent")]


def test_days_one_by_one_equal_the_range() -> None:
    said, days = stream(CALM + spike(30) + spike(31, 5) + [Said(29, "login", severity="urgent")]), DayRange(day(26), day(33))
    known = releases([("app", "2.0", 28, True), ("app", "1.0", 0, True)])
    alone = [
        raised(said.within(DayRange(d, d).widened(before=WINDOW_DAYS - 1)), DayRange(d, d), known.filter(
            pl.col("released_at").dt.date().is_between(d - timedelta(days=CANDIDATE_DAYS), d)
        ))
        for d in days
    ]  # fmt: skip
    assert_frame_equal(pl.concat(alone), raised(said, days, known))


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    said, days = stream(CALM + spike(30) + [Said(30, "login", severity="urgent")] * 2), DayRange(day(29), day(31))
    mixed = said.shuffled(seed)
    found = clusters(said.fragments, said.classifications, said.embeddings, days)
    again = alerts(
        mixed.fragments,
        mixed.messages,
        mixed.classifications,
        found.sample(fraction=1.0, shuffle=True, seed=seed),
        RELEASES.reverse(),
        days,
    )
    assert_frame_equal(again, raised(said, days))


def instant(number: int, hours: float) -> datetime:
    return datetime.combine(day(number), time(), UTC) + timedelta(hours=hours)


def test_a_rate_alert_is_raised_at_the_end_of_the_quarter_of_an_hour_that_makes_it_certain() -> None:
    """The calm records come at eight; the twelve complaints from ten o'clock on, one each ten minutes."""
    said = CALM + [Said(30, "scanner", hour=10 + n / 6) for n in range(12)]
    is_rate = (pl.col("subject_kind") == "class") & (pl.col("alert_kind") == "rate")
    row = raised(stream(said), on(30)).filter(is_rate).row(0, named=True)
    assert row["window_minutes"] == 1440.0
    assert instant(30, 10.25) <= row["raised_at"] <= instant(30, 12)
    hour = row["raised_at"].hour + row["raised_at"].minute / 60
    known = [one for one in said if one.day < 30 or (one.hour or 8.0) < hour]
    early = raised(stream(known), on(30)).filter(is_rate)
    assert early["raised_at"].to_list() == [row["raised_at"]]
    before = [one for one in said if one.day < 30 or (one.hour or 8.0) < hour - 0.25]
    assert raised(stream(before), on(30)).filter(is_rate).height == 0


def test_a_rise_of_the_last_half_hour_is_raised_by_the_end_of_the_day() -> None:
    found = raised(stream(CALM + [Said(30, "scanner", hour=23.5)] * 12), on(30)).filter(pl.col("alert_kind") == "rate")
    assert set(found["raised_at"]) == {instant(30, 23.75)}


def test_one_rise_of_several_days_is_one_story_whose_first_day_alone_is_news() -> None:
    said = stream(CALM + spike(30) + spike(31) + spike(32) + spike(36))
    found = raised(said, DayRange(day(29), day(37)))
    heads = found.filter("is_story_head").sort("event_date")
    assert heads["event_date"].to_list() == [day(30), day(31), day(32), day(36)]
    assert heads["is_continuation"].to_list() == [False, True, True, False]
    first = heads["story_id"][0]
    assert heads["story_id"].to_list()[:3] == [first] * 3
    assert heads["story_id"][3] not in (first, None)
    of_class = found.filter((pl.col("subject_kind") == "class") & (pl.col("alert_kind") == "rate")).sort("event_date")
    assert of_class["story_observed_count"].to_list()[:3] == [12, 24, 36]


def test_all_that_rises_with_one_fault_is_one_story_with_one_head() -> None:
    found = raised(stream(CALM + spike(30)), on(30))
    assert found["story_id"].n_unique() == 1
    assert found["is_story_head"].sum() == 1
    assert found.filter("is_story_head")["alerted_class"].to_list() == ["broken_workflow"]


def test_a_rise_after_a_change_is_raised_for_it_also_where_the_day_alone_is_too_little() -> None:
    change = {"statement_id": "s1", "change_id": "deploy-1", "product": "app", "started_at": instant(30, 14), "scope": "{}"}
    changes = pl.DataFrame([{**change, "landed_at": instant(30, 14)}])
    said = stream(CALM + [Said(30, "scanner", hour=14.2 + n / 4) for n in range(6)])
    found = clusters(said.fragments, said.classifications, said.embeddings, on(30))
    told = alerts(said.fragments, said.messages, said.classifications, found, RELEASES, on(30), changes=changes)
    after = told.filter(pl.col("alert_kind") == "change")
    assert violations(told, TABLES["analysis_alert"]) == []
    assert set(after["alerted_change_id"]) == {"deploy-1"}
    assert (after["raised_at"] <= instant(30, 18)).all()
    assert (after["window_minutes"] <= 240.0).all()


def test_an_urgent_record_is_raised_when_it_was_said() -> None:
    found = raised(stream([*CALM, Said(2, "login", severity="urgent", hour=7.25)]), on(2))
    assert found.select("raised_at", "window_minutes").rows() == [(instant(2, 7.25), 0.0)]


def test_no_records_raise_nothing() -> None:
    found = raised(stream([]), on(3))
    assert found.height == 0
    assert violations(found, TABLES["analysis_alert"]) == []
