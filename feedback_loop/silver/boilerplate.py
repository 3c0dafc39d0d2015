"""Boilerplate: lines that end or begin one customer's mails again and again, which no list of phrases can know.

Here: what of each message goes besides quotes, signatures and disclaimers. Those are `methods.mail.replies`. The rule that is easy to
break: whoever complains three times in the same words must be heard each time. So a block goes only where it ends (or begins) at least
three messages whose other words differ, where enough of those words stay, and where none of its lines asks or speaks in the first person.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import BOILERPLATE_DAYS, TABLES
from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.silver.units import WRITTEN_AS_MAIL, stripped

IS_MAIL = pl.col("customer_id").is_not_null() & pl.col("channel").is_in(sorted(WRITTEN_AS_MAIL))
"""Whether a record may be compared: of a channel that is written as mail, by a known customer."""
_HAS_LINES = pl.col("text").str.contains(r"\S[ \t]*[\r\n]\s*\S")
MIN_MESSAGES = 3
MIN_OTHER_WORDS = 4
INPUT = ("record_id", "customer_id", "channel", "event_date", "text")
"""The columns that messages are compared by, beside the spans that are removed of each."""
REMOVED = pa.schema([TABLES["silver_message"].schema.field(name) for name in ("record_id", "removed_spans")])

_MAX_BLOCK_LINES, _MAX_BLOCK_CHARS = 12, 2_000
_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOKEN = re.compile(r"[^\W\d_]+")
_INVITATION = re.compile(r"\b(?:visit|follow|join|meet|find|about) us\b")
_OF_THEMSELVES = """
i my me mine we us our please pls ich mein meine meinen meiner meinem mir mich wir uns unser unsere bitte je j mon ma mes moi nous nos
notre svp yo mi mis nosotros nuestro nuestra eu meu minha nós io mio mia noi ik mijn wij ons jag min vi я мой моя мы mujhe mera meri mere
"""
_FIRST_PERSON = frozenset(_OF_THEMSELVES.split())
"""Who says one of these speaks of themselves, or asks for something."""

Span = tuple[int, int]


class _Line(NamedTuple):
    """A line of a customer's own words: text[start:end], and what of it is compared."""

    start: int
    end: int
    said: str


class _Message(NamedTuple):
    record_id: str
    day: date
    lines: list[_Line]
    removed: list[dict[str, Any]]
    length: int


class _Block(NamedTuple):
    """The first or last lines of a message, and its other lines, each by its words."""

    at_end: bool
    said: tuple[str, ...]
    others: tuple[str, ...]


def compared(records: pl.DataFrame) -> pl.DataFrame:
    """The columns INPUT of the records that are compared: of several lines, written as mail, by a known customer who wrote enough."""
    several = records.filter(IS_MAIL & _HAS_LINES)
    return several.filter(pl.len().over("customer_id") >= MIN_MESSAGES).select(INPUT)


def stripped_mails(records: pa.RecordBatch) -> pa.RecordBatch:
    """What quotes, signatures and disclaimers take of each record: rows of REMOVED in the records' order."""
    texts, channels = (records.column(name).to_pylist() for name in ("text", "channel"))
    spans = [[span._asdict() for span in stripped(text, channel).removed] for text, channel in zip(texts, channels, strict=True)]
    return pa.RecordBatch.from_arrays([records.column("record_id"), pa.array(spans, REMOVED.field("removed_spans").type)], schema=REMOVED)


