"""Chats as turns, one JSON object a line: `conversation_id, turn_id, at, text`, and `role` or `author` of who wrote it.

`turn_id`, `role`, `customer_id`, `customer_name`, `customer_email`, `language`, `product_version` and `is_internal` may be missing. One
conversation of a file is one record: the customer's turns are the text, a line a turn, those of others context; internal notes are
neither, and turns of nobody knows whom are context. Turns may be interleaved with those of others, come twice or in any order. The record
is named by its conversation and by the first of its turns, which is how nothing is lost: a later file that begins with the same turn and
goes on is a newer version; one that brings other turns is another record of the same `thread_id`. The rule that is easy to break: memory
is bounded, so the chat that has been silent longest is closed when too much is open, and what still comes of it is another record too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.records import FeedbackRecord, RejectedRow
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.json_lines import line_rows, parsed_object, too_long
from feedback_loop.sources.lines import text_lines, without_end
from feedback_loop.sources.reading import MAX_ROW_BYTES, Problem, Reading, Row, RowRefused
from feedback_loop.sources.speakers import Side, side_of
from feedback_loop.sources.values import Values

SOURCE = "chats"
_KNOWN_FIELDS = """
conversation_id turn_id at text role author is_internal customer_id customer_name customer_email language product_version
"""
KNOWN_FIELDS = frozenset(_KNOWN_FIELDS.split())
MAX_OPEN_BYTES = 64 * 1024 * 1024
"""Of lines whose conversations may still go on."""

_OF_CUSTOMER = ("customer_id", "customer_name", "customer_email", "language", "product_version")


@dataclass(frozen=True)
class _Turn:
    """One line: who said what when; `told` are the values of the whole chat that it names."""

    conversation_id: str
    turn_id: str | None
    at: datetime
    text: str
    author: str | None
    side: Side | None
    is_internal: bool
    told: dict[str, str]
    number: int
    raw: bytes

    @property
    def name(self) -> str:
        """Its own id, or one of what it says."""
        return self.turn_id or stable_id("turn", self.at, self.author, self.text)


@dataclass
class _Chat:
    """The turns of a conversation so far, in the order of the file."""

    turns: list[_Turn] = field(default_factory=list)
    size: int = 0

    def add(self, turn: _Turn) -> None:
        self.turns.append(turn)
        self.size += len(turn.raw)

    def said(self) -> list[_Turn]:
        """Each turn once, as the last line about it tells it, in the order of time."""
        latest = {turn.turn_id or turn.number: turn for turn in self.turns}
        return sorted(latest.values(), key=lambda turn: (turn.at, turn.number))


def read_chats(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record for each conversation of the file, and a rejected row for each line that is no turn and each chat without a customer."""
    lines, told = text_lines(stream, reading), reading.over_rows()
    chats: OrderedDict[str, _Chat] = OrderedDict()
    open_bytes = 0
    for number, (raw, is_rest) in enumerate(line_rows(lines), 1):
        try:
            turn = _turn(raw, number, is_rest=is_rest)
        except RowRefused as refusal:
            yield told.rejected(refusal.problem, raw, number)
            continue
        chat = chats.get(turn.conversation_id)
        if chat and chat.size + len(raw) > MAX_ROW_BYTES:
            open_bytes -= chat.size
            yield _record(chats.pop(turn.conversation_id), told)
        chats.setdefault(turn.conversation_id, _Chat()).add(turn)
        chats.move_to_end(turn.conversation_id)
        open_bytes += len(raw)
        while open_bytes > MAX_OPEN_BYTES:
            _, chat = chats.popitem(last=False)
            open_bytes -= chat.size
            yield _record(chat, told)
    yield from (_record(chat, told) for chat in chats.values())


def _turn(raw: bytes, number: int, *, is_rest: bool) -> _Turn:
    if is_rest:
        raise too_long()
    _, values = parsed_object(raw)
    author, role = read.word(values, "author"), read.word(values, "role")
    return _Turn(
        conversation_id=read.required_word(values, "conversation_id", QuarantineReason.MISSING_ID),
        turn_id=read.word(values, "turn_id"),
        at=read.instant(values, "at"),
        text=read.words(values, "text") or "",
        author=author,
        side=side_of(role) or side_of(author),
        is_internal=_is_true(values, "is_internal"),
        told=_told(values),
        number=number,
        raw=raw,
    )


def _told(values: Values) -> dict[str, str]:
    return {name: word for name in _OF_CUSTOMER if (word := read.word(values, name))}


def _is_true(values: Values, column: str) -> bool:
    found = values.get(column)
    if found is None or isinstance(found, bool):
        return bool(found)
    raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} is neither true nor false")


def _record(chat: _Chat, reading: Reading) -> FeedbackRecord | RejectedRow:
    turns = chat.said()
    known = {turn.author: turn.side for turn in turns if turn.author and turn.side}
    spoken = [(turn.side or known.get(turn.author or ""), turn) for turn in turns if not turn.is_internal and turn.text]
    own = [turn for side, turn in spoken if side is Side.CUSTOMER]
    first = min(turn.number for turn in chat.turns)
    if not own:
        problem = Problem(QuarantineReason.NOT_FEEDBACK, "no turn of the conversation is a customer's by its role or author")
        return reading.rejected(problem, b"".join(without_end(turn.raw) + b"\n" for turn in chat.turns), first)
    told = {name: value for turn in turns for name, value in turn.told.items()}
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=f"{turns[0].conversation_id}/{turns[0].name}",
        channel=Channel.CHAT,
        product=reading.product,
        occurred_at=own[0].at,
        text="\n".join(turn.text for turn in own),
        context_text="\n".join(turn.text for side, turn in spoken if side is not Side.CUSTOMER) or None,
        customer_id=told.get("customer_id"),
        customer_name=told.get("customer_name"),
        customer_email=told.get("customer_email"),
        declared_language=read.language(told, "language"),
        product_version=told.get("product_version"),
        thread_id=turns[0].conversation_id,
        raw_payload="\n".join(without_end(turn.raw).decode() for turn in chat.turns),
        source_file=reading.file_name,
        source_row_number=first,
    )
