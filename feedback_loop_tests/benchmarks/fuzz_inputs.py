"""Random and mutated inputs for `fuzz`: texts, and files of every source and form, each from a seed and a number alone.

Here: what is mutated and how. What must hold of an input is `fuzz_steps`; who runs them is `fuzz`. The rule that is easy to break: an input
depends on its seed and number only, so that a finding can be made again.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

from feedback_loop_tests.benchmarks.fuzz_corpus import BYTES, DOCUMENT, ROWS, TEXTS, TOKENS, VALUES
from feedback_loop_tests.benchmarks.fuzz_files import FILES
from feedback_loop_tests.sources.vendor_mutations import changed_values

LONGEST = 100_000
_CHANGE_COUNTS = (0, 1, 1, 1, 2, 2, 3, 4, 6, 8)


def a_text(seeded: random.Random) -> str:
    """A text: tokens in a row, or a known text changed at some places; one of a hundred is long."""
    is_known = seeded.random() < 0.6
    text = seeded.choice(TEXTS) if is_known else seeded.choice(("", " ")).join(seeded.choices(TOKENS, k=seeded.randint(0, 14)))
    for _ in range(seeded.choice(_CHANGE_COUNTS)):
        text = seeded.choice(_TEXT_CHANGES)(text, seeded)
    if seeded.random() < 0.01:
        text += _block(seeded) * seeded.randint(100, 20_000)
    return text[:LONGEST]


def a_file(source: str, form: str, seeded: random.Random) -> bytes:
    """Bytes of such a file, mostly near to a good one."""
    if seeded.random() < 0.03:
        return seeded.randbytes(seeded.randint(0, 200))
    if (source, form) in FILES and form in ("page", "jsonl") and seeded.random() < 0.5:
        return _with_strange_values(seeded.choice(FILES[source, form]), form, seeded)[:LONGEST]
    data = _good_file(source, form, seeded)
    for _ in range(seeded.choice(_CHANGE_COUNTS)):
        data = seeded.choice(_BYTE_CHANGES)(data, seeded)
    return data[:LONGEST]


def _good_file(source: str, form: str, seeded: random.Random) -> bytes:
    if form == "markdown":
        return DOCUMENT
    if (source, form) in FILES:
        return seeded.choice(FILES[source, form])
    rows = [dict(ROWS[source]) for _ in range(seeded.randint(1, 3))]
    for row in rows:
        if seeded.random() < 0.5:
            row[seeded.choice(list(row))] = a_text(seeded)[:2000] if seeded.random() < 0.5 else seeded.choice(VALUES)
    if form == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    texts = [{name: _cell(value) for name, value in row.items()} for row in rows]
    return _csv(texts) if form == "csv" else _parquet(texts, seeded)


def _with_strange_values(sound: bytes, form: str, seeded: random.Random) -> bytes:
    """The JSON of a vendor, still whole, with one to three values that are strange, or left out."""
    documents = [json.loads(one) for one in ([sound] if form == "page" else sound.splitlines())]
    for _ in range(seeded.choice((1, 1, 2, 3))):
        at = seeded.randrange(len(documents))
        [documents[at]] = changed_values(documents[at], seeded.randrange(2**32), 1) if documents[at] else [documents[at]]
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def _cell(value: object) -> str:
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace").decode()


def _csv(rows: list[dict[str, str]]) -> bytes:
    page = io.StringIO()
    writer = csv.DictWriter(page, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode()


def _parquet(rows: list[dict[str, str]], seeded: random.Random) -> bytes:
    page = pa.BufferOutputStream()
    codec = seeded.choice(("none", "zstd", "gzip", "snappy"))
    pq.write_table(pa.Table.from_pylist(rows), page, compression=codec, use_dictionary=seeded.random() < 0.5)
    return bytes(page.getvalue())


def _block(seeded: random.Random) -> str:
    return "".join(seeded.choices(TOKENS, k=seeded.randint(1, 3)))


def _span(length: int, seeded: random.Random) -> tuple[int, int]:
    start = seeded.randint(0, length)
    return start, min(length, start + int(seeded.expovariate(0.1)))


def _inserted(text: str, seeded: random.Random) -> str:
    at = seeded.randint(0, len(text))
    return text[:at] + seeded.choice(TOKENS) + text[at:]


def _dropped(text: str, seeded: random.Random) -> str:
    start, end = _span(len(text), seeded)
    return text[:start] + text[end:]


def _repeated(text: str, seeded: random.Random) -> str:
    start, end = _span(len(text), seeded)
    return text[:end] + text[start:end] * seeded.randint(1, 30) + text[end:]


def _spliced(text: str, seeded: random.Random) -> str:
    other = seeded.choice(TEXTS)
    return text[: seeded.randint(0, len(text))] + other[seeded.randint(0, len(other)) :]


def _flipped(text: str, seeded: random.Random) -> str:
    data = _bits(text.encode("utf-8", "surrogatepass"), seeded)
    return data.decode("utf-8", seeded.choice(("replace", "surrogateescape", "ignore")))


def _any_character(text: str, seeded: random.Random) -> str:
    at = seeded.randint(0, len(text))
    return text[:at] + chr(seeded.choice((seeded.randint(0, 0x2FF), seeded.randint(0, 0xFFFF), seeded.randint(0, 0x10FFFF)))) + text[at:]


def _misread(text: str, seeded: random.Random) -> str:
    encoding = seeded.choice(("latin-1", "cp1252", "cp1251", "mac_roman"))
    return text.encode("utf-8", "surrogatepass").decode(encoding, "replace")


_TEXT_CHANGES: list[Callable[[str, random.Random], str]] = [
    *(_inserted, _inserted, _inserted, _dropped, _repeated, _spliced, _flipped, _any_character, _misread)
]


def _bits(data: bytes, seeded: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(seeded.randint(1, 4) if changed else 0):
        changed[seeded.randrange(len(changed))] ^= 1 << seeded.randrange(8)
    return bytes(changed)


def _with_bytes(data: bytes, seeded: random.Random) -> bytes:
    at = seeded.randint(0, len(data))
    return data[:at] + seeded.choice(BYTES) + data[at + seeded.choice((0, 0, 1, 4)) :]


def _without_bytes(data: bytes, seeded: random.Random) -> bytes:
    start, end = _span(len(data), seeded)
    return data[:start] + data[end:]


def _repeated_bytes(data: bytes, seeded: random.Random) -> bytes:
    start, end = _span(len(data), seeded)
    return data[:end] + data[start:end] * seeded.choice((1, 2, 30, 1000)) + data[end:]


def _cut_off(data: bytes, seeded: random.Random) -> bytes:
    return data[: seeded.randint(0, len(data))]


def _twice(data: bytes, seeded: random.Random) -> bytes:
    return data + data[seeded.randint(0, len(data)) :]


_BYTE_CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    _bits,
    _bits,
    _with_bytes,
    _with_bytes,
    _without_bytes,
    _repeated_bytes,
    _cut_off,
    _twice,
]
