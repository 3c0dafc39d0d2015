"""Tests of what an action leaves of a fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.simulation import Intervention, load_scenario
from feedback_loop.simulation.interventions import mends, share_left

FAULTS = {fault.kind: fault for fault in load_scenario().faults}
BROKEN = FAULTS["release_regression"]
AT = datetime(2026, 4, 13, 16, tzinfo=UTC)
RIGHT = Intervention(AT, "roll_back_release", "deploy-7.2.0")


@pytest.mark.parametrize(
    ("kind", "target", "helps"),
    [
        ("roll_back_release", "deploy-7.2.0", True),
        ("roll_back_release", "deploy-6.5.0", False),
        ("open_incident", "deploy-7.2.0", False),
        ("roll_back_config", "chg-d240", False),
    ],
)
def test_only_the_right_action_on_the_true_cause_mends(kind: str, target: str, helps: bool) -> None:
    assert mends(BROKEN, Intervention(AT, kind, target)) == helps
    assert (share_left(BROKEN, [Intervention(AT, kind, target)], AT + timedelta(days=2)) < 1) == helps


def test_nothing_mends_what_has_no_remedy() -> None:
    assert not mends(FAULTS["viral_complaint"], RIGHT)
    assert share_left(FAULTS["viral_complaint"], [RIGHT], AT + timedelta(days=2)) == 1.0


def test_a_fault_falls_to_its_residual_within_the_hours_of_its_remedy() -> None:
    left = [share_left(BROKEN, [RIGHT], AT + timedelta(hours=hours)) for hours in (-5, 0, 2, 4, 90)]
    assert left == pytest.approx([1.0, 1.0, 0.515, 0.03, 0.03])


@given(st.integers(-500, 500), st.integers(0, 300))
def test_an_action_changes_nothing_before_it_and_a_second_one_never_makes_it_worse(hours: int, later: int) -> None:
    at, second = AT + timedelta(hours=hours), Intervention(AT + timedelta(hours=later), RIGHT.action_kind, RIGHT.target)
    one, both = share_left(BROKEN, [RIGHT], at), share_left(BROKEN, [RIGHT, second], at)
    assert both == one
    assert (one == 1.0) == (hours <= 0)
