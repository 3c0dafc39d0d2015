"""Issues with alerts in a language model's words, for people to read: one sentence about the issue, one about its likeliest cause.

Wiring over `ports.TextModel`; the question and what its answer may hold are `analysis/prompts/wording`. The rules that are easy to break:
nothing reads these words to decide anything; what fails a check is withheld with the reason; and no fact is a figure that moves with every
run, because each new question is paid for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from feedback_loop.analysis.prompts.wording import WordingAnswer, figures_without_fact, wording_question
from feedback_loop.analysis.routes import ANSWERED_MARK
from feedback_loop.contracts.questions import Question, Reply
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import UnansweredReason
from feedback_loop.ports import TextModel

_SCHEMA = pl.Schema(TABLES["gold_issue_wording"].schema)
_MOST_VERSIONS = 5


def issue_wordings(issues: pl.DataFrame, hypotheses: pl.DataFrame, model: TextModel | None) -> pl.DataFrame:
    """The rows of `gold_issue_wording`, one for each row of `gold_issue` with alerts; none where no model is configured.

    The cause is the first of `analysis_hypothesis` of the issue's highest alert.
    """
    if model is None:
        return pl.DataFrame(schema=_SCHEMA)
    alerted = issues.filter(pl.col("alert_ids").list.len() > 0).sort("event_date", "issue_id")
    causes = {row["alert_id"]: row for row in hypotheses.filter(hypothesis_rank=1).iter_rows(named=True)}
    rows = list(alerted.iter_rows(named=True))
    facts = [_facts(row, causes.get(row["alert_ids"][0])) for row in rows]
    questions = [wording_question(known, row["quotes"]) for row, known in zip(rows, facts, strict=True)]
    replies = model.answer(questions) if questions else []
    told = zip(rows, facts, questions, replies, strict=True)
    return pl.DataFrame([_row(*each, model.model_version) for each in told], schema=_SCHEMA, orient="row")


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


def _row(issue: Mapping[str, Any], facts: Mapping[str, str], question: Question, reply: Reply, model_version: str) -> dict[str, object]:
    answer = reply.answer if isinstance(reply.answer, WordingAnswer) else None
    withheld = UnansweredReason.UNKNOWN_FIGURE if answer is not None and figures_without_fact(answer, facts) else reply.reason
    is_shown = answer is not None and withheld is None
    return {
        "issue_id": issue["issue_id"],
        "product": issue["product"],
        "wording_summary": answer.summary if answer is not None and is_shown else None,
        "wording_hypothesis": answer.hypothesis if answer is not None and is_shown else None,
        "wording_withheld_reason": withheld,
        "worded_fragment_ids": issue["quote_fragment_ids"],
        "wording_version": f"{model_version}{ANSWERED_MARK}{question.prompt_version}",
        "event_date": issue["event_date"],
    }
