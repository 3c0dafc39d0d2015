"""What the local tier left open, asked of a language model: fragments in, answers and verified evidence out.

Wiring over `ports.TextModel` alone. Without a model nothing is asked and every frame comes back as it was. The rules that are easy to
break: a fragment without an answer stays with people, with the reason; and a model's word is a class and never a confidence, so that the
thresholds of automatic routing look at nothing that it says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from feedback_loop.analysis.evidence import Fragment
from feedback_loop.analysis.prompts.classification import (
    UNSURE,
    LabelDefinition,
    LabelledTexts,
    classification_question,
    prompt_version,
)
from feedback_loop.analysis.prompts.evidence import EvidenceAnswer, evidence_question, quoted
from feedback_loop.analysis.prompts.untrusted import is_short_enough
from feedback_loop.analysis.routes import ANSWERED_MARK, is_answered
from feedback_loop.contracts.questions import Question, Reply, unanswered
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import AbstentionReason, UnansweredReason
from feedback_loop.ports import TextModel

ANSWERS = pl.Schema(
    {
        "fragment_id": pl.String(),
        "answered_class": pl.String(),
        "unanswered_reason": pl.String(),
        "is_remembered": pl.Boolean(),
        "model_version": pl.String(),
        "prompt_version": pl.String(),
        "event_date": pl.Date(),
    }
)
"""One row for each fragment that was asked about: a class, or the reason why it is left to people."""

_EVIDENCE = pl.Schema(TABLES["analysis_evidence"].schema)
_OF_FRAGMENT = ("fragment_id", "masked_text", "alignment", "raw_start", "raw_end", "event_date")
_LEFT_OPEN = (AbstentionReason.LOW_CONFIDENCE, AbstentionReason.AMBIGUOUS, AbstentionReason.LANGUAGE_UNSUPPORTED)
"""What another reader may settle; a text without words is nobody's to classify."""


@dataclass(frozen=True)
class Known:
    """What the model is told beside the text: labels with their definitions, the shortlist by fragment, texts that people labelled."""

    labels: tuple[LabelDefinition, ...]
    shortlists: Mapping[str, Sequence[str]]
    """By fragment_id; a fragment without one is asked about with all labels."""
    examples: LabelledTexts | None = None


@dataclass(frozen=True)
class Asked:
    """What came of it: answers as `ANSWERS`, evidence as `analysis_evidence`, and how many quotations were not in their texts."""

    answers: pl.DataFrame
    evidence: pl.DataFrame
    dropped_quotation_count: int = 0


@dataclass(frozen=True)
class Quotations:
    """Verified quotations as `analysis_evidence`, and how many were not in their texts."""

    evidence: pl.DataFrame
    dropped_count: int = 0


def ask_about_open(fragments: pl.DataFrame, classification: pl.DataFrame, model: TextModel | None, known: Known) -> Asked:
    """Both steps, one after the other: what was left open is classified, and of what now has a class the evidence is asked for."""
    answers = answers_about_open(fragments, classification, model, known)
    quotations = evidence_of_answered(fragments, with_answers(classification, answers), model)
    return Asked(answers, quotations.evidence, quotations.dropped_count)


def answers_about_open(fragments: pl.DataFrame, classification: pl.DataFrame, model: TextModel | None, known: Known) -> pl.DataFrame:
    """The model's answers about the fragments that the local tier left open; `fragments` also have `vector` where there are examples."""
    if model is None:
        return pl.DataFrame(schema=ANSWERS)
    rows = open_fragments(fragments, classification).to_dicts()
    replies = _replies(model, rows, [_question(row, known) if is_short_enough(row["masked_text"]) else None for row in rows])
    answers = [_answer_row(row, reply, model.model_version) for row, reply in zip(rows, replies, strict=True)]
    return pl.DataFrame(answers, schema=ANSWERS, orient="row")


def evidence_of_answered(fragments: pl.DataFrame, classification: pl.DataFrame, model: TextModel | None) -> Quotations:
    """What the model quotes of the fragments that have their class from a language model."""
    if model is None:
        return Quotations(pl.DataFrame(schema=_EVIDENCE))
    answered = classification.filter(is_answered()).select("fragment_id")
    rows, dropped = _evidence(model, fragments.join(answered, on="fragment_id", how="semi").sort("fragment_id").to_dicts())
    return Quotations(pl.DataFrame(rows, schema=_EVIDENCE, orient="row"), dropped)


