"""Who answers for documents is told what is out of date, in conflict, or missing where a playbook needs it; others hear nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.contracts.knowledge import Reader
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.knowledge_review import Finding, document_states, findings
from feedback_loop_tests.fakes import START
from feedback_loop_tests.methods.retrieval.made_up_documents import Row, days, document, documents

MONTH = timedelta(days=30)


def review(*rows: Row, playbooks: tuple[Playbook, ...] = (), roles: tuple[str, ...] = ()) -> list[Finding]:
    library = Library(documents(*rows), SqlitePassageIndex(), TfidfEmbedder())
    return findings(library, Reader(START, frozenset(roles)), playbooks, MONTH)


def test_a_document_in_force_with_an_audience_is_in_order() -> None:
    assert review(document()) == []


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"valid_until_at": days(-1)}, "expired"),
        ({"valid_until_at": None}, "no valid_until"),
        ({"started_at": days(1)}, "has not begun"),
        ({"document_status": "draft"}, "is a draft"),
        ({"valid_until_at": days(29)}, "it ends on 2026-02-03"),
    ],
)
def test_what_is_out_of_force_or_soon_will_be_is_a_note_to_its_owner(changes: dict[str, Any], advice: str) -> None:
    [found] = review(document(**changes))
    assert (found.is_failure, found.document_ids, found.owner) == (False, ("pay",), "support-operations")
    assert advice in found.advice


def test_what_its_owner_has_withdrawn_or_replaced_needs_nothing() -> None:
    assert review(document(document_status="withdrawn")) == []
    assert review(document(), document("new", supersedes_document_id="pay")) == []


def test_a_playbook_without_its_document_fails_whether_it_never_landed_or_has_expired() -> None:
    playbook = next(book for book in seed_playbooks() if book.playbook_id == "release-rollback")
    needed = playbook.governing_documents
    rows = [document(name, text=f"Text of {name}.") for name in needed]
    assert review(*rows, playbooks=(playbook,)) == []
    missing = review(*rows[1:], playbooks=(playbook,))
    assert [(one.is_failure, one.document_ids) for one in missing] == [(True, (needed[0],))]
    assert "ingest documents" in missing[0].advice
    expired = review(rows[0] | {"valid_until_at": days(-1)}, *rows[1:], playbooks=(playbook,))
    assert [(one.is_failure, "expired" in one.advice) for one in expired] == [(True, True)]


def test_two_in_force_under_one_title_fail() -> None:
    [found] = review(document("a", document_title="Roll back a release"), document("b", text="Other.", document_title="Roll BACK: release"))
    assert (found.is_failure, found.document_ids) == (True, ("a", "b"))


def test_a_document_without_audience_is_said_to_its_owner_only() -> None:
    row = document(audience_roles=None)
    assert review(row) == []
    [found] = review(row, roles=("support-operations",))
    assert "names no audience" in found.advice


def test_what_a_reader_may_not_see_is_in_no_finding_and_no_list() -> None:
    secret = document("secret", audience_roles=["ops"], valid_until_at=days(-1))
    assert review(secret) == []
    assert len(review(secret, roles=("ops",))) == 1
    assert document_states(documents(secret), Reader(START)) == []


def test_a_place_that_another_owner_took_is_called_to_mind() -> None:
    [found] = review(document(), document("new", text="New.", supersedes_document_id="pay", owner="someone-else"))
    assert found.owner == "support-operations"
    assert "someone-else took the place" in found.advice


def test_two_that_differ_in_a_figure_may_contradict() -> None:
    text = "Wait {} minutes, then restart the export host and watch the first print file."
    [found] = review(document("a", text=text.format(10)), document("b", text=text.format(20), document_title="a again"))
    assert (found.is_failure, found.document_ids) == (False, ("a", "b"))
    assert "figures 10, 20" in found.advice


def test_a_list_names_the_latest_version_with_its_standing() -> None:
    rows = documents(document(), document(version="v2", landed_at=days(-1), valid_until_at=days(-1), audience_roles=["ops", "staff"]))
    [state] = document_states(rows, Reader(START))
    assert (state.document_id, state.standing, state.version_count, state.audience) == ("pay", "expired", 2, ("ops", "staff"))
    assert document_states(rows, Reader(START, product="Other")) == []
