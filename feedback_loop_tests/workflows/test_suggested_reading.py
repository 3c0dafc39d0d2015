"""People who decide are shown the runbooks that speak of the case, also where no playbook's trigger fits; no customer's word is kept."""

from __future__ import annotations

import json

from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.suggested_reading import suggested_reading
from feedback_loop_tests.fakes import START
from feedback_loop_tests.methods.retrieval.made_up_documents import Row, days, document, documents
from feedback_loop_tests.remediation.made_up_case import alert_row, cause_row, cohort_row, frame, issue_row, unknown_row

ROWS = [
    document("rollback-release", text="Roll back the release: set the rollout of the version to zero.", document_kind="rollback_procedure"),
    document("runbook-albums", text="When albums vanish restore the album from the archive."),
    document("other", text="Paper weighs 250 grams."),
]
ISSUE = issue_row(issue_class="data_loss", issue_label="album, vanished", quotes=["my albums vanish zanzibar"])


def reading(*rows: Row, cause: Row | None = None) -> list[dict[str, object]]:
    grounds = Grounds(
        frame("analysis_alert", [alert_row(alerted_class=None)]),
        frame("analysis_cohort", [cohort_row()]),
        frame("analysis_hypothesis", [cause or unknown_row()]),
        frame("gold_issue", [ISSUE]),
        documents(*rows),
    )
    library = Library(documents(*rows), SqlitePassageIndex(), TfidfEmbedder())
    return suggested_reading(grounds, ["alert_1", "alert_unknown"], library, seed_playbooks(), START)["alert_1"]


def test_a_case_without_a_cause_is_given_the_runbook_of_its_symptoms() -> None:
    found = reading(*ROWS)
    assert [one["document_id"] for one in found] == ["runbook-albums"]
    assert found[0]["playbook_ids"] == []


def test_a_cause_brings_its_procedure_and_the_playbooks_that_rest_on_it() -> None:
    found = {one["document_id"]: one for one in reading(*ROWS, cause=cause_row())}
    assert found["rollback-release"]["playbook_ids"] == ["release-rollback"]
    assert found["rollback-release"]["document_version"] == "rollback-release v1"


def test_what_is_stale_or_not_for_all_staff_is_not_suggested() -> None:
    stale = [ROWS[1] | {"valid_until_at": days(-1)}]
    assert reading(*stale) == []
    assert reading(ROWS[1] | {"audience_roles": ["ops"]}) == []


def test_no_word_of_a_customer_is_kept_with_a_proposal() -> None:
    assert "zanzibar" not in json.dumps(reading(document("runbook-albums", text="Albums vanish in Zanzibar.")))
