"""The files of `feedback-loop try`: texts and labelled texts in, answers out, CSV or JSON lines by the file's suffix.

What a stage answers is in `try_texts`, `try_classify` and `try_cluster`. The rules that are easy to break: an answer carries the text's own
id, or its row number (1 first) where the file gives none; a message names the row, never its words; an output file is there whole or not
at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import BadInput, InputColumnsMissing, InputFileMissing, UnreadableFile
from feedback_loop.sources.csv_rows import split_rows
from feedback_loop.sources.csv_table import take_header
from feedback_loop.sources.lines import text_lines, without_end
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading

Answer = dict[str, Any]

_JSON_LINES, _CSV = (".jsonl", ".ndjson"), (".csv",)
_LINE_ENDS = str.maketrans({c: f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"})
"""Letters to JSON, line ends to many readers; they only occur within strings and are escaped there."""

_ONE_OBJECT = 'is no JSON object. Each line must be one, such as {"text_id": "1", "text": "…"}'


@dataclass(frozen=True)
class TextRow:
    """One text with the id that its answer will carry; `values` are all fields of its row."""

    text_id: str | int
    text: str
    values: Mapping[str, object]


def read_texts(path: Path, required: tuple[str, ...] = ("text",), bare: AbstractSet[str] = frozenset()) -> list[TextRow]:
    """The rows of the file, in order, at least one; raises BadInput, which names the row.

    A row with no other columns than the `bare` ones may lack its text, which is empty then; with others, that of the text may be misspelt.
    """
    if not path.is_file():
        raise InputFileMissing(path, "is a folder" if path.is_dir() else "no such file")
    suffix = path.suffix.lower()
    if suffix not in (*_CSV, *_JSON_LINES):
        raise UnreadableFile(path, f"texts are read from {', '.join((*_CSV, *_JSON_LINES))} files; convert or rename it")
    with path.open("rb") as stream:
        parsed = _csv_rows(stream, path, required, bare) if suffix in _CSV else _json_rows(stream, path)
        rows = [_text_row(path, number, values, bare) for number, values in enumerate(parsed, 1)]
    if not rows:
        raise UnreadableFile(path, "holds no row. Give it one text a row")
    return rows


def write_json_lines(path: Path, answers: Iterable[Mapping[str, object]]) -> None:
    """Writes one object a line, whatever a reader takes for the end of one."""
    _write(path, "".join(json.dumps(answer, ensure_ascii=False).translate(_LINE_ENDS) + "\n" for answer in answers))


def write_csv(path: Path, columns: Sequence[str], answers: Iterable[Mapping[str, object]]) -> None:
    """Writes a header and one row per answer."""
    page = io.StringIO()
    writer = csv.DictWriter(page, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(answers)
    _write(path, page.getvalue())


def check_output(path: Path, *inputs: Path | None) -> None:
    """Raises BadInput where the output can't be written, before anything is computed."""
    if path.is_dir():
        raise BadInput(f"{path}: is a folder. Name a file for --out.")
    _require_plain(path)
    if not path.resolve().parent.is_dir():
        raise BadInput(f"{path}: its folder does not exist. Make it first, or name another file for --out.")
    if any(given is not None and given.exists() and path.exists() and path.samefile(given) for given in inputs):
        raise BadInput(f"{path}: is also an input file. Name another file for --out.")


def has_half_pair(text: str) -> bool:
    """Whether the text holds half of a surrogate pair, as JSON may spell it, which no file can hold."""
    return any("\ud800" <= c <= "\udfff" for c in text)


def _csv_rows(stream: BinaryIO, path: Path, required: tuple[str, ...], bare: AbstractSet[str]) -> Iterator[dict[str, object]]:
    reading = Reading(source="try", file_name=str(path), form="csv")
    lines = text_lines(stream, reading)
    columns = take_header(lines, reading, tuple(name for name in required if name != "text" or not bare))
    if "text" not in columns and not set(columns) <= bare:
        raise InputColumnsMissing(path, ["text"], list(required))
    rows = (row for row in split_rows(lines, len(columns)) if not row.is_blank)
    for number, row in enumerate(rows, 1):
        if row.problem:
            advice = ". Save the file as UTF-8" if row.problem.reason is QuarantineReason.BROKEN_ENCODING else ""
            raise _bad_row(path, number, f"can't be read: {row.problem.detail}{advice}")
        yield dict(zip(columns, row.fields, strict=True))


def _json_rows(stream: BinaryIO, path: Path) -> Iterator[dict[str, object]]:
    lines = text_lines(stream, Reading(source="try", file_name=str(path), form="jsonl"))
    lines.drop_mark()
    number = 0
    # Split at LF alone: U+2028 and its like may stand within a JSON string.
    while line := lines.take():
        if line.strip():
            number += 1
            yield _json_row(line, path, number)


def _json_row(line: bytes, path: Path, number: int) -> dict[str, object]:
    if len(line) > MAX_ROW_BYTES:
        raise _bad_row(path, number, f"can't be read: longer than {MAX_ROW_BYTES} bytes")
    try:
        values = json.loads(without_end(line).decode("utf-8"))
    except UnicodeDecodeError:
        raise _bad_row(path, number, "is not UTF-8. Save the file as UTF-8") from None
    except (ValueError, RecursionError):
        raise _bad_row(path, number, _ONE_OBJECT) from None
    if not isinstance(values, dict):
        raise _bad_row(path, number, _ONE_OBJECT)
    return values


def _text_row(path: Path, number: int, values: dict[str, object], bare: AbstractSet[str]) -> TextRow:
    text, text_id = values.get("text"), values.get("text_id")
    if text is None and values.keys() <= bare:
        text = ""
    if not isinstance(text, str):
        raise _bad_row(path, number, "has no 'text'. Every row needs one; it may be empty")
    if text_id is not None and (not isinstance(text_id, str | int) or isinstance(text_id, bool)):
        raise _bad_row(path, number, "has a 'text_id' that is neither a text nor a whole number. Write it as text")
    if has_half_pair(f"{text}{text_id}"):
        raise _bad_row(path, number, "holds half of a surrogate pair, which UTF-8 can't write. Escape characters in full")
    return TextRow(number if text_id is None or text_id == "" else text_id, text, values)


def _bad_row(path: Path, number: int, what: str) -> UnreadableFile:
    return UnreadableFile(path, f"row {number} {what}")


def _require_plain(path: Path) -> None:
    # Replacing the name of a device, or a link to one such as /dev/stdout, would take it away from every program of the machine.
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise BadInput(f"{path}: is a link or a device. Name a plain file for --out.")


def _write(path: Path, content: str) -> None:
    _require_plain(path)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)  # a link of this name would have another file written
    try:
        draft.write_text(content, encoding="utf-8", newline="")
        os.replace(draft, path)  # noqa: PTH105 - atomic over an existing file, which the word says
    finally:
        draft.unlink(missing_ok=True)
