"""The segment of a planted fault is found, and nothing where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feedback_loop.analysis.cohorts import diagnosed
from feedback_loop.contracts.loop_vocab import RiseVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.scenes import DAY, Scene, crowd, fault, on
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.complaint_stream import Said


@pytest.mark.parametrize("where", [{"region": "dach"}, {"browser": "Safari 18"}, {"tier": "pro"}, {"os": "iOS"}])
def test_the_segment_of_a_fault_is_ranked_first(where: dict[str, str]) -> None:
    found = Scene(crowd() + fault(30, where=where)).found()
    assert violations(found.cohorts, TABLES["analysis_cohort"]) == []
    assert found.segments()[0] == where
    assert found.segments("share")[0] == where


def test_two_attributes_stand_together_where_both_are_needed() -> None:
    """Customers of each alone do not complain: only a new version in one browser fails."""
    said = crowd() + fault(20, version="2.1", browser="Safari 18") + fault(20, "praise", version="2.1", browser="Chrome 126")
    [only] = Scene(said + fault(20, "praise", version="2.0", browser="Safari 18")).found().segments()
    assert only == {"browser": "Safari 18", "product_version": "2.1"}


def test_two_names_of_the_same_customers_are_no_conjunction() -> None:
    said = [replace(s, where={**s.where, "device": "iPhone" if s.where["os"] == "iOS" else "other"}) for s in crowd() + fault(30, os="iOS")]
    found = Scene(said).found().segments()
    assert [len(segment) for segment in found] == [1] * len(found)
    assert found


@pytest.mark.parametrize("seed", range(6))
def test_nothing_stands_out_when_everybody_complains(seed: int) -> None:
    found = Scene(crowd(seed=seed) + fault(40, seed=seed)).found()
    assert found.segments() == [{}]


def test_who_always_complains_more_is_no_cohort_of_a_rise_of_everybody() -> None:
    """Only tickets complain on usual days; the rise is of all who write tickets and so says nothing of them."""
    chat = [Said(n, "praise", hour=k / 2, where={"channel": "chat"}) for n in range(3, DAY + 1) for k in range(40)]
    ticket = [replace(s, topic="praise" if n % 4 else "scanner", where={"channel": "ticket"}) for n, s in enumerate(chat)]
    risen = [*chat, *ticket, *fault(25, channel="ticket", version="1.0")]
    bare = [replace(s, where={"channel": s.where["channel"]}) for s in risen]
    assert diagnosed(of_class(bare)).cohorts == ()


def test_figures_are_those_of_the_window() -> None:
    found = Scene(crowd() + fault(30, region="dach")).found()
    of_rate = (pl.col("alert_id") == found.of()[0]["alert_id"]) & (pl.col("cohort_rank") == 1)
    row = found.cohorts.filter(of_rate).row(0, named=True)
    assert row["observed_count"] >= 30
    assert row["cohort_exposure_count"] >= row["observed_count"] > 5 * row["expected_count"]
    assert row["cohort_lift"] is None or row["cohort_lift"] > 5
    assert row["p_value"] <= 0.01


def test_too_few_complaints_tell_nothing() -> None:
    found = diagnosed(replace(of_class([*crowd(), *fault(30)]), complaining=np.zeros(0, dtype=np.int64)))
    assert (found.verdict, found.cohorts) == (RiseVerdict.INSUFFICIENT_EVIDENCE, ())


def test_a_segment_comes_with_the_verdict_and_how_sure_it_is() -> None:
    row = Scene(crowd() + fault(30, region="dach")).found().cohorts.filter(pl.col("cohort_rank") == 1).row(0, named=True)
    assert row["rise_verdict"] == RiseVerdict.LOCALISED
    assert 0.8 < row["cohort_confidence"] <= row["rise_confidence"] <= 1


def test_the_order_of_the_rows_does_not_matter() -> None:
    scene = Scene(crowd() + fault(30, region="dach"))
    assert_frame_equal(scene.found().cohorts, scene.found(shuffled=3).cohorts)


def test_no_alerts_have_no_cohorts() -> None:
    found = Scene(crowd(), days=on(DAY)).found()
    assert found.alerts.height == found.cohorts.height == 0
    assert violations(found.cohorts, TABLES["analysis_cohort"]) == []


def test_the_rollout_of_a_version_alone_is_no_cohort() -> None:
    """On the day everybody has the new version, and everybody complains more."""
    said = [replace(s, version="2.1") if s.day == DAY and n % 4 else s for n, s in enumerate(crowd())] + fault(30, version="2.1")
    content = fault(60, "praise", version="2.1", seed=3)
    assert all("product_version" not in c.attributes for c in diagnosed(of_class([*said, *fault(15, version="2.0"), *content])).cohorts)


def test_a_segment_that_writes_far_more_than_usual_stands_out_even_where_all_who_write_complain() -> None:
    """Only those who complain write: shares of the day tell nothing, the part that the segment usually has does."""
    usual = [replace(s, topic="scanner") for s in crowd(per_day=12) if s.day % 2]
    calm = [replace(s, topic="praise") for s in crowd(range(3, DAY), per_day=30, seed=8)]
    first = diagnosed(of_class([*usual, *calm, *fault(30, browser="Firefox 127")])).cohorts[0]
    assert first.attributes == {"browser": "Firefox 127"}
