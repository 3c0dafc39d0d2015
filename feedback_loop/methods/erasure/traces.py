"""The strings by which erased people could still be found: which are looked for, and in which spellings they may stand in a file.

Here: choosing strings and spelling them. Searching files is an adapter's affair. The rules that are easy to break: what others said too
is no trace of anybody and is left out; and a text is looked for piece by piece, because statistics and logs keep the beginning of a value
only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import polars as pl

LEAST_TEXT, LEAST_ID = 20, 6
"""Characters from which a text, or an id, a name, an address, is looked for in bytes: shorter ones occur in anything."""

STEP = 5
"""Characters from one piece of a long text to the next: whatever quotes 24 characters of it in a row holds a whole piece."""

_INSTANT = re.compile(r"[\d:.+TZ /-]+")


def pieces(text: str) -> Iterator[str]:
    """Pieces of `LEAST_TEXT` characters all over the text, its end among them; nothing where it is too short or only tells a time."""
    whole = text.strip()
    if len(whole) < LEAST_TEXT or _INSTANT.fullmatch(whole):
        return
    yield from (whole[start : start + LEAST_TEXT] for start in range(0, len(whole) - LEAST_TEXT, STEP))
    yield whole[-LEAST_TEXT:]


def long_values(payload: str) -> Iterator[str]:
    """The texts within a JSON row that are long enough to be looked for; the row itself where it is no JSON."""
    try:
        yield from _texts(json.loads(payload))
    except (ValueError, RecursionError):
        yield payload


def said_by_nobody_else(strings: Iterable[str], others: Iterable[pl.Series]) -> list[str]:
    """The strings that stand in none of the others' texts, ascending."""
    left = sorted({text for text in strings if text})
    for texts in others:
        if left:
            found = texts.drop_nulls().str.extract_many(left, overlapping=True).explode().drop_nulls().unique()
            left = sorted(set(left) - set(found))
    return left


def spellings(text: str) -> list[bytes]:
    """The bytes as which the text may stand in a file: UTF-8, UTF-16, in CSV, and in JSON, which may lie within JSON."""
    in_json = {json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (True, False)}
    nested = {json.dumps(once, ensure_ascii=plain)[1:-1] for once in in_json for plain in (True, False)}
    in_csv = text.replace('"', '""')
    eight = {spelt.encode("utf-8", "surrogatepass") for spelt in (text, in_csv, *in_json, *nested)}
    return sorted(eight | {text.encode("utf-16-le", "surrogatepass"), text.encode("utf-16-be", "surrogatepass")})


def token_pattern(customer_id: str) -> re.Pattern[bytes]:
    """Finds the id as a word of its own in the bytes of a row, in any of its spellings: never within a longer id or an address."""
    spelt = b"|".join(re.escape(bytes_) for bytes_ in spellings(customer_id))
    return re.compile(rb"(?<![A-Za-z0-9_@\x80-\xff-])(?<![A-Za-z0-9]\.)(?:" + spelt + rb")(?![A-Za-z0-9_@\x80-\xff-])(?!\.[A-Za-z0-9])")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
