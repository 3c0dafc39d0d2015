"""What is known by now of what a back-test would have done: which real actions were the same, what came back, whose word counts."""

from __future__ import annotations

import json
from datetime import timedelta

from feedback_loop.contracts.issue_vocab import IssueEventKind
from feedback_loop.contracts.outcome_vocab import LifecycleStage
from feedback_loop_tests.outcomes.one_loop import APPROVED, HOUR
from feedback_loop_tests.outcomes.tried_actions import LOOKED, effect, label, later, really, tried


def test_an_action_names_its_cause_and_what_it_is_about() -> None:
    assert (tried().cause_id, tried().subject) == ("chg-1", "chg-1")
    assert (tried(cause_id=None).cause_id, tried(cause_id=None).subject) == (None, "class:billing")


def test_an_alert_blames_its_first_cause_as_long_as_nothing_refutes_it() -> None:
    assert (tried().blamed_id, tried(cause_id=None).blamed_id) == ("chg-1", None)
    assert tried(cause_id=None, blames="chg-1").blamed_id == "chg-1"
    assert tried(cause_id=None, blames="chg-1", cause={"hypothesis_verdict": "refuted"}).blamed_id is None


def test_the_same_action_is_of_one_kind_on_one_cause_in_one_product() -> None:
    others = [
        really(proposal_id="kind", action_kind="retry_job"),
        really(proposal_id="product", product="bank"),
        really(proposal_id="cause", action_arguments=json.dumps({"subject": "chg-2"})),
    ]
    known = later([*others, really(proposal_id="other alert", alert_id="a9"), really()])
    assert {row["proposal_id"] for row in known.same_as(tried())} == {"other alert", "p1"}


def test_without_a_cause_the_same_action_is_one_of_the_same_kind_on_the_same_alert() -> None:
    told = [
        really(action_kind="open_incident"),
        really(proposal_id="p2", action_kind="open_incident", alert_id="a9"),
        really(proposal_id="p3"),
    ]
    assert [row["proposal_id"] for row in later(told).same_as(tried(cause_id=None))] == ["p1"]


def test_the_last_measurement_of_an_action_counts() -> None:
    assert later(effects=[effect("fixed", at=LOOKED + HOUR), effect("not_fixed")]).effect_of["p1"]["effect_verdict"] == "fixed"


def test_the_last_word_on_a_cause_counts() -> None:
    assert later(labels=[label("rejected", at=LOOKED + HOUR), label("confirmed")]).label_of_cause == {("shop", "chg-1"): "rejected"}


def test_a_fix_came_back_where_its_subject_alerted_again() -> None:
    reopened = {"lifecycle_event_id": "l1", "lifecycle_proposal_id": "p1", "lifecycle_stage": str(LifecycleStage.REOPENED)}
    other = {"lifecycle_event_id": "l2", "lifecycle_proposal_id": "p2", "lifecycle_stage": str(LifecycleStage.EXECUTED)}
    assert later(lifecycle=[reopened, other]).came_back == {"p1"}


def test_a_fix_came_back_where_its_issue_was_reopened_on_a_later_day() -> None:
    def event(issue: str, days: int, kind: IssueEventKind = IssueEventKind.REOPENED) -> dict[str, object]:
        on = APPROVED.date() + timedelta(days=days)
        return {"issue_event_id": issue, "issue_id": issue, "issue_event_kind": str(kind), "event_date": on}

    done = [really(proposal_id=name, proposed_issue_id=name) for name in ("later", "same day", "split")]
    open_one = really(proposal_id="open", proposed_issue_id="open", proposal_status="proposed", decided_at=None)
    events = [event("later", 1), event("same day", 0), event("split", 1, IssueEventKind.SPLIT), event("open", 1)]
    assert later([*done, open_one], issue_events=events).came_back == {"later"}


def test_a_cause_is_confirmed_by_a_person_or_by_a_fix_that_helped() -> None:
    assert later(labels=[label("confirmed")]).confirmed_causes == {("shop", "chg-1")}
    assert later([really()], [effect("fixed")]).confirmed_causes == {("shop", "chg-1")}
    assert later([really()], [effect("not_fixed")], labels=[label("rejected")]).confirmed_causes == frozenset()


def test_an_alert_is_confirmed_by_a_person_or_by_a_fix_that_helped() -> None:
    assert later(labels=[label("confirmed", cause_id=None)]).confirmed_alerts == {"a1"}
    assert later([really()], [effect("fixed")]).confirmed_alerts == {"a1"}
    assert later([really()], [effect("not_fixed")], labels=[label("rejected")]).confirmed_alerts == frozenset()
