"""Words of customers, made recognisable as data before a language model reads them.

Each blank within them becomes a mark (datamarking, as in Hines et al. 2024, "Defending Against Indirect Prompt Injection Attacks With
Spotlighting"), and they stand between two lines that name a hash of theirs, which nobody can write into a text beforehand. The rule that is
easy to break: marking changes no length, so that a place in the marked text is the same place in the masked text.
"""

from __future__ import annotations

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.methods.personal_data.masking import without_tokens

MARK = "\u02c6"
LONGEST_TEXT = 4_000
"""Code points of one text; a longer one is not cut but left to people, because what is cut off might turn its meaning round."""

_STAND_IN = "^"
_HASH_DIGITS = 12


def is_short_enough(masked_text: str) -> bool:
    """Whether a model may be asked about the text."""
    return len(masked_text) <= LONGEST_TEXT


def marked(text: str) -> str:
    """The text with a mark for each blank and control character; marks that it had itself are others now."""
    return "".join(MARK if c.isspace() or not c.isprintable() else _STAND_IN if c == MARK else c for c in text)


def unmarked(said: str) -> str:
    """What a model quoted, with blanks for marks."""
    return said.replace(MARK, " ")


def with_plain_blanks(text: str) -> str:
    """The text as long as it was, each blank or control character a space: what a quotation is looked for in."""
    return "".join(" " if c.isspace() or not c.isprintable() else _STAND_IN if c == MARK else c for c in text)


def text_hash_of(masked_text: str) -> str:
    """The hash under which `silver_fragment` knows the text."""
    return content_hash(without_tokens(masked_text))


def delimited(masked_text: str) -> str:
    """The marked text between its two lines, placeholders without their tokens."""
    seen = without_tokens(masked_text)
    name = content_hash(seen)[:_HASH_DIGITS]
    return f"<<<text {name}\n{marked(seen)}\ntext {name}>>>"
