"""A few fragments that the local tier left open, what it said of them, and a model that answers from a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from pydantic import ValidationError

from feedback_loop.analysis.prompts.classification import LabelDefinition
from feedback_loop.contracts.questions import Question, Reply, unanswered
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ComplaintClass, ModelStage, UnansweredReason
from feedback_loop.methods.alignment import unchanged
from feedback_loop.workflows.ask_model import Known
from feedback_loop_tests.contracts.rows import frame_of

DAY = date(2026, 1, 5)
KNOWN = Known(tuple(LabelDefinition(str(one), f"About {one}.") for one in ComplaintClass), {})
NO_EVIDENCE: dict[str, object] = {"phrases": [], "error_strings": [], "versions": [], "devices": []}


def fragments_of(texts: Sequence[str]) -> pl.DataFrame:
    """`silver_fragment` with these masked texts, fragment_0 first; each stands at the beginning of its raw text."""
    rows = [
        {
            "fragment_id": f"fragment_{n}",
            "masked_text": text,
            "alignment": unchanged(text).alignment.flatten(),
            "raw_start": 0,
            "raw_end": len(text),
            "duplicate_of": None,
            "duplicate_kind": None,
            "event_date": DAY,
        }
        for n, text in enumerate(texts)
    ]
    return frame_of(TABLES["silver_fragment"], *rows)


def left_open(count: int, reason: str = "low_confidence") -> pl.DataFrame:
    """`analysis_classification` in which the local tier abstained from all of them."""
    said = {"complaint_class": None, "best_class": "billing", "is_abstained": True, "abstention_reason": reason, "event_date": DAY}
    return frame_of(TABLES["analysis_classification"], *({"fragment_id": f"fragment_{n}", **said} for n in range(count)))


class ScriptedModel:
    """Answers each stage with what it is told to say, as far as the form allows it; `asked` remembers every question."""

    model_version = "scripted"

    def __init__(self, said: Mapping[ModelStage, Mapping[str, object]]) -> None:
        self.said, self.asked = said, list[Question]()

    def answer(self, questions: Sequence[Question]) -> list[Reply]:
        self.asked += questions
        return [self._reply(question) for question in questions]

    def _reply(self, question: Question) -> Reply:
        try:
            return Reply(question.answer_type.model_validate(self.said[question.stage]))
        except ValidationError:
            return unanswered(UnansweredReason.MALFORMED)


def obliging(label: str = "crash", **evidence: list[str]) -> ScriptedModel:
    return ScriptedModel({ModelStage.CLASSIFICATION: {"label": label}, ModelStage.EVIDENCE: {**NO_EVIDENCE, **evidence}})
