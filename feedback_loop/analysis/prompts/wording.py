"""The question how to word an issue and its likeliest cause, and what must hold of the words before a person reads them.

Facts are computed; quotations are untrusted. The rule that is easy to break: wording is read and never acted on; messages to customers are
templates and take nothing from here. What holds an address, a mark of code or a figure that no fact has is not shown at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from feedback_loop.analysis.prompts.template import load_template
from feedback_loop.analysis.prompts.untrusted import delimited, is_short_enough, text_hash_of
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import ModelStage

MOST_QUOTES = 5
_LONGEST_FACT = 300
_LONGEST_SENTENCE = 300
_FORBIDDEN = re.compile(
    r"://|www\.|@|[<>\[\]{}`|\\*#\n\r\u02c6$€£¥₹]|\b[\w-]+\.(?:[a-z]{2,})(?:/|\b)|\b(?:hxxp|mailto|javascript|data):", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NONE = "(none)"

Sentence = Annotated[str, Field(min_length=1, max_length=_LONGEST_SENTENCE)]


class WordingAnswer(BaseModel):
    """The form of every answer: two sentences without addresses, markup or money."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    summary: Sentence
    hypothesis: Sentence

    @field_validator("summary", "hypothesis")
    @classmethod
    def is_plain(cls, value: str) -> str:
        """The sentence, unless it holds what no sentence of ours needs."""
        if _FORBIDDEN.search(value) or not value.isprintable():
            raise ValueError("addresses, markup and money have no place in it")
        return value


def wording_question(facts: Mapping[str, str], quotes: Sequence[str]) -> Question:
    """The question about an issue with these facts (name: value) and masked quotations; too long ones are left out."""
    shown = [quote for quote in quotes if is_short_enough(quote)][:MOST_QUOTES]
    slots = {
        "facts": "\n".join(f"- {name}: {' '.join(value.split())[:_LONGEST_FACT]}" for name, value in facts.items()) or _NONE,
        "quotes": "\n".join(map(delimited, shown)) or _NONE,
    }
    hashes = tuple(dict.fromkeys(map(text_hash_of, shown)))
    return load_template(ModelStage.WORDING).question(slots, WordingAnswer, hashes)


def figures_without_fact(answer: WordingAnswer, facts: Mapping[str, str]) -> list[str]:
    """Numbers in the wording that no fact has, in their order; where there is one, the wording is not shown."""
    known = {number for value in facts.values() for number in _NUMBER.findall(value)}
    return [number for number in _NUMBER.findall(f"{answer.summary} {answer.hypothesis}") if number not in known]
