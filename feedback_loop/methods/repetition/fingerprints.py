"""Two hashes of a masked text: one for its exact form, one for what is left without case, blanks and punctuation.

Here: what counts as the same text. Which fragments are duplicates of one another (customer, product, window) is `silver.deduplicate`.
The rule that is easy to break: only the standard library's casefold and Unicode tables feed these hashes, as other engines disagree.
"""

from __future__ import annotations

import re
import unicodedata

from feedback_loop.contracts.identifiers import content_hash

_DROPPED = frozenset("PZC")
_WITHIN_NUMBERS = re.compile(r"(?<=\d)([.,:/-])(?=\d)")
_VARIATION_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400)])


def text_hash(masked_text: str) -> str:
    """SHA-256 of the masked text in 64 hexadecimal digits; equal text, equal hash, and nothing else."""
    return content_hash(masked_text)


def fingerprint(masked_text: str) -> str:
    """SHA-256 in 64 hexadecimal digits, the same for texts that differ in case, blanks and punctuation alone."""
    return content_hash(canonical(masked_text) or masked_text)


def canonical(masked_text: str) -> str:
    """The letters, marks, digits and symbols of the text, casefolded; emoji count, their skin tones do not."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", masked_text).casefold()).translate(_VARIATION_SELECTORS)
    if folded.isalnum():
        return folded
    parts = _WITHIN_NUMBERS.split(folded)
    parts[::2] = [part.translate(_KEPT) for part in parts[::2]]
    return "".join(parts)


class _Kept(dict[int, int | None]):
    """For `str.translate`: drops marks, blanks and control characters; a code point is looked up in the Unicode tables once."""

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        self[code] = code if char.isalnum() or unicodedata.category(char)[0] not in _DROPPED else None
        return self[code]


_KEPT = _Kept()
