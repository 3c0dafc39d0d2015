"""One stage on a list of texts, without tables: what `feedback-loop try` prints.

Here: plain rows in the formats of the command line, without `text_id`, one per text and in order. Reading and writing files is `cli`. The
rule that is easy to break: offsets count code points of the text as given, before it is normalised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback_loop.methods.fingerprints import fingerprint
from feedback_loop.methods.language import guess_languages
from feedback_loop.methods.masking import clean, find_personal_data
from feedback_loop.methods.replies import new_text, strip_reply
from feedback_loop.methods.text import normalise
from feedback_loop.silver.units import units

Row = dict[str, Any]

UNDETERMINED = "und"
"""ISO 639-2 code for a text without a letter."""


def try_segment(texts: Sequence[str]) -> list[Row]:
    """`fragments`: start, end and the text between them."""
    return [
        {"fragments": [{"start": u.raw_start, "end": u.raw_end, "text": text[u.raw_start : u.raw_end]} for u in units(text)]}
        for text in texts
    ]


def try_redact(texts: Sequence[str]) -> list[Row]:
    """`masked_text` and the `spans` that were hidden, each with its type."""
    return [{"masked_text": clean(text).text, "spans": _hidden(text)} for text in texts]


def _hidden(text: str) -> list[Row]:
    normal = normalise(text)
    rows = []
    for finding in find_personal_data(normal.text):
        start, end = normal.alignment.source_span(finding.start, finding.end)
        rows.append({"start": start, "end": end, "type": finding.kind.value})
    return rows


def try_reply(texts: Sequence[str]) -> list[Row]:
    """`new_text` and the `removed` spans, each with its kind."""
    return [{"new_text": new_text(text), "removed": [span._asdict() for span in strip_reply(text).removed]} for text in texts]


def try_language(texts: Sequence[str]) -> list[Row]:
    """The best guess at the `language`, however unsure, and its `confidence`."""
    guesses = guess_languages(texts)
    return [{"language": g.language, "confidence": g.confidence} if g else {"language": UNDETERMINED, "confidence": 0.0} for g in guesses]


def try_dedupe(texts: Sequence[str]) -> list[Row]:
    """`duplicate_of`: the position of the first text that says the same, else None; all texts count as one customer's."""
    firsts: dict[str, int] = {}
    positions = [firsts.setdefault(fingerprint(clean(text).text), position) for position, text in enumerate(texts)]
    return [{"duplicate_of": None if first == position else first} for position, first in enumerate(positions)]
