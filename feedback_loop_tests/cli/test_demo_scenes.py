"""What the demo prints of what it is given; that it does so in its order is the affair of `test_demo`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.cli.demo_scenes import Teller
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.audit import AuditReport
from feedback_loop.workflows.demo import PlantedFault
from feedback_loop_tests.contracts.rows import frame_of, valid_row
from feedback_loop_tests.fakes import START

WHOLE = AuditReport(12, None, (), ())
JUDGED = {"effect_verdict": "fixed", "effect_ratio": 0.25, "effect_low": 0.1, "effect_high": 0.6}


def planted(**changes: Any) -> PlantedFault:
    told: dict[str, Any] = {
        "fault": "checkout", "kind": "release_regression", "first_day": START.date(), "true_cause": "deploy-1", "innocent": "chg-2",
        "found_cause": "deploy-1", "found_score": 0.9, "first_alert_at": START + timedelta(hours=2), "mended_by": "roll_back_release",
        "message_count": 20, "message_count_without_loop": 90,
    }  # fmt: skip
    return PlantedFault(**(told | changes))


def said(capsys: pytest.CaptureFixture[str], fault: PlantedFault, effect: dict[str, Any], is_silent: bool = False) -> str:
    row = valid_row(TABLES["outcomes_effect"], **effect)
    Teller(is_silent).compared(Settings(home=Path("home")), [fault], [row], WHOLE)
    return capsys.readouterr().out


def test_a_silent_teller_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, planted(), JUDGED, is_silent=True) == ""


def test_the_comparison_tells_the_effect_with_its_interval_and_both_counts(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, planted(), JUDGED)
    assert "fixed: complaints of the treated are 0.25 (95 %: 0.10 to 0.60)" in told
    assert "20 messages; without the loop it would have been 90" in told
    assert "12 records: the chain is whole" in told


def test_a_fix_that_nothing_can_be_said_of_has_no_figure(capsys: pytest.CaptureFixture[str]) -> None:
    unsure = {"effect_verdict": "insufficient_evidence", "effect_ratio": None, "effect_low": None, "effect_high": None}
    assert "insufficient evidence: too few complaints to tell" in said(capsys, planted(), unsure)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "right  checkout"),
        ({"found_cause": "chg-2"}, "WRONG  checkout"),
        ({"found_cause": None, "found_score": None}, "unsure checkout"),
        ({"found_cause": None, "found_score": None, "true_cause": None}, "right  checkout"),
        ({"found_cause": None, "found_score": None, "true_cause": None, "first_alert_at": None}, "unsure checkout"),
        ({"true_cause": None}, "planted: nothing broke"),
        ({"first_alert_at": None, "mended_by": None}, "no alert · mended by hand"),
    ],
    ids=["the true cause", "an innocent", "no cause", "rightly none", "unnoticed", "nothing broke", "unseen"],
)
def test_a_fault_is_told_as_it_was_found(capsys: pytest.CaptureFixture[str], changes: dict[str, Any], line: str) -> None:
    assert line in said(capsys, planted(**changes), JUDGED)


def test_of_a_ticks_alerts_the_one_with_the_likeliest_known_cause_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    store, alert, cause = MemoryTableStore(), TABLES["analysis_alert"], TABLES["analysis_hypothesis"]
    of_day = {
        "alert_kind": "share",
        "is_story_head": True,
        "exposure_count": 20,
        "expected_count": 0.5,
        "alerted_class": None,
        "event_date": START.date(),
    }
    told = [
        of_day | {"alert_id": name, "observed_count": count, "alert_score": score} for name, count, score in (("a", 7, 1.0), ("b", 9, 5.0))
    ]
    store.replace_all(alert, frame_of(alert, *told))
    why = [
        {"hypothesis_id": "1", "alert_id": "a", "hypothesis_rank": 1, "cause_id": "deploy-7", "hypothesis_score": 0.6},
        {"hypothesis_id": "2", "alert_id": "b", "hypothesis_rank": 1, "cause_id": None, "hypothesis_score": 1.0},
    ]
    store.replace_all(cause, frame_of(cause, *(one | {"event_date": START.date()} for one in why)))
    Teller(is_silent=False).looked(START, store, START.date())
    assert "7 of the 20 records" in capsys.readouterr().out
