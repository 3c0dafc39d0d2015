"""In which words documents are looked up: for an issue and its causes, and for the case of one alert.

The rule that is easy to break: only ids and words that tell something go in; a class, a cause of no name and a score tell nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from feedback_loop.contracts.knowledge import IssueWords
from feedback_loop.contracts.loop_vocab import CauseKind

CAUSE_WORDS: Mapping[str, str] = {
    CauseKind.DEPLOY: "release version deployment roll back",
    CauseKind.FLAG: "feature flag setting switch off",
    CauseKind.CONFIG: "configuration setting restore",
    CauseKind.CAMPAIGN: "campaign offer promotion",
    CauseKind.JOB: "job batch run again",
    CauseKind.CONTENT: "article content help page",
    CauseKind.INCIDENT: "incident outage provider down",
}
"""How runbooks call what a cause is, beside its own word."""


def words_of(issue: Mapping[str, Any], causes: Sequence[Mapping[str, Any]]) -> IssueWords:
    """A row of `gold_issue` and rows of `analysis_hypothesis`."""
    named = tuple(text for text in map(_cause_words, causes) if text)
    return IssueWords(issue["product"], issue["issue_class"], (issue["issue_label"], *issue["quotes"]), named)


def words_of_case(alert: Mapping[str, Any], issue: Mapping[str, Any] | None, causes: Sequence[Mapping[str, Any]]) -> IssueWords:
    """A row of `analysis_alert`, its issue where one is known, and its hypotheses."""
    named = tuple(text for text in map(_cause_words, causes) if text)
    symptoms = (issue["issue_label"], *(issue["quotes"] or ())) if issue else ()
    return IssueWords(alert["product"], alert["alerted_class"], tuple(text for text in symptoms if text), named)


def _cause_words(cause: Mapping[str, Any]) -> str:
    if cause["cause_id"] is None:
        return ""
    kind = str(cause["cause_kind"])
    parts = (CAUSE_WORDS.get(kind, ""), cause["cause_service"], cause["cause_id"])
    return " ".join(part for part in parts if part)
