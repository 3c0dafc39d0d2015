"""What would decide between hypotheses, asked for only where it is not known."""

from __future__ import annotations

from dataclasses import replace

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.deciding import MOST, Rival, deciding_observations
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop_tests.analysis.scenes import HOUR, at
from feedback_loop_tests.analysis.test_cause_evidence import IN_DACH, RISEN

DACH = Cause("c-dach", CauseKind.CONFIG, "gateway", instant_number(at(HOUR - 1)), None, {"region": ["dach"]}, "")
BOTH = replace(DACH, cause_id="c-both", scope={"region": ["dach", "uk"]})
ALL = replace(DACH, cause_id="c-all", scope={})


def asked(cause: Cause | None, *rivals: Rival, segment: dict[str, str] | None = None) -> str:
    found = deciding_observations(IN_DACH, cause, rivals, segment or {})
    assert len(found) <= MOST
    return " ".join(found)


def test_rivals_with_different_scopes_are_told_apart_by_who_complains() -> None:
    rivals = Rival(DACH, 0.4, RISEN), Rival(BOTH, 0.4, RISEN)
    assert "Complaints of region uk, whom config c-dach of gateway did not reach" in asked(BOTH, *rivals)
    assert "Complaints of region uk, whom only config c-both of gateway reached" in asked(DACH, *rivals)


def test_scopes_of_different_dimensions_are_told_apart_by_who_is_outside_of_one() -> None:
    safari = replace(DACH, cause_id="c-safari", scope={"browser": ["Safari"]})
    assert "customers with another browser than Safari" in asked(DACH, Rival(DACH, 0.4, RISEN), Rival(safari, 0.4, RISEN))


def test_rivals_of_the_same_scope_are_told_apart_by_taking_one_back() -> None:
    twin = replace(DACH, cause_id="c-twin")
    assert "is taken back: config c-twin of gateway reached the same customers" in asked(
        DACH, Rival(DACH, 0.4, RISEN), Rival(twin, 0.4, RISEN)
    )


def test_change_and_incident_of_one_name_are_two() -> None:
    incident = replace(DACH, kind=CauseKind.INCIDENT, scope={})
    assert "Complaints of customers with another region" in asked(incident, Rival(DACH, 0.4, None), Rival(incident, 0.4, RISEN))


def test_an_improbable_rival_is_not_asked_about() -> None:
    assert "c-both" not in asked(DACH, Rival(DACH, 0.9, RISEN), Rival(BOTH, 0.01, RISEN))


def test_an_improbable_cause_needs_no_deciding() -> None:
    assert asked(BOTH, Rival(DACH, 0.9, RISEN), Rival(BOTH, 0.01, None)) == ""


def test_what_was_measured_is_not_asked_for_again() -> None:
    assert "Requests and errors of gateway" in asked(DACH, Rival(DACH, 0.9, None))
    assert "Requests and errors" not in asked(DACH, Rival(DACH, 0.9, RISEN))
    words = replace(DACH, kind=CauseKind.CONTENT)
    assert "Requests and errors" not in asked(words, Rival(words, 0.9, None))


def test_what_is_in_force_may_be_taken_back() -> None:
    assert "roll-back" in asked(ALL, Rival(ALL, 0.9, RISEN))
    ended = replace(ALL, ended=instant_number(at(HOUR + 1)))
    assert "roll-back" not in asked(ended, Rival(ended, 0.9, RISEN))


def test_the_unknown_cause_asks_for_what_nobody_logged() -> None:
    assert "not in the log, and reached region dach" in asked(None, Rival(DACH, 0.3, RISEN), segment={"region": "dach"})
    assert "reached everybody" in asked(None)
