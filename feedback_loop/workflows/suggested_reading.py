"""Which governed documents, and which playbooks that rest on them, speak of the case of an alert: for the people who decide about it.

A playbook acts only where its trigger fits exactly (`remediation/playbooks`); this finds runbooks by words and meaning where none fits, or
beside the one that does. The rules that are easy to break: nothing that is found here is carried out or changes what may be; and only ids,
titles and ranks are kept with a proposal, no word by which a customer's quotation was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback_loop.contracts.knowledge import FoundPassage, IssueWords, Reader
from feedback_loop.remediation.evidence import Case, cases
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.knowledge_words import words_of_case

DOCUMENTS_KEPT = 3


def suggested_reading(
    grounds: Grounds, alert_ids: Sequence[str], library: Library, playbooks: Sequence[Playbook], at: datetime
) -> dict[str, list[dict[str, Any]]]:
    """The first few documents for each of the alerts, as plain JSON values, of those that all staff may read."""
    wanted = grounds.alerts.filter(grounds.alerts["alert_id"].is_in(list(alert_ids)))
    found = {}
    for case in cases(wanted, grounds.cohorts, grounds.hypotheses, grounds.issues):
        read = library.documents_for(_words(case, grounds), Reader(at), DOCUMENTS_KEPT)
        found[str(case.alert["alert_id"])] = [_kept(one, playbooks) for one in read]
    return found


def _words(case: Case, grounds: Grounds) -> IssueWords:
    named = case.issue_id
    rows = grounds.issues.filter(grounds.issues["issue_id"] == named).sort("event_date").tail(1) if named else grounds.issues.clear()
    return words_of_case(case.alert, next(rows.iter_rows(named=True), None), case.causes)


def _kept(found: FoundPassage, playbooks: Sequence[Playbook]) -> dict[str, Any]:
    passage = found.passage
    return {
        "document_id": passage.document_id,
        "document_version": passage.document_version,
        "document_kind": str(found.document_kind),
        "title": passage.title,
        "word_rank": found.word_rank,
        "meaning_rank": found.meaning_rank,
        "playbook_ids": [book.playbook_id for book in playbooks if passage.document_id in book.governing_documents],
    }
