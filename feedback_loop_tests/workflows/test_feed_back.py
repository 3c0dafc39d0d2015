"""What outcomes lead to: each step of an issue once, and thresholds that only tighten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, EffectVerdict, MessageStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.workflows.feed_back import FEWEST_JUDGED, HIGHEST_THRESHOLD, TARGET_PRECISION, feed_back, issue_statuses, tightened
from feedback_loop_tests.adapters.state_store.test_facts import message
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import frame, issue_row, rollback_proposal
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World, grounds

EFFECT, STATUS, THRESHOLD, MESSAGE = (
    TABLES[name] for name in ("outcomes_effect", "state_issue_status", "state_threshold", "remediation_message")
)
FIX = rollback_proposal(issues=[issue_row()])
STEPS = ["fix_proposed", "fix_approved", "fix_executed", "customers_told", "resolved"]


def later(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def effects(*verdicts: EffectVerdict, of: Sequence[str] = ()) -> pl.DataFrame:
    """One judged fix per verdict, of the proposals p0, p1, … where no ids are given."""
    ids = of or [f"p{n}" for n in range(len(verdicts))]
    rows = [
        {"effect_id": f"e{n}", "proposal_id": each, "effect_verdict": str(verdict), "measured_at": later(48)}
        for n, (each, verdict) in enumerate(zip(ids, verdicts, strict=True))
    ]
    return frame_of(EFFECT, *rows)


def proposals(scores: Sequence[float]) -> pl.DataFrame:
    """The proposals p0, p1, … of one playbook, each under the threshold of its time."""
    made = [replace(FIX, proposal_id=f"p{n}", proposal_threshold_score=score, proposed_at=later(n)).row() for n, score in enumerate(scores)]
    return frame("remediation_proposal", made)


def threshold(score: float, judged_count: int = 0, hours: float = 0) -> dict[str, object]:
    return {
        "threshold_id": f"t{score}{judged_count}{hours}", "playbook_id": FIX.playbook_id, "threshold_score": score, "precision_share": None,
        "judged_count": judged_count, "promoted_by": "ada", "effective_at": later(hours), "event_date": later(hours).date(),
    }  # fmt: skip


def thresholds(*rows: dict[str, object]) -> pl.DataFrame:
    return frame("state_threshold", list(rows))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, grounds=grounds(issues=[issue_row()]))


def lived(world: World) -> tuple[FakeTableStore, str]:
    """A fix that was approved and executed, of which a customer was told and which helped."""
    (proposal_id,) = world.propose()
    for person in ("ada", "bo"):
        world.clock.advance(timedelta(hours=1))
        world.say(proposal_id, person, ApprovalVerdict.APPROVE)
    world.clock.advance(timedelta(hours=1))
    world.execute(FakeCaseSystem())
    world.state.record(MESSAGE, [message("m1", proposal_id=proposal_id, message_status="approved")], "lena", later(4))
    world.state.move_messages(["m1"], MessageStatus.SENT, "lena", later(5))
    tables = FakeTableStore()
    tables.append(EFFECT, effects(EffectVerdict.FIXED, of=[proposal_id]))
    return tables, proposal_id


def test_the_steps_of_a_fix_are_written_once_each_in_their_order(world: World) -> None:
    tables, _ = lived(world)
    assert feed_back(tables, world.state, later(50)) == 2
    steps = world.state.snapshot(STATUS).sort("changed_at")
    assert steps["issue_status"].to_list() == STEPS
    assert steps["changed_at"].to_list() == [START, later(2), later(3), later(5), later(48)]
    assert violations(steps, STATUS) == []


def test_the_same_outcomes_again_add_nothing(world: World) -> None:
    tables, _ = lived(world)
    feed_back(tables, world.state, later(50))
    before = world.state.snapshot(STATUS), world.state.snapshot(THRESHOLD), world.state.records()
    assert feed_back(tables, world.state, later(99)) == 0
    after = world.state.snapshot(STATUS), world.state.snapshot(THRESHOLD), world.state.records()
    assert all(was.equals(now) for was, now in zip(before[:2], after[:2], strict=True))
    assert before[2] == after[2]


def test_without_outcomes_nothing_is_written(world: World) -> None:
    assert feed_back(FakeTableStore(), world.state, START) == 0
    assert world.state.records() == []


@pytest.mark.parametrize("verdict", [EffectVerdict.NOT_FIXED, EffectVerdict.INSUFFICIENT_EVIDENCE])
def test_an_issue_is_not_resolved_by_a_fix_that_was_not_seen_to_help(verdict: EffectVerdict) -> None:
    found = issue_statuses(
        frame("remediation_proposal", [FIX.row()]), frame("remediation_message", []), effects(verdict, of=[FIX.proposal_id])
    )
    assert list(found) == []


@pytest.mark.parametrize(
    "other",
    [replace(FIX, proposed_issue_id=None), replace(FIX, proposed_hypothesis_id=None), replace(FIX, is_executable=False)],
    ids=["about no issue", "a notice", "of a backfill"],
)
def test_what_mends_no_issue_leads_to_no_status(other: Proposal) -> None:
    told = frame("remediation_message", [message("m1", proposal_id=FIX.proposal_id, message_status="sent", sent_at=START)])
    found = issue_statuses(frame("remediation_proposal", [other.row()]), told, effects(EffectVerdict.FIXED, of=[FIX.proposal_id]))
    assert list(found) == []


def test_a_playbook_that_was_wrong_too_often_is_tightened() -> None:
    verdicts = [EffectVerdict.FIXED, EffectVerdict.NOT_FIXED, EffectVerdict.NOT_FIXED]
    (row,) = tightened(proposals([0.7, 0.6, 0.7]), effects(*verdicts), thresholds(), START)
    assert (row["playbook_id"], row["judged_count"], row["promoted_by"]) == (FIX.playbook_id, 3, "feedback_loop")
    assert row["threshold_score"] == pytest.approx(0.8)
    assert row["precision_share"] == pytest.approx(1 / 3)


def test_a_few_judgements_and_those_without_evidence_tighten_nothing() -> None:
    few = [EffectVerdict.NOT_FIXED] * (FEWEST_JUDGED - 1) + [EffectVerdict.INSUFFICIENT_EVIDENCE] * 9
    assert list(tightened(proposals([0.7] * len(few)), effects(*few), thresholds(), START)) == []


def test_a_threshold_that_a_person_set_higher_is_left_alone() -> None:
    wrong = effects(*[EffectVerdict.NOT_FIXED] * 3)
    assert list(tightened(proposals([0.7] * 3), wrong, thresholds(threshold(0.97)), START)) == []


def test_what_a_person_lowered_is_tightened_again_by_new_judgements_only() -> None:
    told = thresholds(threshold(0.8, judged_count=3), threshold(0.6, hours=1))
    old, more = [EffectVerdict.NOT_FIXED] * 3, [EffectVerdict.NOT_FIXED] * 4
    assert list(tightened(proposals([0.7] * 3), effects(*old), told, later(2))) == []
    assert [row["judged_count"] for row in tightened(proposals([0.7] * 4), effects(*more), told, later(2))] == [4]


judgements = st.lists(st.tuples(st.sampled_from([*EffectVerdict]), st.sampled_from([0.5, 0.7, 0.9, 0.96])), min_size=1, max_size=12)


@given(judgements, st.none() | st.floats(0, 1))
def test_a_threshold_never_falls_whatever_is_judged(judged: list[tuple[EffectVerdict, float]], set_by_person: float | None) -> None:
    told = [] if set_by_person is None else [threshold(set_by_person)]
    for count in range(1, len(judged) + 1):
        verdicts, scores = zip(*judged[:count], strict=True)
        holds = max([scores[-1], *(float(str(row["threshold_score"])) for row in told[-1:])])
        new = list(tightened(proposals(scores), effects(*verdicts), thresholds(*told), later(count)))
        assert all(holds < row["threshold_score"] <= HIGHEST_THRESHOLD for row in new)
        assert all(row["precision_share"] < TARGET_PRECISION for row in new)
        told += [row | {"event_date": later(count).date()} for row in new]
