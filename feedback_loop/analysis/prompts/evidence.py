"""The question what of a complaint can be quoted, and the rows that its answer becomes: each quotation verified word for word.

The rule that is easy to break: a model names words and never places. Where they stand is looked up in the masked text; what is not there,
or touches a placeholder, is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from feedback_loop.analysis.evidence import Claim, Fragment, verify
from feedback_loop.analysis.evidence_patterns import Span
from feedback_loop.analysis.prompts.template import load_template
from feedback_loop.analysis.prompts.untrusted import delimited, text_hash_of, unmarked, with_plain_blanks
from feedback_loop.contracts.questions import Question
from feedback_loop.contracts.vocab import EvidenceKind, ModelStage

_LONGEST_QUOTATION = 200
_MOST_QUOTATIONS = 5

Quotation = Annotated[str, Field(min_length=1, max_length=_LONGEST_QUOTATION)]
Quotations = Annotated[list[Quotation], Field(max_length=_MOST_QUOTATIONS)]


class EvidenceAnswer(BaseModel):
    """The form of every answer: quotations by kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    phrases: Quotations
    error_strings: Quotations
    versions: Quotations
    devices: Quotations


@dataclass(frozen=True)
class Quoted:
    """The verified quotations as rows of `analysis_evidence`, and how many were dropped because they are not there."""

    rows: tuple[dict[str, object], ...]
    dropped_count: int


def evidence_question(masked_text: str) -> Question:
    """The question about the text."""
    template = load_template(ModelStage.EVIDENCE)
    return template.question({"text": delimited(masked_text)}, EvidenceAnswer, (text_hash_of(masked_text),))


def quoted(fragment: Fragment, answer: EvidenceAnswer, extractor_version: str) -> Quoted:
    """What of the answer stands in the fragment, each quotation at the first place where it touches no placeholder."""
    rows: dict[object, dict[str, object]] = {}
    dropped = 0
    for kind, words in _claims(answer):
        row = next(filter(None, (verify(fragment, claim) for claim in _places(fragment.masked_text, kind, words))), None)
        if row is None:
            dropped += 1
        else:
            rows.setdefault(row["evidence_id"], {**row, "extractor_version": extractor_version})
    return Quoted(tuple(rows.values()), dropped)


def _claims(answer: EvidenceAnswer) -> Iterator[tuple[EvidenceKind, str]]:
    yield from ((EvidenceKind.KEY_PHRASE, words) for words in answer.phrases)
    yield from ((_kind_of_error(words), words) for words in answer.error_strings)
    yield from ((EvidenceKind.VERSION, words) for words in answer.versions)
    yield from ((EvidenceKind.DEVICE, words) for words in answer.devices)


def _kind_of_error(words: str) -> EvidenceKind:
    """A code is one word with a digit; anything else is a message."""
    return EvidenceKind.ERROR_CODE if len(words.split()) == 1 and any(c.isdigit() for c in words) else EvidenceKind.QUOTED_ERROR


def _places(masked_text: str, kind: EvidenceKind, words: str) -> Iterator[Claim]:
    sought, text = with_plain_blanks(unmarked(words)).strip(), with_plain_blanks(masked_text)
    start = text.find(sought) if sought else -1
    while start >= 0:
        end = start + len(sought)
        if _is_whole(text, start, end):
            yield Claim(Span(kind, start, end), masked_text[start:end])
        start = text.find(sought, start + 1)


def _is_whole(text: Sequence[str], start: int, end: int) -> bool:
    """Whether no word or number is cut in two: "3.4" is no quotation of "13.41"."""
    before, after = (text[start - 1] if start else " "), (text[end] if end < len(text) else " ")
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())
