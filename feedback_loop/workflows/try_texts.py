"""The stages of `feedback-loop try` that look at texts alone: answers in the documented fields, each with its text's id.

What they compute is in `silver/tryout`; files are read and written in `try_files`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from feedback_loop.silver import tryout
from feedback_loop.workflows.try_files import Answer, TextRow


class TextStage(StrEnum):
    """The stages that need texts and nothing else."""

    SEGMENT = "segment"
    REDACT = "redact"
    REPLY = "reply"
    LANGUAGE = "language"
    DEDUPE = "dedupe"


_CORES: dict[TextStage, Callable[[Sequence[str]], list[Answer]]] = {
    TextStage.SEGMENT: tryout.try_segment,
    TextStage.REDACT: tryout.try_redact,
    TextStage.REPLY: tryout.try_reply,
    TextStage.LANGUAGE: tryout.try_language,
    TextStage.DEDUPE: tryout.try_dedupe,
}


def text_answers(stage: TextStage, rows: Sequence[TextRow]) -> list[Answer]:
    """One answer per row, in order; duplicates name the id of the row that they repeat."""
    found = _CORES[stage]([row.text for row in rows])
    if stage is TextStage.DEDUPE:
        found = [{"duplicate_of": None if first is None else rows[first].text_id} for first in (one["duplicate_of"] for one in found)]
    return [{"text_id": row.text_id, **answer} for row, answer in zip(rows, found, strict=True)]
