"""Tests of the baseline: it counts words by day, blames what came last, knows nothing early, and is scored like any loop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedback_loop.simulation import Found, Simulation, baseline, score
from feedback_loop.simulation.baseline import BLAME, PATTERNS, latest_changes, rises
from feedback_loop.simulation.changes import change_statements
from feedback_loop.simulation.statements import instant


@pytest.fixture(scope="module")
def found(lived: Simulation) -> Found:
    return baseline(lived)


@pytest.mark.parametrize(
    ("count", "history", "expected"),
    [(17, [9] * 14, False), (18, [9] * 14, False), (19, [9] * 14, True), (4, [0] * 7, False), (5, [0] * 7, True), (8, [4] * 10, False)],
)
def test_a_day_stands_out_above_three_deviations_and_never_for_a_handful(count: int, history: list[int], expected: bool) -> None:
    assert rises(count, history) is expected


def test_an_alert_is_raised_at_the_end_of_a_day_from_what_arrived_in_it(lived: Simulation, found: Found) -> None:
    arrived = {message.message_id: message for message in lived.messages}
    for alert in found.alerts:
        assert alert.raised_at.hour == 0
        for name in alert.message_ids:
            assert alert.raised_at - timedelta(days=1) <= arrived[name].delivered_at < alert.raised_at
            assert PATTERNS[alert.subject].search(arrived[name].text)


def test_the_latest_change_that_was_stated_is_blamed_first(lived: Simulation) -> None:
    log = change_statements(lived)
    release = next(release for release in lived.scenario.releases if release.version == "7.2.0")
    started = instant(lived.start_day, release.at_hour)
    known, not_yet = latest_changes(log, started + timedelta(minutes=6)), latest_changes(log, started)
    assert [cause.cause_id for cause in known[:2]] == ["deploy-7.2.0", "chg-d240"]
    assert not_yet[0].cause_id == "chg-d240"
    assert tuple(cause.score for cause in known) == BLAME


def test_nothing_later_changes_what_it_found_earlier(lived: Simulation, found: Found) -> None:
    day_40 = instant(lived.start_day, 24 * 40)
    early = replace(lived, messages=tuple(message for message in lived.messages if message.delivered_at < day_40))
    assert [alert for alert in baseline(early).alerts if alert.raised_at <= day_40] == [
        alert for alert in found.alerts if alert.raised_at <= day_40
    ]


def test_it_notices_a_loud_fault_blames_somebody_for_an_outcry_and_does_nothing(lived: Simulation, found: Found) -> None:
    scores = {one.kind: one for one in score(lived, found)}
    assert scores["release_regression"].is_detected
    assert scores["viral_complaint"].has_abstained_rightly in (False, None)
    assert list(found.actions) == []


def test_a_calm_company_raises_few_alerts(lived: Simulation, found: Found) -> None:
    calm = replace(lived, messages=tuple(message for message in lived.messages if message.fault is None))
    assert len(baseline(calm).alerts) <= 12 < len(found.alerts)
