"""How far the loop may go: the last word on a scope counts, stopping is for everybody, and what is not known lies outside of a pilot."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.autonomy import AUTONOMY, EVERYTHING, FIRST_PHASE, Autonomy, Pilot, autonomy_at, autonomy_row, demotions
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import frame

LATER = START + timedelta(hours=1)
Said = tuple[str, AutonomyWord]


def said(*words: Said) -> Autonomy:
    rows = [autonomy_row(scope, word, "why", "ada", START + timedelta(minutes=n)) for n, (scope, word) in enumerate(words)]
    return autonomy_at(rows_of(rows), START + timedelta(days=1))


def rows_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    return frame(AUTONOMY.name, [{**row, "event_date": START.date()} for row in rows])


def test_a_class_that_nobody_spoke_of_is_assisted() -> None:
    assert said().phase_of("crash") is FIRST_PHASE is MaturityPhase.ASSISTED
    assert not said().is_stopped("crash")


def test_the_last_word_on_a_scope_counts_and_a_class_goes_before_everything() -> None:
    held = said((EVERYTHING, AutonomyWord.AUTOMATED), ("crash", AutonomyWord.AUTOMATED), ("crash", AutonomyWord.VISIBILITY))
    assert held.phase_of("crash") is MaturityPhase.VISIBILITY
    assert held.phase_of("latency") is held.phase_of(None) is MaturityPhase.AUTOMATED


@pytest.mark.parametrize(("scope", "stopped"), [(EVERYTHING, {"crash", "latency", None}), ("crash", {"crash", None})])
def test_what_is_stopped_stays_so_until_it_is_resumed_and_keeps_its_phase(scope: str, stopped: set[str | None]) -> None:
    held = said(("crash", AutonomyWord.AUTOMATED), (scope, AutonomyWord.STOP))
    assert {name for name in ("crash", "latency", None) if held.is_stopped(name)} == stopped
    assert held.phase_of("crash") is MaturityPhase.AUTOMATED
    assert not said((scope, AutonomyWord.STOP), (scope, AutonomyWord.RESUME)).is_stopped("crash")


def test_a_resumed_class_stays_stopped_while_everything_is() -> None:
    assert said((EVERYTHING, AutonomyWord.STOP), ("crash", AutonomyWord.STOP), ("crash", AutonomyWord.RESUME)).is_stopped("crash")


def test_what_is_said_later_is_not_known_yet() -> None:
    rows = rows_of([autonomy_row("crash", AutonomyWord.AUTOMATED, "why", "ada", START + timedelta(hours=1))])
    assert autonomy_at(rows, START).phase_of("crash") is MaturityPhase.ASSISTED


@given(st.lists(st.tuples(st.sampled_from([EVERYTHING, "crash"]), st.sampled_from(AutonomyWord)), max_size=8))
def test_a_stop_at_the_end_stops_whatever_was_said_before(words: list[Said]) -> None:
    assert said(*words, (EVERYTHING, AutonomyWord.STOP)).is_stopped("latency")


@pytest.mark.parametrize(
    ("helped", "judged", "phase", "is_back"),
    [(2, 3, "automated", True), (4, 5, "automated", False), (0, 2, "automated", False), (0, 9, "assisted", False)],
)
def test_a_class_goes_back_where_too_few_fixes_without_a_person_helped(helped: int, judged: int, phase: str, is_back: bool) -> None:
    ids = [f"proposal_{number}" for number in range(judged)]
    proposals = pl.DataFrame(
        {"proposal_id": ids, "approvals_required_count": 0, "proposal_status": "done", "alerted_class": "crash", "proposed_at": LATER},
    )
    verdicts = ["fixed"] * helped + ["not_fixed"] * (judged - helped)
    effects = pl.DataFrame({"proposal_id": ids, "effect_verdict": verdicts})
    held = said(("crash", AutonomyWord(phase)))
    found = list(demotions(proposals, effects, held, ["crash", "latency"], START))
    assert [(row["autonomy_scope"], row["autonomy_word"]) for row in found] == ([("crash", "assisted")] if is_back else [])
    assert not list(demotions(proposals.with_columns(approvals_required_count=1), effects, held, ["crash"], START))
    before = proposals.with_columns(proposed_at=START - timedelta(hours=1))
    assert not list(demotions(before, effects, held, ["crash"], START)), "what came before the person's word is not held against it"


def test_a_word_on_everything_holds_what_was_said_of_a_class_before() -> None:
    held = said(("crash", AutonomyWord.AUTOMATED), (EVERYTHING, AutonomyWord.VISIBILITY))
    assert held.phase_of("crash") is MaturityPhase.VISIBILITY
    after = said((EVERYTHING, AutonomyWord.VISIBILITY), ("crash", AutonomyWord.AUTOMATED))
    assert after.phase_of("crash") is MaturityPhase.AUTOMATED


@pytest.mark.parametrize(
    ("pilot", "is_in"),
    [
        (Pilot(), True),
        (Pilot(products=frozenset({"Printwren"}), complaint_classes=frozenset({"crash"}), tiers=frozenset({"free"})), True),
        (Pilot(products=frozenset({"Other"})), False),
        (Pilot(complaint_classes=frozenset({"billing"})), False),
        (Pilot(tiers=frozenset({"pro"})), False),
    ],
)
def test_a_pilot_holds_what_lies_within_each_of_its_parts(pilot: Pilot, is_in: bool) -> None:
    assert pilot.holds("Printwren", "crash", {"free"}) is is_in


def test_what_is_not_known_lies_outside_of_a_pilot() -> None:
    assert not Pilot(complaint_classes=frozenset({"crash"})).holds("Printwren", None, {"free"})
    assert not Pilot(tiers=frozenset({"free"})).holds("Printwren", "crash", set())
    assert not Pilot(tiers=frozenset({"free"})).holds("Printwren", "crash", {"free", "pro"})


def test_a_word_is_a_row_of_its_table() -> None:
    row = autonomy_row("crash", AutonomyWord.STOP, "too many refunds", "ada", START)
    assert set(row) | {"event_date"} == set(TABLES["state_autonomy"].columns)
