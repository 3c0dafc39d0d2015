"""Tests of the score of a loop: what counts as detected, as blamed, as abstaining, as wrong, and as mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ActionKind, HypothesisVerdict
from feedback_loop.simulation import Found, FoundAction, FoundAlert, FoundCause, Score, Simulation, score
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.scoring import negative_review_share
from feedback_loop.simulation.statements import instant

UNKNOWN = FoundCause(None, 0.7, HypothesisVerdict.INSUFFICIENT_EVIDENCE)


def fault_of(lived: Simulation, kind: str) -> Fault:
    return next(fault for fault in lived.scenario.faults if fault.kind == kind)


def likely(cause_id: str, value: float = 0.9) -> FoundCause:
    return FoundCause(cause_id, value, HypothesisVerdict.LIKELY)


def alert(lived: Simulation, kind: str, *causes: FoundCause, hours: float = 2.0, strange: float = 0.0) -> FoundAlert:
    """An alert some hours after the onset of a fault, of ten of its messages and a share of others."""
    fault = fault_of(lived, kind)
    own = [message.message_id for message in lived.messages if message.fault == fault.fault][:10]
    others = [message.message_id for message in lived.messages if message.fault is None]
    count = round(10 * strange / (1 - strange)) if strange else 0
    raised_at = instant(lived.start_day, fault.onset_hour + hours)
    return FoundAlert(raised_at, "checkout", frozenset(own + others[:count]), {}, causes)


def scored(lived: Simulation, kind: str, *alerts: FoundAlert, actions: tuple[FoundAction, ...] = ()) -> Score:
    return next(found for found in score(lived, Found(alerts, actions)) if found.kind == kind)


def action(lived: Simulation, kind: ActionKind, target: str, hours: float = 5.0, is_automatic: bool = False) -> FoundAction:
    onset = instant(lived.start_day, fault_of(lived, "release_regression").onset_hour)
    return FoundAction(onset + timedelta(hours=hours), kind, target, is_automatic)


def test_there_is_one_score_per_fault_in_the_order_of_the_scenario(lived: Simulation) -> None:
    assert [found.kind for found in score(lived, Found())] == [fault.kind for fault in lived.scenario.faults]


def test_who_finds_nothing_detects_nothing_and_the_company_mends_it_by_hand(lived: Simulation) -> None:
    found = scored(lived, "release_regression")
    assert (found.is_detected, found.detection_delay_hours, found.is_cause_first, found.is_innocent_blamed) == (False, None, None, None)
    assert found.hours_to_fix == 24 * fault_of(lived, "release_regression").manual_fix_days
    assert (found.has_false_action, found.has_abstained_rightly) == (False, None)


def test_the_first_alert_after_the_onset_counts(lived: Simulation) -> None:
    late, first = alert(lived, "release_regression", hours=9), alert(lived, "release_regression", likely("deploy-7.2.0"), hours=3.5)
    early = alert(lived, "release_regression", likely("chg-d240"), hours=-1)
    found = scored(lived, "release_regression", late, first, early)
    assert found.detection_delay_hours == pytest.approx(3.5)
    assert (found.is_detected, found.is_cause_first) == (True, True)


@pytest.mark.parametrize(("hours", "expected"), [(-0.01, False), (0.0, True), (200.0, True)])
def test_an_alert_at_the_very_onset_counts_and_an_earlier_one_does_not(lived: Simulation, hours: float, expected: bool) -> None:
    assert scored(lived, "release_regression", alert(lived, "release_regression", hours=hours)).is_detected is expected


@pytest.mark.parametrize(("strange", "expected"), [(0.0, True), (0.5, True), (0.8, True), (0.81, False), (0.9, False)])
def test_an_alert_counts_only_where_enough_of_it_is_the_faults(lived: Simulation, strange: float, expected: bool) -> None:
    assert scored(lived, "release_regression", alert(lived, "release_regression", strange=strange)).is_detected is expected


def test_that_the_cause_is_not_known_is_a_rank_but_no_name(lived: Simulation) -> None:
    causes = (UNKNOWN, likely("deploy-7.2.0", 0.3), likely("chg-d240", 0.1))
    found = scored(lived, "release_regression", alert(lived, "release_regression", *causes))
    assert (found.is_cause_first, found.is_cause_first_named) == (False, True)


def test_an_alert_about_another_fault_or_without_messages_does_not_count(lived: Simulation) -> None:
    empty = replace(alert(lived, "release_regression"), message_ids=frozenset())
    elsewhere = replace(alert(lived, "billing_sync"), raised_at=alert(lived, "release_regression").raised_at)
    assert not scored(lived, "release_regression", empty, elsewhere).is_detected


@pytest.mark.parametrize(
    ("causes", "first", "in_three", "blamed"),
    [
        ((likely("deploy-7.2.0"), likely("chg-d240", 0.2)), True, True, False),
        ((likely("chg-d240"), likely("deploy-7.2.0", 0.8)), False, True, True),
        ((likely("deploy-7.2.0"), likely("chg-d240", 0.5)), True, True, True),
        ((UNKNOWN, likely("x", 0.1), likely("y", 0.1), likely("deploy-7.2.0", 0.1)), False, False, False),
        ((), False, False, False),
    ],
)
def test_causes_are_scored_by_rank_and_by_blame(lived: Simulation, causes: Any, first: bool, in_three: bool, blamed: bool) -> None:
    found = scored(lived, "release_regression", alert(lived, "release_regression", *causes))
    assert (found.is_cause_first, found.is_cause_in_top_three, found.is_innocent_blamed) == (first, in_three, blamed)
    assert found.has_abstained_rightly is None


def test_an_outcry_is_met_rightly_by_saying_that_the_evidence_is_insufficient(lived: Simulation) -> None:
    rightly = scored(lived, "viral_complaint", alert(lived, "viral_complaint", UNKNOWN, likely("deploy-6.4.1", 0.3)))
    assert (rightly.has_abstained_rightly, rightly.is_innocent_blamed, rightly.is_cause_first) == (True, False, None)
    wrongly = scored(lived, "viral_complaint", alert(lived, "viral_complaint", likely("deploy-6.4.1"), UNKNOWN))
    assert (wrongly.has_abstained_rightly, wrongly.is_innocent_blamed) == (False, True)
    assert (rightly.hours_to_fix, wrongly.hours_to_fix) == (None, None)


def test_a_right_action_mends_after_it_had_time_to_work(lived: Simulation) -> None:
    fault = fault_of(lived, "release_regression")
    found = scored(lived, "release_regression", actions=(action(lived, ActionKind.ROLL_BACK_RELEASE, "deploy-7.2.0"),))
    assert fault.remedy is not None
    assert found.hours_to_fix == pytest.approx(5 + fault.remedy.hours_to_work)
    assert not found.has_false_action


@pytest.mark.parametrize(
    ("kind", "target", "is_wrong"),
    [
        (ActionKind.ROLL_BACK_RELEASE, "deploy-6.5.0", True),
        (ActionKind.ROLL_BACK_CONFIG, "deploy-7.2.0", True),
        (ActionKind.RETRY_JOB, "chg-47a9", False),
        (ActionKind.OPEN_INCIDENT, "deploy-6.5.0", False),
        (ActionKind.QUEUE_FOR_REVIEW, "anything", False),
    ],
)
def test_an_action_is_false_where_it_mends_none_of_the_faults(lived: Simulation, kind: ActionKind, target: str, is_wrong: bool) -> None:
    found = [scored(lived, "release_regression", actions=(action(lived, kind, target, is_automatic=auto),)) for auto in (True, False)]
    assert [one.has_false_action for one in found] == [is_wrong, is_wrong]
    assert [one.has_false_automation for one in found] == [is_wrong, False]
    assert {one.hours_to_fix for one in found} == {24 * fault_of(lived, "release_regression").manual_fix_days}


def test_an_outage_is_over_when_its_provider_is_back_and_a_notice_mends_nothing(lived: Simulation) -> None:
    outage = fault_of(lived, "release_regression").model_copy(
        update={
            "profile": [(0, 0.9), (0.5, 0.2), (1.1, 0.0), (2, 0.0)],
            "remedy": fault_of(lived, "release_regression").remedy.model_copy(  # type: ignore[union-attr]
                update={"action_kinds": [ActionKind.OPEN_INCIDENT], "residual": 0.7}
            ),
        }
    )
    other = replace(lived, scenario=lived.scenario.model_copy(update={"faults": [outage]}))
    notice = action(lived, ActionKind.OPEN_INCIDENT, "deploy-7.2.0", hours=1)
    assert score(other, Found((), (notice,)))[0].hours_to_fix == pytest.approx(26.4)


def test_negative_reviews_are_counted_from_the_onset_on(lived: Simulation) -> None:
    fault = fault_of(lived, "release_regression")
    onset = datetime.fromisoformat("2026-04-13T09:30:00Z")
    stars = [message.rating for message in lived.messages if message.rating is not None and message.occurred_at >= onset]
    assert negative_review_share(lived, fault) == pytest.approx(sum(star <= 2 for star in stars) / len(stars))
    assert negative_review_share(replace(lived, messages=()), fault) is None
