"""A rehearsal: what the playbooks say of stored alerts, whatever was proposed before, and none of it can be carried out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.autonomy import Pilot
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.dry_run import dry_run
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import alert_row, all_documents, cause_row, cohort_row, frame, rollback_proposal

DAY = DayRange(START.date(), START.date())


def tables() -> FakeTableStore:
    store = FakeTableStore()
    content = {
        "analysis_alert": [alert_row()],
        "analysis_cohort": [cohort_row()],
        "analysis_hypothesis": [cause_row()],
        "context_document": all_documents(),
    }
    for name, rows in content.items():
        store.replace_all(TABLES[name], frame(name, rows))
    return store


def test_what_was_proposed_before_is_said_again_and_nothing_is_kept(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    state.record_proposals([rollback_proposal()])
    before = len(state.records())
    (found,) = dry_run(DAY, tables(), state, Rules(), START)
    assert (found.playbook_id, found.is_executable) == ("release-rollback", False)
    assert len(state.records()) == before


def test_the_rules_of_now_are_asked() -> None:
    found = dry_run(DAY, tables(), None, replace(Rules(), pilot=Pilot(products=frozenset({"Other"}))), START)
    assert {proposal.refusal_reason for proposal in found} == {RefusalReason.OUTSIDE_PILOT}
