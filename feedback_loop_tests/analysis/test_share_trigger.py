"""The trigger opens on eighteen per cent of six hours in one segment, not below; once, and the same whatever the range of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.share_trigger import LIMITS, ShareLimits, ShareRule
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.scenes import DAY, at, crowd, fault, on
from feedback_loop_tests.complaint_stream import Said, Stream, day, releases, stream

QUIET = [replace(said, topic="praise") for said in crowd(range(3, DAY + 6), per_day=48)]
WINDOW = range(12, 18)


def opened(of: Stream, days: DayRange | None = None, limits: ShareLimits = LIMITS) -> pl.DataFrame:
    days = days or on(DAY)
    grouped = clusters(of.fragments, of.classifications, of.embeddings, days)
    found = alerts(of.fragments, of.messages, of.classifications, grouped, releases(), days, [ShareRule(limits=limits)])
    return found.filter(pl.col("alert_kind") == "share")


def six_hours(complaints: int, records: int) -> list[Said]:
    """Exactly so many records between twelve and six o'clock, and so many of them complaints of one browser; nothing else that day."""
    others = [said for said in QUIET if said.day < DAY]
    calm = [Said(DAY, "praise", hour=12.01 + 5.9 * n / records, where={"browser": "Chrome 126"}) for n in range(records - complaints)]
    return [*others, *calm, *fault(complaints, start=12.01, hours=5.9, browser="Safari 18")]


def test_it_opens_on_eighteen_per_cent_and_not_on_seventeen() -> None:
    late = replace(LIMITS, fewest_records=17)  # so that no shorter beginning of the window opens it
    found = opened(stream(six_hours(18, 100)), limits=late)
    assert violations(found, TABLES["analysis_alert"]) == []
    assert found.select("observed_count", "exposure_count").unique().rows() == [(18, 100)]
    assert at(17) < found["raised_at"].unique().item() < at(18), "no hour that has not gone by"
    assert found.select((pl.col("raised_at") - pl.duration(seconds=60 * pl.col("window_minutes"))).alias("start"))[
        "start"
    ].unique().item() == at(12)
    assert "class" in set(found["subject_kind"])
    assert opened(stream(six_hours(17, 100)), limits=late).height == 0


def test_the_same_day_with_its_complaints_thinned_below_the_share_does_not_open() -> None:
    said = QUIET + fault(12, start=12, hours=6, browser="Safari 18")
    assert opened(stream(said)).height
    thinned = QUIET + fault(12, start=12, hours=6, browser="Safari 18")[::4]
    assert opened(stream(thinned)).height == 0


def test_what_is_expected_is_the_usual_share_of_the_window() -> None:
    row = opened(stream(six_hours(18, 100)), limits=replace(LIMITS, fewest_records=17)).row(0, named=True)
    assert row["expected_count"] == pytest.approx(100 * 0.5 / (24 * 48 + 1 - 10), rel=0.02)
    assert row["rate_ratio"] == pytest.approx(18 / row["expected_count"])
    assert row["p_value"] < 1e-12
    assert len(row["sample_fragment_ids"]) == 5


def test_four_records_are_too_few_whatever_their_share() -> None:
    said = [s for s in QUIET if s.day < DAY]
    assert opened(stream([*said, *fault(4, start=12, hours=1, browser="Safari 18")])).height == 0
    assert opened(stream([*said, *fault(5, start=12, hours=1, browser="Safari 18")])).height


def test_a_share_that_is_usual_does_not_open() -> None:
    always = [replace(s, topic="scanner", where={"browser": "Safari 18"}) if n % 3 == 0 else s for n, s in enumerate(QUIET)]
    assert opened(stream(always)).height == 0


def test_a_window_may_reach_into_the_day_before() -> None:
    said = QUIET + fault(8, number=DAY - 1, start=22.5, hours=1.5, browser="Safari 18") + fault(4, start=0, hours=0.5, browser="Safari 18")
    kept = [s for s in said if s.topic == "praise" or s.day == DAY or (s.hour or 0) > 23.7]
    found = opened(stream(kept))
    assert found.height
    assert at(0) < found["raised_at"].unique().item() <= at(1)
    assert all(found["sample_fragment_ids"].list.len() > 0)


def test_a_young_product_does_not_open() -> None:
    said = [s for s in QUIET if s.day >= DAY - 8] + fault(20, browser="Safari 18")
    assert opened(stream(said)).height == 0


def lasting(*days: int) -> Stream:
    return stream(QUIET + [s for n in days for s in fault(30, number=n, start=6, hours=12, browser="Safari 18", seed=n)])


def test_it_opens_once_for_a_fault_that_lasts() -> None:
    of = lasting(DAY, DAY + 1, DAY + 2)
    days = [opened(of, on(n))["event_date"].unique().to_list() for n in (DAY, DAY + 1, DAY + 2)]
    assert days == [[day(DAY)], [], []]


def test_it_opens_again_after_three_quiet_days() -> None:
    of = lasting(DAY, DAY + 4)
    assert opened(of, on(DAY + 3)).height == 0
    assert opened(of, on(DAY + 4)).height


