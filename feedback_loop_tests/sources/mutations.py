"""Bytes changed at a few places, by a seed: what a parser has to survive."""

from __future__ import annotations

import random
from collections.abc import Iterator

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow
from feedback_loop.errors import InputColumnsMissing, UnreadableFile
from feedback_loop_tests.sources.rows import read

_INSERTED = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b'"',
    b"\n",
    b"\r",
    b"<",
    b"{",
    b"[",
    b"}",
    b"]",
    b",",
    b"9" * 400,
    b"null",
    b"=?",
    b"--",
    b":",
    b"1e999",
)


def mutated(raw: bytes, seed: int, count: int) -> Iterator[bytes]:
    """So many changed copies."""
    rng = random.Random(seed)
    for _ in range(count):
        changed = bytearray(raw)
        for _ in range(rng.randint(1, 4)):
            at, length = rng.randrange(len(changed) + 1), rng.choice((0, 0, 1, 1, 8, 60))
            changed[at : at + length] = rng.choice((*_INSERTED, bytes([rng.randrange(256)]), b"", bytes(changed[at : at + 30])))
        yield bytes(changed)


def survives(source: str, raw: bytes, form: str, count: int = 150) -> int:
    """How many of the changed copies were read or refused as a whole; any other end raises."""
    for one in mutated(raw, 9, count):
        try:
            rows = read(source, one, form)
        except (UnreadableFile, InputColumnsMissing) as refusal:
            assert "\n" not in str(refusal)  # noqa: PT017 - the refusal is one of two good outcomes
            continue
        for row in rows:
            assert isinstance(row, FeedbackRecord | RejectedRow), row
            if isinstance(row, FeedbackRecord):
                "".join(filter(None, [row.text, row.context_text, row.raw_payload, row.source_record_id])).encode()
                assert row.record_version_id
            else:
                assert "\n" not in row.detail
    return count
