"""One stage on a list of texts, without tables: what `feedback-loop try` prints.

Here: plain rows in the formats of the command line, without `text_id`, one per text and in order. Reading and writing files is `cli`. The
rule that is easy to break: offsets count code points of the text as given, before it is normalised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.cleaning import Cleaning
from feedback_loop.methods.languages.guessing import guess_languages
from feedback_loop.methods.mail.replies import new_text, strip_reply
from feedback_loop.methods.personal_data.masking import Placeholders
from feedback_loop.methods.personal_data.tokens import KeyedPlaceholders, one_spelling
from feedback_loop.methods.repetition.fingerprints import fingerprint
from feedback_loop.silver.deduplicate import first_sayings
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
    """`masked_text`, in which the same value of one text has the same number, and the `spans` that were hidden, each with its type."""
    return [_redacted(text) for text in texts]


def _redacted(text: str) -> Row:
    cleaning = Cleaning(placeholder=_numbered())
    normal = cleaning.normal(text)
    found = cleaning.find(normal.text)
    spans = [(*normal.alignment.source_span(finding.start, finding.end), finding.kind.value) for finding in found]
    return {
        "masked_text": cleaning.mask(normal.text, found).text,
        "spans": [{"start": start, "end": end, "type": kind} for start, end, kind in spans],
    }


def _numbered() -> Placeholders:
    """Placeholders that count the values of one text: without a key nothing else would be both the same each time and unguessable."""
    seen: dict[tuple[PersonalDataType, str], int] = {}

    def placeholder(kind: PersonalDataType, value: str) -> str:
        number = seen.setdefault((kind, one_spelling(kind, value)), 1 + sum(other is kind for other, _ in seen))
        return f"[{kind.upper()}_{number}]"

    return placeholder


def try_reply(texts: Sequence[str]) -> list[Row]:
    """`new_text` and the `removed` spans, each with its kind."""
    return [{"new_text": new_text(text), "removed": [span._asdict() for span in strip_reply(text).removed]} for text in texts]


def try_language(texts: Sequence[str]) -> list[Row]:
    """The best guess at the `language`, however unsure, and its `confidence`."""
    guesses = guess_languages(texts)
    return [{"language": g.language, "confidence": g.confidence} if g else {"language": UNDETERMINED, "confidence": 0.0} for g in guesses]


def try_dedupe(texts: Sequence[str]) -> list[Row]:
    """`duplicate_of`: the position of the first text that says the same, else None; all texts count as one customer's of one window."""
    cleaning = Cleaning(placeholder=KeyedPlaceholders(b"the texts of one file", "try"))
    cleaned = [cleaning.clean(text).text for text in texts]
    firsts = first_sayings([(fingerprint(text), text) for text in cleaned])
    return [{"duplicate_of": None if first == position else first} for position, first in enumerate(firsts)]
