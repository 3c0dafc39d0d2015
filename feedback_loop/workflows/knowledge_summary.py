"""What documents say of a question, in their own sentences, each with its document: the summary where no language model is configured.

The rule that is easy to break: it goes through the same gate as a model's words, `methods/retrieval/citations`; where that leaves nothing,
nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedback_loop.contracts.knowledge import FoundPassage
from feedback_loop.methods.retrieval.citations import Grounded, grounded, without_citations
from feedback_loop.methods.retrieval.words import asked_words

SENTENCES = 3
_LONGEST_SENTENCE = 300
_LINE_MARK = re.compile(r"^[ \t]*(?:(?:#{1,6}|>+|[-*+]|\d{1,2}[.)])[ \t]+)+", re.MULTILINE)
_PAIRED_MARK = re.compile(r"(?<![\w*`])(\*{1,3}|`{1,2}|_{1,2})(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w*`])")
"""Emphasis and code; a sign within a word, as in retry_limit, is a part of it."""

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？।])|\n+")


def extracted_summary(question: str, found: Sequence[FoundPassage]) -> Grounded:
    """Of each of the first few documents that speak of it the sentence that shares most words with the question, citing the document."""
    asked = {word.casefold() for word in asked_words(question)}
    best = {one.passage.document_id: one for one in reversed(found) if one.speaks_of_it}
    chosen = [one for one in found if best.get(one.passage.document_id) is one][:SENTENCES]
    said = [(f"d{number}", _sentence(one.passage.text, asked)) for number, one in enumerate(chosen, 1)]
    text = "\n".join(f"{sentence} [{name}]" for name, sentence in said if sentence)
    return grounded(text, {f"d{number}": one.passage.document_id for number, one in enumerate(chosen, 1)})


def _sentence(text: str, asked: set[str]) -> str:
    """The best sentence of the passage, the first where several are alike; what it has in square brackets is no citation of ours."""
    plain = without_citations_by_line(text)
    sentences = [sentence.strip() for sentence in _BETWEEN_SENTENCES.split(plain) if asked_words(sentence)]
    if not sentences:
        return ""
    best = max(sentences, key=lambda sentence: len(asked & {word.casefold() for word in asked_words(sentence)}))
    return best if len(best) <= _LONGEST_SENTENCE else f"{best[:_LONGEST_SENTENCE].rsplit(' ', 1)[0]} …"


def without_citations_by_line(text: str) -> str:
    """The text without markup and without anything in square brackets, its lines kept apart."""
    return "\n".join(without_citations(line) for line in _PAIRED_MARK.sub(r"\2", _LINE_MARK.sub("", text)).splitlines())
