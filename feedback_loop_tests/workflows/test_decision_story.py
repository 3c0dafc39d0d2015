"""One decision with all that led to it and came of it, from the trail first; what was erased or is from before says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.erasure.state import ErasableState
from feedback_loop.adapters.state_store.anchor_file import open_anchor
from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.erasure import Erased
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import DecisionRefused
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.remediation.replay import Replay, Rules
from feedback_loop.workflows.decision_story import DecisionStory, decision_story, replayed
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import frame, rollback_proposal
from feedback_loop_tests.workflows.signed_world import SignedWorld

RULES = Rules.of([seed_policy()], seed_playbooks())


@pytest.fixture
def world(tmp_path: Path) -> SignedWorld:
    return SignedWorld(tmp_path / "home")


def effect_row(proposal_id: str) -> dict[str, object]:
    return {
        "effect_id": f"effect_of_{proposal_id}", "proposal_id": proposal_id, "action_id": "action_1", "product": "Printwren",
        "treated_scope": "{}",
        "treated_before_count": 40, "treated_after_count": 5, "control_before_count": 20, "control_after_count": 21, "effect_ratio": 0.12,
        "effect_low": 0.05, "effect_high": 0.3, "effect_verdict": "fixed", "measured_at": START + timedelta(days=2), "effect_version": "e1",
        "event_date": (START + timedelta(days=2)).date(),
    }  # fmt: skip


def class_row(fragment_id: str) -> dict[str, object]:
    row = dict.fromkeys(TABLES["analysis_classification"].columns)
    return row | {
        "fragment_id": fragment_id, "complaint_class": "crash", "best_class": "crash", "class_score": 0.9,
        "runner_up_class": "other", "runner_up_score": 0.1, "is_abstained": False,
        "threshold_applied": 0.5, "classifier_version": "kernel-1", "taxonomy_version": "t1", "event_date": START.date(),
    }  # fmt: skip


def tables(proposal_id: str) -> FakeTableStore:
    store = FakeTableStore()
    day = DayRange(START.date(), START.date() + timedelta(days=3))
    store.replace_days(TABLES["outcomes_effect"], frame("outcomes_effect", [effect_row(proposal_id), effect_row("another")]), day)
    rows = frame("analysis_classification", [class_row("fragment_1"), class_row("fragment_2"), class_row("fragment_9")])
    store.replace_days(TABLES["analysis_classification"], rows, day)
    return store


def told(world: SignedWorld, proposal_id: str) -> DecisionStory:
    story = decision_story(proposal_id, world.state, tables(proposal_id), RULES)
    assert story is not None
    return story


def test_a_decision_is_told_from_the_alert_to_the_effect(world: SignedWorld) -> None:
    proposal_id = world.decided()
    story = told(world, proposal_id)
    assert story.evidence["alert"]["alert_id"] == "alert_1"
    assert [(one.person, one.approval_verdict) for one in story.approvals] == [
        ("ada", ApprovalVerdict.APPROVE), ("bo", ApprovalVerdict.APPROVE),
    ]  # fmt: skip
    assert [one["receipt_id"] for one in story.actions] == [f"receipt_{story.actions[0]['idempotency_key']}"]
    assert [one["effect_verdict"] for one in story.effects] == ["fixed"]
    assert [line.record.sequence for line in story.lines] == list(range(1, 10))
    assert story.classified == ({"classifier_version": "kernel-1", "taxonomy_version": "t1", "fragment_count": 2},)
    assert (story.replay.verdict, story.report.breaks, story.promoted_model) == (ReplayVerdict.SAME, (), None)


def test_nobody_knows_a_proposal_that_was_never_made(world: SignedWorld) -> None:
    assert decision_story("proposal_none", world.state, FakeTableStore(), RULES) is None


def test_an_attempt_that_did_not_count_is_a_part_of_the_story(world: SignedWorld) -> None:
    (proposal_id,) = world.propose()
    with pytest.raises(DecisionRefused):
        world.say(proposal_id, "cy")
    assert [line.record.event for line in told(world, proposal_id).lines] == ["proposed", "decision_refused"]


def test_the_trail_goes_before_a_row_that_somebody_changed(world: SignedWorld) -> None:
    (proposal_id,) = world.propose()
    world.spoil("UPDATE proposal SET evidence = replace(evidence, 'Safari 18', 'Firefox 9')")
    story = told(world, proposal_id)
    assert story.evidence["cohort"]["cohort_attributes"] == '{"browser":"Safari 18"}'
    assert [str(found.kind) for found in story.report.breaks] == ["contradicted"]


def test_what_was_erased_is_shown_as_far_as_the_row_holds_it(world: SignedWorld) -> None:
    proposal_id = world.decided()
    world.spoil("DELETE FROM audit_content")
    story = told(world, proposal_id)
    assert (story.told, story.replay.verdict) == (None, ReplayVerdict.ERASED)
    assert story.evidence["alert"]["alert_id"] == "alert_1"


@pytest.mark.parametrize("approvers", [(), ("ada",), ("ada", "bo")])
def test_what_an_erasure_told_anew_is_what_is_decided_again(world: SignedWorld, approvers: tuple[str, ...]) -> None:
    (proposal_id,) = world.propose()
    for person in approvers:
        world.say(proposal_id, person)
    forgetting = ErasableState(world.settings.state_url, open_anchor(world.settings, world.clock), world.clock)
    forgetting.lose(Erased(fragment_ids=frozenset({"fragment_1"})), "ada", START)
    story = told(world, proposal_id)
    assert story.report.breaks == ()
    assert story.evidence["alert"]["sample_fragment_ids"] == ["fragment_2"]
    assert story.replay == Replay(proposal_id, ReplayVerdict.SAME)
    assert replayed(world.state, RULES) == [story.replay]


def test_what_an_erasure_left_of_a_decision_that_is_over_can_not_be_decided_again(world: SignedWorld) -> None:
    proposal_id = world.decided()
    forgetting = ErasableState(world.settings.state_url, open_anchor(world.settings, world.clock), world.clock)
    forgetting.lose(Erased(fragment_ids=frozenset({"fragment_1"})), "ada", START)
    story = told(world, proposal_id)
    assert (story.report.breaks, story.told, story.replay.verdict) == ((), None, ReplayVerdict.ERASED)
    assert "fragment_1" not in str(story)


def test_every_proposal_of_the_trail_is_decided_again(world: SignedWorld) -> None:
    proposal_id = world.decided()
    world.state.note("noted", "subject_1", "ada", {}, START)
    old: Proposal = rollback_proposal(is_live=False)
    world.state.record_proposals([old])
    found = replayed(world.state, RULES)
    assert [(one.proposal_id, one.verdict) for one in found] == [
        (proposal_id, ReplayVerdict.SAME), (old.proposal_id, ReplayVerdict.SAME),
    ]  # fmt: skip
    assert [one.proposal_id for one in replayed(world.state, RULES, old.proposal_id)] == [old.proposal_id]
    assert replayed(world.state, RULES, "subject_1") == []


def test_the_models_of_then_are_those_that_were_promoted_and_asked_by_then(world: SignedWorld) -> None:
    row = dict.fromkeys(TABLES["state_model"].columns)
    of_then = {"model_event_id": "e1", "model_version": "kernel-7", "model_event": "promoted", "model_event_at": START - timedelta(days=1)}
    later = {"model_event_id": "e2", "model_version": "kernel-8", "model_event": "promoted", "model_event_at": START + timedelta(days=1)}
    filled = {
        "taxonomy_version": "t1", "embedding_model_version": "m1", "training_data_hash": "h", "gold_label_count": 1, "held_out_count": 1,
        "held_out_right_count": 1, "held_out_decided_count": 1, "held_out_decided_right_count": 1, "model_metrics": "{}",
        "model_event_why": "better", "model_event_by": "ada",
    }  # fmt: skip
    rows = [row | filled | one | {"event_date": START.date()} for one in (of_then, later)]
    world.state.record(TABLES["state_model"], rows, "ada", START)
    (proposal_id,) = world.propose()
    assert told(world, proposal_id).promoted_model == "kernel-7"
    assert told(world, proposal_id).asked == ()
