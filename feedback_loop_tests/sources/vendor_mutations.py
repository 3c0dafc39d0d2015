"""What no reader of a vendor's rows may do on spoilt bytes: crash. Seeded, so that a failure comes back."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from feedback_loop.contracts.records import Row
from feedback_loop.errors import BadInput
from feedback_loop.sources.reading import Reading, reading_again
from feedback_loop.sources.registry import source_named
from feedback_loop_tests.sources.rows import read, refusals

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**400, 1.5e308, "", " ", "x" * 2000, "\x00", "\ud800", "2026-13-45T00:00:00Z", "9" * 30, "NaN", [], {},
    [[]], [None], [1], ["a"], [{}], {"a": {}}, {"stringValue": 1}, "zenobia", "Zenobia Quux <zenobia@private.example>", ["zenobia"],
    {"zenobia": "zenobia"},
)  # fmt: skip
_BYTES = (b"\x00", b"\xff", b'"', b"{", b"}", b"[", b"]", b",", b"\\ud800", b"\n", b"1e999", b"NaN", b"")


def changed_values(sound: Any, seed: int, count: int) -> Iterator[Any]:
    """Copies of the document with one value of it made strange or left out."""
    drawn = random.Random(seed)
    for _ in range(count):
        document = copy.deepcopy(sound)
        holder, key = drawn.choice(list(_places(document)))
        if isinstance(holder, dict) and drawn.random() < 0.3:
            del holder[key]
        else:
            holder[key] = drawn.choice(STRANGE)
        yield document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def changed_bytes(sound: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Copies of the bytes with some of them replaced, or without their end."""
    drawn = random.Random(seed)
    for _ in range(count):
        at = drawn.randrange(len(sound))
        yield sound[:at] if drawn.random() < 0.2 else sound[:at] + drawn.choice(_BYTES) + sound[at + drawn.randrange(4) :]


def read_or_refuse(source: str, data: bytes, form: str) -> list[Row]:
    """The rows; none where the file is refused, in one line, which is a good outcome."""
    try:
        return read(source, data, form)
    except BadInput as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - the refusal is one of two good outcomes
        return []


def never_crashes(
    source: str, sound: Any, form: str = "page", write: Callable[[Any], bytes] = lambda one: json.dumps(one).encode()
) -> None:
    """Reads many spoilt copies; each refused row read again from quarantine is refused again for the same reason."""
    spoilt = [*map(write, changed_values(sound, 1, 150)), *changed_bytes(write(sound), 2, 150)]
    for data in spoilt:
        for row in refusals(read_or_refuse(source, data, form)):
            again = reading_again(source, "f", row.reader_options)
            after = refusals(list(source_named(source).read(io.BytesIO(row.raw_bytes), again)))
            assert [(one.reason, one.quarantine_id) for one in after] == [(row.reason, row.quarantine_id)], (row, after)


def mended(source: str, row_bytes: bytes, options: str) -> list[Row]:
    """The rows of bytes that lay in quarantine and were mended there."""
    reading: Reading = reading_again(source, "f", options)
    return list(source_named(source).read(io.BytesIO(row_bytes), reading))
