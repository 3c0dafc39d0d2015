"""An issue is looked up by its class, its symptoms and what its causes are called; what tells nothing is left out."""

from __future__ import annotations

from typing import Any

from feedback_loop.workflows.knowledge_words import words_of, words_of_case
from feedback_loop_tests.remediation.made_up_case import alert_row, cause_row, issue_row, unknown_row

ISSUE = issue_row(issue_class="checkout_failure", issue_label="blank, checkout", quotes=["It stays blank.", "White page."])


def test_an_issue_is_its_class_its_label_and_quotes_and_its_causes() -> None:
    found = words_of(ISSUE, [cause_row()])
    assert found.facets == (
        "checkout failure", "blank, checkout", "It stays blank.", "White page.", "release version deployment roll back web release-6.4.0",
    )  # fmt: skip
    assert found.product == "Printwren"


def test_a_cause_that_is_not_known_is_no_word() -> None:
    assert words_of(ISSUE, [unknown_row()]).causes == ()
    assert words_of(ISSUE, [cause_row(cause_service=None, cause_kind="campaign")]).causes == ("campaign offer promotion release-6.4.0",)


def test_a_case_without_issue_or_class_still_has_its_causes() -> None:
    found = words_of_case(alert_row(alerted_class=None), None, [cause_row()])
    assert found.facets == ("release version deployment roll back web release-6.4.0",)
    known: dict[str, Any] = ISSUE | {"quotes": None}
    assert words_of_case(alert_row(), known, []).facets == ("crash", "blank, checkout")
