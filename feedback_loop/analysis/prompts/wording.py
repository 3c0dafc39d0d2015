"""The question how to word an issue and its likeliest cause, and what must hold of the words before a person reads them.

Facts are computed; quotations and passages are untrusted. The rule that is easy to break: wording is read and never acted on; messages to
customers are templates and take nothing from here. What holds an address, a mark of code or a figure that no fact has is not shown at all,
and of the rest only the sentences that cite what was shown (`methods/retrieval/citations.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from feedback_loop.analysis.prompts.template import load_template
from feedback_loop.analysis.prompts.untrusted import delimited, is_short_enough, text_hash_of
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import ModelStage

MOST_QUOTES, MOST_PASSAGES = 5, 3
CAUSE = "c1"
"""The id under which the facts about the cause are cited."""

_LONGEST_FACT = 300
_LONGEST_SENTENCE = 400
_FORBIDDEN = re.compile(
    r"://|www\.|@|[<>\[\]{}`|\\*#\n\r\u02c6$€£¥₹]|\b[\w-]+\.(?:[a-z]{2,})(?:/|\b)|\b(?:hxxp|mailto|javascript|data):", re.IGNORECASE
)
_CITATION = re.compile(r"\[[a-z]\d{1,2}(?:\s*[,;]\s*[a-z]\d{1,2})*\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NONE = "(none)"

Sentence = Annotated[str, Field(min_length=1, max_length=_LONGEST_SENTENCE)]


class WordingAnswer(BaseModel):
    """The form of every answer: a few sentences without addresses, markup but citations, or money."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    summary: Sentence
    hypothesis: Sentence

    @field_validator("summary", "hypothesis")
    @classmethod
    def is_plain(cls, value: str) -> str:
        """The sentences, unless they hold what no sentence of ours needs."""
        if _FORBIDDEN.search(_CITATION.sub("", value)) or not value.isprintable():
            raise ValueError("addresses, markup and money have no place in it")
        return value


@dataclass(frozen=True)
class Shown:
    """What a model is shown to word an issue: texts, each under the name by which it is cited, with the id that the name stands for."""

    quotes: Mapping[str, str]
    passages: Mapping[str, str]
    ids: Mapping[str, str]

    @classmethod
    def of(cls, quotes: Sequence[tuple[str, str]], passages: Sequence[tuple[str, str]] = ()) -> Shown:
        """The first few of masked quotations and of passages, each with its id; those that are too long are left out."""
        named = {
            f"{sign}{number}": pair
            for sign, pairs, most in (("q", quotes, MOST_QUOTES), ("d", passages, MOST_PASSAGES))
            for number, pair in enumerate([pair for pair in pairs if is_short_enough(pair[1])][:most], 1)
        }
        texts = {name: text for name, (_, text) in named.items()}
        of_kind = [{name: text for name, text in texts.items() if name[0] == sign} for sign in "qd"]
        return cls(of_kind[0], of_kind[1], {name: shown_id for name, (shown_id, _) in named.items()})


def wording_question(facts: Mapping[str, str], shown: Shown) -> Question:
    """The question about an issue with these facts (name: value)."""
    slots = {
        "facts": "\n".join(f"- {name}: {' '.join(value.split())[:_LONGEST_FACT]}" for name, value in facts.items()) or _NONE,
        "quotes": _delimited(shown.quotes),
        "documents": _delimited(shown.passages),
    }
    hashes = tuple(dict.fromkeys(map(text_hash_of, [*shown.quotes.values(), *shown.passages.values()])))
    return load_template(ModelStage.WORDING).question(slots, WordingAnswer, hashes)


def _delimited(texts: Mapping[str, str]) -> str:
    return "\n".join(f"{name}:\n{delimited(text)}" for name, text in texts.items()) or _NONE


def figures_without_fact(answer: WordingAnswer, facts: Mapping[str, str]) -> list[str]:
    """Numbers in the wording that no fact has, in their order; where there is one, the wording is not shown."""
    known = {number for value in facts.values() for number in _NUMBER.findall(value)}
    said = _CITATION.sub("", f"{answer.summary} {answer.hypothesis}")
    return [number for number in _NUMBER.findall(said) if number not in known]