def boilerplate(messages: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The messages of the days that lose boilerplate, with all their `removed_spans`, ascending: those given and those of boilerplate.

    `messages` are those that are `compared`, with their `removed_spans`, of the days and the `BOILERPLATE_DAYS - 1` before them, at least
    for each customer of the days; of spans that are given as boilerplate already, nothing is read.
    """
    found = [row for group in _by_customer(messages) for row in _rows(group, days)]
    return pl.DataFrame(found, schema=pl.Schema(REMOVED), orient="row").sort("record_id")


def _by_customer(messages: pl.DataFrame) -> Iterator[list[_Message]]:
    """The messages of each customer, in order of time."""
    ordered = messages.select(*INPUT, "removed_spans").sort("customer_id", "event_date", "record_id")
    for _, rows in groupby(ordered.iter_rows(named=True), key=lambda row: row["customer_id"]):
        yield [_message(row) for row in rows]


def _message(row: Mapping[str, Any]) -> _Message:
    text: str = row["text"]
    removed = [span for span in row["removed_spans"] or [] if span["kind"] != RemovedKind.BOILERPLATE]
    lines = [line for start, end in _between(removed, len(text)) for line in _lines(text, start, end)]
    return _Message(row["record_id"], row["event_date"], lines, removed, len(text))


def _between(removed: Iterable[Mapping[str, Any]], length: int) -> Iterator[Span]:
    position = 0
    for span in removed:
        yield position, span["start"]
        position = span["end"]
    yield position, length


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    for match in _LINE.finditer(text, start, end):
        if said := " ".join(match[0].split()).casefold():
            yield _Line(match.start(), match.end(), said)


def _rows(group: Sequence[_Message], days: DayRange) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of the group's messages that lose something; the group is one customer's and ascends by day."""
    seen: defaultdict[tuple[bool, tuple[str, ...]], dict[tuple[str, ...], date]] = defaultdict(dict)
    ends = [Counter(message.lines[end].said for message in group if message.lines) for end in (0, -1)]
    for day, told in groupby(group, key=lambda message: message.day):
        blocks = [(message, [*_blocks(message.lines, at_end, ends[at_end])]) for message in told for at_end in (False, True)]
        for _, found in blocks:
            for block in found:
                _remember(seen[block[:2]], block.others, day)
        if day in days:
            first = day - timedelta(days=BOILERPLATE_DAYS - 1)
            sizes = [max((len(b.said) for b in found if _recurs(seen[b[:2]], first)), default=0) for _, found in blocks]
            for (message, _), at_start, at_end in zip(blocks[::2], sizes[::2], sizes[1::2], strict=True):
                if at_start or at_end:
                    yield message.record_id, _removed(message, at_start, at_end)


def _remember(others: dict[tuple[str, ...], date], said: tuple[str, ...], day: date) -> None:
    """Keeps the latest days on which a block stood with different other words: no more of them than are asked for."""
    others.pop(said, None)
    others[said] = day
    if len(others) > MIN_MESSAGES:
        del others[next(iter(others))]


def _recurs(others: dict[tuple[str, ...], date], first: date) -> bool:
    return sum(last >= first for last in others.values()) >= MIN_MESSAGES


def _blocks(lines: Sequence[_Line], at_end: bool, counts: Counter[str]) -> Iterator[_Block]:
    """The blocks at one end of a message that say nothing in the first person and leave enough other words."""
    said = tuple(line.said for line in lines)
    if not said or counts[said[-at_end]] < MIN_MESSAGES:
        return
    for size in range(1, min(_MAX_BLOCK_LINES, len(said) - 1) + 1):
        block, others = (said[-size:], said[:-size]) if at_end else (said[:size], said[size:])
        if _speaks(said[-size if at_end else size - 1]) or sum(map(len, block)) > _MAX_BLOCK_CHARS or not _has_words(others):
            return
        yield _Block(at_end, block, others)


def _speaks(said: str) -> bool:
    """Whether a line asks, or speaks in the first person; `visit us` does not."""
    return "?" in said or "？" in said or not _FIRST_PERSON.isdisjoint(_TOKEN.findall(_INVITATION.sub("", said) if " us" in said else said))


def _has_words(lines: Iterable[str]) -> bool:
    """Whether enough is left to be a complaint."""
    count = 0
    for line in lines:
        count += len(_WORD.findall(line))
        if count >= MIN_OTHER_WORDS:
            return True
    return False


def _removed(message: _Message, at_start: int, at_end: int) -> list[dict[str, Any]]:
    """The spans given and those of so many lines at either end; at the end alone where both would leave too little."""
    if at_start and at_end and not _has_words(line.said for line in message.lines[at_start : len(message.lines) - at_end]):
        at_start = 0
    added = [(0, message.lines[at_start - 1].end)] if at_start else []
    return _merged(message, added + ([(message.lines[-at_end].start, message.length)] if at_end else []))


def _merged(message: _Message, added: Sequence[Span]) -> list[dict[str, Any]]:
    """The spans given, and what of the added ones lies between them."""
    spans = list(message.removed)
    for start, end in _between(message.removed, message.length):
        spans += [
            {"start": max(start, a), "end": min(end, b), "kind": RemovedKind.BOILERPLATE.value}
            for a, b in added
            if max(start, a) < min(end, b)
        ]
    return sorted(spans, key=lambda span: (span["start"], span["end"]))
