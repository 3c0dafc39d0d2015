"""What a class has to have shown before its next phase, met by lower bounds alone."""

from __future__ import annotations

import re
from typing import Any

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.remediation.phase_gates import Shown, requirements

SHOWN_ALL: dict[str, Any] = {
    "labelled_count": 40, "agreed_count": 38, "is_gate_open": True, "judged_count": 30, "helped_count": 30, "has_playbook": True,
    "is_late": False,
}  # fmt: skip


def met(phase: MaturityPhase, **changes: Any) -> list[bool]:
    return [one.is_met for one in requirements(Shown("crash", phase, **{**SHOWN_ALL, **changes}))]


def test_a_class_that_has_shown_all_may_go_on() -> None:
    assert met(MaturityPhase.VISIBILITY) == [True, True]
    assert met(MaturityPhase.ASSISTED) == [True, True, True]


def test_there_is_no_phase_after_the_last() -> None:
    assert met(MaturityPhase.AUTOMATED) == []


def test_each_thing_that_is_missing_is_a_requirement_of_its_own() -> None:
    assert met(MaturityPhase.VISIBILITY, has_playbook=False) == [True, False]
    assert met(MaturityPhase.ASSISTED, is_gate_open=False) == [False, True, True]
    assert met(MaturityPhase.ASSISTED, is_late=True) == [True, True, False]


def test_three_lucky_fixes_have_not_shown_what_thirty_have() -> None:
    (_, fixes, _) = requirements(Shown("crash", MaturityPhase.ASSISTED, **{**SHOWN_ALL, "judged_count": 3, "helped_count": 3}))
    assert not fixes.is_met
    assert fixes.measured.startswith("3 of 3, at least ")
    assert "more decide" in fixes.measured


def test_that_fixes_help_too_rarely_is_proven_and_no_more_are_asked_for() -> None:
    (_, fixes, _) = requirements(Shown("crash", MaturityPhase.ASSISTED, **{**SHOWN_ALL, "judged_count": 60, "helped_count": 20}))
    assert not fixes.is_met
    assert re.fullmatch(r"20 of 60, at least \d+%, at most \d+%", fixes.measured)


def test_without_a_label_nothing_is_known_of_accuracy() -> None:
    assert met(MaturityPhase.VISIBILITY, labelled_count=0, agreed_count=0) == [False, True]