def with_quotations(evidence: pl.DataFrame, quotations: pl.DataFrame) -> pl.DataFrame:
    """`analysis_evidence` of the rules and of a model; what both found stays the rules' word."""
    return pl.concat([evidence, quotations.join(evidence, on="evidence_id", how="anti")])


def open_fragments(fragments: pl.DataFrame, classification: pl.DataFrame) -> pl.DataFrame:
    """The fragments whose class the local tier left open, by fragment_id; of duplicates only the first, for the others say the same."""
    is_open = pl.col("abstention_reason").is_in([str(reason) for reason in _LEFT_OPEN])
    left = fragments.join(classification.filter(is_open).select("fragment_id"), on="fragment_id", how="semi")
    return (left.filter(pl.col("duplicate_of").is_null()) if "duplicate_of" in left.columns else left).sort("fragment_id")


def with_answers(classification: pl.DataFrame, answers: pl.DataFrame, counts_as: Mapping[str, str] | None = None) -> pl.DataFrame:
    """`analysis_classification` with the class of each fragment that was answered; all else, and every score, stays the local tier's word.

    The version of a row that was answered names model and prompt as well, so that nobody takes it for the local tier's. `counts_as` says
    the platform's word for each class of a company's taxonomy; without it the answers are the platform's words.
    """
    said = answers.filter(pl.col("answered_class").is_not_null()).select("fragment_id", "answered_class", "model_version", "prompt_version")
    said = said.with_columns(pl.col("answered_class").replace(dict(counts_as or {})).alias("platform_class"))
    joined = classification.join(said, on="fragment_id", how="left", maintain_order="left")
    is_new = pl.col("answered_class").is_not_null()
    version = pl.concat_str("classifier_version", "model_version", "prompt_version", separator=ANSWERED_MARK)
    return joined.with_columns(
        pl.coalesce("platform_class", "complaint_class").alias("complaint_class"),
        pl.coalesce("answered_class", "taxonomy_class").alias("taxonomy_class"),
        pl.when(is_new).then(version).otherwise("classifier_version").alias("classifier_version"),
        (pl.col("is_abstained") & ~is_new).alias("is_abstained"),
        pl.when(~is_new).then("abstention_reason").alias("abstention_reason"),
    ).select(classification.columns)


def _question(row: Mapping[str, Any], known: Known) -> Question:
    names = known.shortlists.get(row["fragment_id"]) or [label.name for label in known.labels]
    definitions = {label.name: label for label in known.labels}
    shortlist = [definitions[name] for name in names]
    examples = known.examples.nearest(_vector(row), names) if known.examples is not None else []
    return classification_question(row["masked_text"], shortlist, examples)


def _vector(row: Mapping[str, Any]) -> Any:
    return pl.Series(row["vector"], dtype=pl.Float32).to_numpy()


def _replies(model: TextModel, rows: Sequence[object], questions: Sequence[Question | None]) -> list[Reply]:
    given = iter(model.answer([question for question in questions if question is not None]) if rows else [])
    return [next(given) if question is not None else unanswered(UnansweredReason.TEXT_TOO_LONG) for question in questions]


def _answer_row(row: Mapping[str, Any], reply: Reply, model_version: str) -> dict[str, object]:
    label = getattr(reply.answer, "label", None)
    reason = UnansweredReason.MODEL_UNSURE if label == UNSURE else reply.reason
    return {
        "fragment_id": row["fragment_id"],
        "answered_class": None if reason is not None else label,
        "unanswered_reason": None if reason is None else str(reason),
        "is_remembered": reply.is_remembered,
        "model_version": model_version,
        "prompt_version": prompt_version(),
        "event_date": row["event_date"],
    }


def _evidence(model: TextModel, rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, object]], int]:
    """The rows of `analysis_evidence` about the fragments, and how many quotations were dropped; none where nothing was answered."""
    questions = [evidence_question(row["masked_text"]) for row in rows]
    found: list[dict[str, object]] = []
    dropped = 0
    for row, question, reply in zip(rows, questions, model.answer(questions) if rows else [], strict=True):
        if isinstance(reply.answer, EvidenceAnswer):
            fragment = Fragment(*(row[name] for name in _OF_FRAGMENT))
            quotations = quoted(fragment, reply.answer, f"{question.prompt_version}+{model.model_version}")
            found.extend(quotations.rows)
            dropped += quotations.dropped_count
    return found, dropped
