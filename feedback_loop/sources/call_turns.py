"""Who said what in a recorded call, whatever wrote the transcript down, and which of them is the customer.

Here: turns to words of the customer and words of others. The transcripts are read by `call_webvtt` and `call_json`. The rule that is easy
to break: a call is refused where nobody is surely the customer, because an agent's words that were taken for a complaint are worse than
none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from math import isfinite
from typing import NamedTuple

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.reading import MAX_ROW_BYTES, RowRefused
from feedback_loop.sources.speakers import Side, side_of

CUSTOMER = "customer"
HOW_TO_TELL = 'say who is the customer: `customer: SPEAKER` in a NOTE of the WebVTT, or "call": {"customer": "SPEAKER"} in the JSON'

_LAST_NUMBER = re.compile(r"(\d{1,9})\s*\Z")


class Turn(NamedTuple):
    """Words of one speaker; where nobody knows whose they are, the speaker is empty."""

    start_seconds: float
    speaker: str
    text: str


class Transcript(NamedTuple):
    """A call: what its file says of it as a whole, by the names of the convention, and the turns."""

    payload: str
    told: dict[str, object]
    turns: list[Turn]


class CallWords(NamedTuple):
    """The words of the customer, a line a turn, and those of all others."""

    customer: str
    others: str


def seconds(written: object) -> float:
    """Seconds from the start of the recording; raises RowRefused where they are no number."""
    if isinstance(written, str | int | float) and not isinstance(written, bool):
        try:
            found = float(written)
        except (ValueError, OverflowError):
            found = float("nan")
        if isfinite(found):
            return found
    raise RowRefused(QuarantineReason.MALFORMED_ROW, "a start time is no number of seconds")


def words_of(turns: Iterable[Turn], named: Sequence[str]) -> CallWords:
    """The words by side; the customer is who is `named`, or else who has a customer's role; raises RowRefused where nobody is."""
    ordered = sorted((turn for turn in turns if turn.text.strip()), key=lambda turn: turn.start_seconds)
    if not ordered:
        raise RowRefused(QuarantineReason.NOT_FEEDBACK, "nobody says anything in the call")
    is_customer = _is_named(named) if named else _has_role
    spoken: dict[bool, list[str]] = {True: [], False: []}
    for speaker, run in groupby(ordered, key=lambda turn: turn.speaker):
        spoken[is_customer(speaker)].append(" ".join(turn.text.strip() for turn in run))
    if not spoken[True]:
        missing = "customer names nobody who speaks" if named else "no speaker has the role of a customer"
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"{missing}; {HOW_TO_TELL}")
    words = CallWords("\n".join(spoken[True]), "\n".join(spoken[False]))
    if len(words.customer) + len(words.others) > MAX_ROW_BYTES:
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, f"the call has more than {MAX_ROW_BYTES} characters")
    return words


def _has_role(speaker: str) -> bool:
    return side_of(speaker) is Side.CUSTOMER


def _is_named(named: Sequence[str]) -> Callable[[str], bool]:
    """Whether a speaker is one of those named; a number alone names the speaker or channel of that number."""
    names = {name.strip().casefold() for name in named}

    def is_named(speaker: str) -> bool:
        number = _LAST_NUMBER.search(speaker)
        return speaker.casefold() in names or (number is not None and number[1] in names)

    return is_named