def test_days_one_by_one_equal_the_range() -> None:
    of, days = lasting(DAY, DAY + 4), DayRange(day(DAY - 1), day(DAY + 5))
    alone = [opened(of.within(DayRange(d, d).widened(before=WINDOW_DAYS - 1)), DayRange(d, d)) for d in days]
    together = opened(of, days)
    assert together["event_date"].n_unique() == 2
    assert_frame_equal(pl.concat(alone), together)


def test_it_opens_for_the_segment_that_complains_most_beside_the_others() -> None:
    """Everybody of the fault has the most common region too; the browser is what they have and others have not."""
    said = QUIET + fault(14, start=12, hours=6, browser="Safari 18", region="uk")
    row = opened(stream(said)).filter(pl.col("subject_kind") == "class").row(0, named=True)
    window = [s for s in said if s.day == DAY and at(s.hour or 0.0) < row["raised_at"] <= at((s.hour or 0.0) + 6)]
    complaints = [s for s in window if s.topic == "scanner" and s.where["browser"] == "Safari 18"]
    assert row["observed_count"] == len(complaints)
    assert row["exposure_count"] == len(window)
    assert row["raised_at"] - timedelta(hours=6) >= at(0)


def test_the_rollout_of_a_new_version_alone_does_not_open_it() -> None:
    """One in four complains as ever; from noon on all of them have a version that nobody had before."""
    always = [replace(s, topic="scanner" if n % 4 == 0 else "praise") for n, s in enumerate(QUIET)]
    said = [replace(s, version="3.0") if s.day == DAY and (s.hour or 0) >= 12 else s for s in always]
    assert opened(stream(said)).height == 0


def test_it_opens_for_all_complaints_of_a_segment_where_they_are_split_over_classes() -> None:
    topics = ("scanner", "refund", "login")
    split = [s for n, topic in enumerate(topics) for s in fault(5, topic, start=12 + n / 10, hours=5.5, browser="Safari 18", seed=n)]
    assert set(opened(stream(QUIET + split), limits=replace(LIMITS, fewest_records=10))["subject_kind"]) == {"product"}


def under(of: Stream, *rules: ShareRule) -> pl.DataFrame:
    grouped = clusters(of.fragments, of.classifications, of.embeddings, on(DAY))
    found = alerts(of.fragments, of.messages, of.classifications, grouped, releases(), on(DAY), rules)
    return found.filter(pl.col("alert_kind") == "share")


SAFARI = stream(QUIET + fault(12, start=12, hours=6, browser="Safari 18"))


def test_a_rule_of_one_class_looks_at_that_class_alone() -> None:
    found = under(SAFARI, ShareRule("workflow", complaint_classes=("broken_workflow",)), ShareRule("money", complaint_classes=("billing",)))
    assert found.select("alert_rule_id", "subject_kind", "alerted_class").rows() == [("workflow", "class", "broken_workflow")]


def test_a_rule_with_words_counts_what_says_them() -> None:
    found = under(SAFARI, ShareRule("said", words=("Blank",)), ShareRule("unsaid", words=("lank", "checkout")))
    assert found.select("alert_rule_id", "subject_kind").rows() == [("said", "product")]


@pytest.mark.parametrize(
    ("word", "text"), [("c++", "It says c++ failed"), ("$5", "I paid $5 twice"), ("退款", "我要退款"), ("退", "我要退款")]
)
def test_words_that_end_in_a_sign_or_know_no_blanks_are_found(word: str, text: str) -> None:
    of_fault = SAFARI.classifications.filter(best_class="broken_workflow")["fragment_id"]
    said_so = pl.when(pl.col("fragment_id").is_in(of_fault.to_list())).then(pl.lit(text)).otherwise("masked_text")
    said = replace(SAFARI, fragments=SAFARI.fragments.with_columns(masked_text=said_so))
    assert under(said, ShareRule("said", words=(word,))).height


def test_certain_chance_makes_a_plain_threshold() -> None:
    usually = [said for n in range(DAY + 1) for said in fault(8, number=n, start=0, hours=24, browser="Safari 18", seed=n)]
    said = stream([*QUIET, *usually, *fault(6, start=12, hours=4, browser="Safari 18")])
    plain = ShareLimits(chance=1.0, share=0.35)
    assert opened(said, limits=plain).height
    assert not opened(said, limits=replace(plain, chance=1e-4)).height


def test_a_rule_of_another_product_is_none_of_this_ones() -> None:
    assert under(SAFARI, ShareRule("other", products=("other",))).height == 0
    assert under(SAFARI, ShareRule("own", products=("app",))).height > 0


def test_without_dimensions_the_share_is_that_of_everybody() -> None:
    of_everybody = replace(LIMITS, dimensions=())
    [row] = under(SAFARI, ShareRule("all", of_everybody, complaint_classes=("broken_workflow",))).iter_rows(named=True)
    assert row["observed_count"] >= LIMITS.fewest_records
    assert row["observed_count"] / row["exposure_count"] >= LIMITS.share


def test_two_rules_that_fire_for_one_fault_are_one_story() -> None:
    found = under(SAFARI, ShareRule("one"), ShareRule("two", replace(LIMITS, share=0.1)))
    assert set(found["alert_rule_id"]) == {"one", "two"}
    assert found["is_story_head"].sum() == 1
