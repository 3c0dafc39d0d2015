"""The question which of a few labels a single complaint has: shortlist, definitions, nearest examples, labels as an enumeration.

The rule that is easy to break: the answer's type knows the labels of this one question, so the version is that of the template with the
open form; what the labels are is part of the words, and so of the request's hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, create_model

from feedback_loop.analysis.prompts.template import load_template
from feedback_loop.analysis.prompts.untrusted import delimited, text_hash_of
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.ports import Vectors

UNSURE = "unsure"
SHORTLIST = 5
NEAREST = 4
_LONGEST_DEFINITION = 1_200
_LONGEST_EXAMPLE = 500
_NO_EXAMPLES = "(none)"
_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


class LabelAnswer(BaseModel):
    """The form of every answer: one label, and nothing else."""

    model_config = _STRICT
    label: str


@dataclass(frozen=True)
class LabelDefinition:
    """One label as people defined it."""

    name: str
    definition: str


@dataclass(frozen=True)
class LabelledTexts:
    """Masked texts that people labelled, with vectors of unit length, row by row."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Vectors

    def nearest(self, vector: Vectors, labels: Sequence[str], count: int = NEAREST) -> list[tuple[str, str]]:
        """(text, label) of those of the labels whose vectors are nearest, the nearest first; ties in the order of the texts."""
        allowed = [row for row, (text, label) in enumerate(zip(self.texts, self.labels, strict=True)) if _is_usable(text, label, labels)]
        likeness = self.vectors[allowed] @ vector if allowed else np.zeros(0, dtype=np.float32)
        ranked = np.argsort(-likeness, kind="stable")[:count]
        return [(self.texts[allowed[place]], self.labels[allowed[place]]) for place in ranked]


def classification_question(masked_text: str, shortlist: Sequence[LabelDefinition], examples: Sequence[tuple[str, str]] = ()) -> Question:
    """The question about the text; `examples` are (masked text, label) of the shortlist's labels."""
    names = (*(one.name for one in shortlist), UNSURE)
    slots = {
        "labels": "\n".join(f"- {one.name}: {_one_line(one.definition)}" for one in shortlist),
        "names": ", ".join(names),
        "examples": "\n".join(f"{delimited(text)}\nlabel: {label}" for text, label in examples) or _NO_EXAMPLES,
        "text": delimited(masked_text),
    }
    hashes = dict.fromkeys([text_hash_of(masked_text), *(text_hash_of(text) for text, _ in examples)])
    return load_template(ModelStage.CLASSIFICATION).question(slots, _answer_type(names), tuple(hashes), prompt_version())


def prompt_version() -> str:
    """The version of the prompt, whatever labels it is filled with."""
    return load_template(ModelStage.CLASSIFICATION).version(LabelAnswer)


@cache
def _answer_type(names: tuple[str, ...]) -> type[BaseModel]:
    allowed: Any = Literal[names]
    return create_model("Classification", __config__=_STRICT, label=(allowed, ...))


def _one_line(definition: str) -> str:
    return " ".join(definition.split())[:_LONGEST_DEFINITION]


def _is_usable(text: str, label: str, labels: Sequence[str]) -> bool:
    return label in labels and len(text) <= _LONGEST_EXAMPLE
