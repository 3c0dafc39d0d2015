"""The rules taken together: how much was done lately, and the facts that the policy is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.remediation.autonomy import Autonomy, Pilot
from feedback_loop.remediation.evidence import cases
from feedback_loop.remediation.rules import Held, Pace, Rules, pace_of, policy_facts
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import LET_GO, alert_row, cause_row, cohort_row, frame, issue_row, rollback_proposal

HELD = Held(0.6, 3, True, True, START)


def case_of(**alert: object):  # type: ignore[no-untyped-def]
    impact = {"issue_id": "issue_1", "touched_customer_count": 70, "touched_tiers": ["pro", "free"], "event_date": START.date()}
    impacts = pl.DataFrame([impact])
    frames = (frame("analysis_alert", [alert_row(**alert)]), frame("analysis_cohort", [cohort_row()]))
    causes = frame("analysis_hypothesis", [cause_row()])
    (found,) = cases(*frames, causes, frame("gold_issue", [issue_row()]), impacts)
    return found


def test_an_action_counts_once_and_only_within_the_window() -> None:
    pace = Pace([("a", "1", START), ("a", "2", START - timedelta(days=2)), ("b", "3", START)])
    pace.count("a", "1", START + timedelta(hours=1))
    since = START - timedelta(days=1)
    assert (pace.within("a", since), pace.within("a", since, "1"), pace.within("c", since)) == (1, 0, 0)


def test_the_pace_is_that_of_what_was_carried_out() -> None:
    done = replace(rollback_proposal(), proposal_status=ProposalStatus.DONE, decided_at=START).row()
    waiting = replace(rollback_proposal(), proposal_id="other").row()
    pace = pace_of(frame("remediation_proposal", [done, waiting]))
    assert pace.within("release-rollback", START - timedelta(hours=1)) == 1


def test_the_facts_of_a_case_are_those_of_whom_it_touches() -> None:
    playbook = LET_GO.playbook("release-rollback")
    assert playbook is not None
    facts = policy_facts(case_of(), playbook, LET_GO, HELD)
    assert (facts.affected_count, facts.tiers) == (70, frozenset({"pro", "free"}))
    assert facts.affected_share == pytest.approx(40 / 180)
    assert facts.maturity_phase is MaturityPhase.ASSISTED, "the playbook's own limit counts, though the class was let go"


def test_what_people_laid_down_is_in_the_facts() -> None:
    rules = Rules(autonomy=Autonomy({"crash": MaturityPhase.VISIBILITY}, frozenset({"crash"})), pilot=Pilot(tiers=frozenset({"free"})))
    playbook = rules.playbook("release-rollback")
    assert playbook is not None
    facts = policy_facts(case_of(), playbook, rules, HELD)
    assert (facts.maturity_phase, facts.is_stopped, facts.is_in_pilot) == (MaturityPhase.VISIBILITY, True, False)


def test_a_playbook_that_is_gone_is_none() -> None:
    assert Rules().playbook("no-such-playbook") is None
