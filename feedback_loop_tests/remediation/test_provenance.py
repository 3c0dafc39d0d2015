"""What a record used and generated: by kind and id, from the record alone, and nothing of what was erased."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.state_store.proposal_rows import told
from feedback_loop.contracts.audit_trail import AuditEntry, AuditRecord
from feedback_loop.remediation.audit import seal
from feedback_loop.remediation.provenance import provenance
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

EVENTS = [
    "proposed",
    "proposal_restated",
    "approval_given",
    "proposal_moved",
    "action_queued",
    "action_finished",
    "label_recorded",
    "noted",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["evidence", "alert", "hypotheses", "documents", "ids"]), part)
    ),
    max_leaves=8,
)


def record(event: str, subject: str = "subject_1", actor: str = "ada") -> AuditRecord:
    return seal(None, AuditEntry(START, event, subject, actor, {}), "5a")


def test_a_proposal_used_its_evidence_and_rules_with_their_versions() -> None:
    found = provenance(record("proposed", "proposal_1", "feedback_loop"), told(rollback_proposal()))
    used = {(one["type"], one["id"]): one.get("version") for one in found["used"]}
    assert used[("alert", "alert_1")] == "1"
    assert used[("hypothesis", "hypothesis_1")] == "1"
    assert used[("document", "rollback-release")] == "version of rollback-release"
    assert used[("playbook", "release-rollback")] == rollback_proposal().playbook_version
    assert used[("policy", "policy")] == rollback_proposal().policy_version
    assert ("fragment", "fragment_2") in used
    assert found["generated"] == [{"type": "proposal", "id": "proposal_1"}]
    assert found["agent"] == {"type": "SoftwareAgent", "id": "feedback_loop"}


@pytest.mark.parametrize(
    ("event", "content", "used", "generated"),
    [
        ("approval_given", {}, [("proposal", "subject_1")], [("approval", "subject_1/ada")]),
        ("proposal_moved", {"to": "done"}, [("proposal", "subject_1")], [("proposal_status", "done")]),
        ("action_queued", {"proposal_id": "proposal_1"}, [("proposal", "proposal_1")], [("action", "subject_1")]),
        ("action_finished", {"receipt_id": "r"}, [("action", "subject_1")], [("receipt", "r")]),
        ("action_finished", {"receipt_id": None}, [("action", "subject_1")], []),
        ("label_recorded", {"ids": ["a", "b"]}, [], [("label", "a"), ("label", "b")]),
        ("noted", {}, [("subject", "subject_1")], []),
    ],
)
def test_each_event_names_its_entities(event: str, content: dict[str, Any], used: list[object], generated: list[object]) -> None:
    found = provenance(record(event), content)
    assert [(one["type"], one["id"]) for one in found["used"]] == used
    assert [(one["type"], one["id"]) for one in found["generated"]] == generated
    assert found["agent"] == {"type": "Person", "id": "ada"}


@pytest.mark.parametrize("event", EVENTS)
def test_what_was_erased_names_nothing_but_the_record_itself(event: str) -> None:
    found = provenance(record(event), None)
    assert all(one["id"].startswith("subject_1") for one in [*found["used"], *found["generated"]])


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(["evidence", "ids", "to", "playbook_id", "proposal_id"]), JSON))
def test_a_content_that_somebody_altered_is_read_without_failing(event: str, content: dict[str, Any]) -> None:
    found = provenance(record(event), content)
    assert all(isinstance(one["id"], str) for one in [*found["used"], *found["generated"]])
