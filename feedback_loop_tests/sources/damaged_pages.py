"""Pages of vendors that were damaged: a field gone, of another type or hostile, a byte changed, an end missing; drawn by a seed."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow
from feedback_loop.errors import BadInput
from feedback_loop.sources.reading import reading_again
from feedback_loop.sources.registry import source_named
from feedback_loop_tests.sources.rows import read

HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**40, 1e308, "", " ", "x", "\x00", "\ud800", "9" * 400, "<b>", "2026-13-40", [], [None], [[]], [{}], {},
    {"a": 1}, ["x"], {"id": {}}, "a" * 2000,
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value within the node."""
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, value in steps:
        yield (*path, step)
        yield from places(value, (*path, step))


def changed(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The node with another value at the path."""
    found = copy.deepcopy(node)
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return found


def without(node: Any, path: tuple[Any, ...]) -> Any:
    """The node without what stands at the path."""
    found = copy.deepcopy(node)
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return found


def damaged(page: Any, count: int, seed: int = 7) -> Iterator[bytes]:
    """As many damaged pages, each in one or two places."""
    chance = random.Random(seed)
    spots = list(places(page))
    for _ in range(count):
        spot, kind = chance.choice(spots), chance.randrange(4)
        node = without(page, spot) if kind == 0 else changed(page, spot, chance.choice(HOSTILE)) if kind < 3 else page
        raw = json.dumps(node).encode()
        if chance.random() < 0.3:
            at = chance.randrange(len(raw))
            raw = chance.choice((raw[:at], raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :], raw[:at] + b"[" * 5000 + raw[at:]))
        yield raw


def read_or_refused(source: str, raw: bytes, form: str = "page") -> list[FeedbackRecord | RejectedRow]:
    """The rows, each of them a record or a rejected row that is refused again for the same reason; none where the page is refused."""
    try:
        rows = read(source, raw, form)
    except BadInput as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - the refusal is one of two good outcomes
        return []
    found = [row for row in rows if isinstance(row, FeedbackRecord | RejectedRow)]
    assert len(found) == len(rows)
    for row in found:
        if isinstance(row, FeedbackRecord):
            assert row.record_version_id
            row.raw_payload.encode()
        else:
            assert "\n" not in row.detail
            assert read_again(row)[0] == row
    return found


def read_again(row: RejectedRow, raw: bytes | None = None) -> list[Any]:
    """What comes of a quarantined row, or of the row as somebody mended it, when it is read alone."""
    again = reading_again(row.source, row.source_file, row.reader_options)
    found = list(source_named(row.source).read(io.BytesIO(row.raw_bytes if raw is None else raw), again))
    return [_moved(one, row.source_row_number) for one in found]


def _moved(one: Any, number: int) -> Any:
    return replace(one, source_row_number=number)
