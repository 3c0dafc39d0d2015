"""The question how a message to customers reads in a language without a template: lines of ours in, as many lines out.

What must hold of the answer before anybody is shown it is decided in `remediation/worded`. The rule that is easy to break: no word of a
customer is in it, and no fact either; facts are names in brackets, which are filled in by code afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from feedback_loop.analysis.prompts.template import load_template
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import ModelStage

MOST_LINES = 8

Line = Annotated[str, Field(min_length=1, max_length=400)]


class MessageAnswer(BaseModel):
    """The form of every answer: the lines of the message in the other language."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    lines: Annotated[list[Line], Field(min_length=1, max_length=MOST_LINES)]


def message_question(lines: Sequence[str], language: str) -> Question:
    """The question for these lines, with names in brackets for facts; the same for every cohort whose message has the same lines."""
    return load_template(ModelStage.MESSAGE).question({"language": language, "lines": "\n".join(lines)}, MessageAnswer, ())
