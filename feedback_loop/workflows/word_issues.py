"""Issues with alerts in a language model's words, for people to read: a sentence or two about the issue, one about its likeliest cause.

Wiring over `ports.TextModel`; the question and what its answer may hold are `analysis/prompts/wording`, which of its sentences are kept
`methods/retrieval/citations`. The rules that are easy to break: nothing reads these words to decide anything; every sentence cites a
fragment, a document or a hypothesis that the model was shown, or it is cut; what fails a check is withheld with the reason; and no fact is
a figure that moves with every run, because each new question is paid for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import polars as pl

from feedback_loop.analysis.prompts.wording import CAUSE, MOST_PASSAGES, Shown, WordingAnswer, figures_without_fact, wording_question
from feedback_loop.analysis.routes import ANSWERED_MARK
from feedback_loop.contracts.knowledge import Reader
from feedback_loop.contracts.questions import Question, Reply
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import UnansweredReason
from feedback_loop.errors import KnowledgeUnavailable
from feedback_loop.methods.retrieval.citations import Grounded, grounded
from feedback_loop.ports import TextModel
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.knowledge_words import words_of

_SCHEMA = pl.Schema(TABLES["gold_issue_wording"].schema)
_MOST_VERSIONS = 5


def issue_wordings(issues: pl.DataFrame, hypotheses: pl.DataFrame, model: TextModel | None, library: Library | None = None) -> pl.DataFrame:
    """The rows of `gold_issue_wording`, one for each row of `gold_issue` with alerts; none where no model is configured.

    The cause is the first of `analysis_hypothesis` of the issue's highest alert. The documents are those that all staff may read and that
    were in force when the issue's day ended.
    """
    if model is None:
        return pl.DataFrame(schema=_SCHEMA)
    alerted = issues.filter(pl.col("alert_ids").list.len() > 0).sort("event_date", "issue_id")
    causes = {row["alert_id"]: row for row in hypotheses.filter(hypothesis_rank=1).iter_rows(named=True)}
    asked = [_asked(row, causes.get(row["alert_ids"][0]), library) for row in alerted.iter_rows(named=True)]
    replies = model.answer([one.question for one in asked]) if asked else []
    told = zip(asked, replies, strict=True)
    return pl.DataFrame([_row(one, reply, model.model_version) for one, reply in told], schema=_SCHEMA, orient="row")


@dataclass(frozen=True)
class _Asked:
    """One issue with what the model is told of it."""

    issue: Mapping[str, Any]
    facts: Mapping[str, str]
    shown: Shown
    cause_id: str
    """What a sentence about the cause rests on: the hypothesis, or the alert for which there is none."""

    @property
    def question(self) -> Question:
        return wording_question(self.facts, self.shown)


def _asked(issue: Mapping[str, Any], cause: Mapping[str, Any] | None, library: Library | None) -> _Asked:
    quotes = list(zip(issue["quote_fragment_ids"], issue["quotes"], strict=True))
    passages = [] if library is None else _passages(issue, cause, library)
    cause_id = cause["hypothesis_id"] if cause else issue["alert_ids"][0]
    return _Asked(issue, _facts(issue, cause), Shown.of(quotes, passages), cause_id)


def _passages(issue: Mapping[str, Any], cause: Mapping[str, Any] | None, library: Library) -> list[tuple[str, str]]:
    """Passages about the issue, each with the id of its document; none where the index can't be used, for quotations are there, too."""
    end_of_day = datetime.combine(issue["event_date"], time.max, UTC)
    try:
        found = library.documents_for(words_of(issue, [cause] if cause else []), Reader(end_of_day), MOST_PASSAGES)
    except KnowledgeUnavailable:
        return []
    return [(one.passage.document_id, one.passage.indexed_text) for one in found]


def _facts(issue: Mapping[str, Any], cause: Mapping[str, Any] | None) -> dict[str, str]:
    """What the system knows of the issue; no word of a customer, so not its label."""
    versions: Sequence[str] = issue["product_versions"]
    known = {
        "product": issue["product"],
        "class of complaint": issue["issue_class"].replace("_", " "),
        "trend": issue["trend"],
        "versions of the product": ", ".join(versions[:_MOST_VERSIONS]),
    }
    return {name: value for name, value in (known | _cause(cause)).items() if value}


def _cause(cause: Mapping[str, Any] | None) -> dict[str, str]:
    if cause is None or cause["cause_id"] is None:
        return {"likeliest cause": "none is known"}
    return {
        "likeliest cause": f"{cause['cause_kind']} {cause['cause_id']}",
        "service of the cause": cause["cause_service"] or "",
        "how sure": cause["hypothesis_verdict"].replace("_", " "),
    }


def _row(asked: _Asked, reply: Reply, model_version: str) -> dict[str, object]:
    issue, answer = asked.issue, reply.answer if isinstance(reply.answer, WordingAnswer) else None
    summary, hypothesis = _kept(answer, asked)
    withheld = reply.reason
    if answer is not None and figures_without_fact(answer, asked.facts):
        withheld = UnansweredReason.UNKNOWN_FIGURE
    elif answer is not None and not summary.sentences:
        withheld = UnansweredReason.WITHOUT_CITATION
    is_shown = answer is not None and withheld is None
    return {
        "issue_id": issue["issue_id"],
        "product": issue["product"],
        "wording_summary": summary.text if is_shown else None,
        "wording_hypothesis": hypothesis.text or None if is_shown else None,
        "wording_withheld_reason": withheld,
        "cut_sentence_count": summary.cut_count + hypothesis.cut_count,
        "worded_fragment_ids": issue["quote_fragment_ids"],
        "worded_document_ids": sorted({asked.shown.ids[name] for name in asked.shown.passages}),
        "wording_version": f"{model_version}{ANSWERED_MARK}{asked.question.prompt_version}",
        "event_date": issue["event_date"],
    }


def _kept(answer: WordingAnswer | None, asked: _Asked) -> tuple[Grounded, Grounded]:
    """The sentences of both parts of the answer that cite what was shown; only the hypothesis may cite what was computed of the cause."""
    said = ("", "") if answer is None else (answer.summary, answer.hypothesis)
    return grounded(said[0], asked.shown.ids), grounded(said[1], {**asked.shown.ids, CAUSE: asked.cause_id})
