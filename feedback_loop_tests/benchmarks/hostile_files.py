"""Files made to fill the memory or the time of whoever lands them: `python -m feedback_loop_tests.benchmarks.hostile_files [--only WORD]`.

Each is written to a temporary folder, and landed (or read by `try`) in a process of its own, whose largest size beyond that of an idle one
is printed beside what became of the rows. Not here: many small hostile inputs (`fuzz`). Exits 1 where a file takes more than the limit of
memory or time, or ends in anything but rows that are accounted for or an error of one line.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.errors import FeedbackLoopError
from feedback_loop.workflows.ingest import land_file
from feedback_loop.workflows.try_files import read_texts
from feedback_loop_tests.fakes import FakeClock

MAX_EXTRA_MB, MAX_SECONDS = 1000, 240
_MB = 1024 * 1024
_HEAD = "source_record_id,channel,product,occurred_at,text\n"
_START = "r1,ticket,Acme,2026-01-01,"
_ROW = {"source_record_id": "r1", "channel": "ticket", "product": "Acme", "occurred_at": "2026-01-01", "text": "late"}

Write = Callable[[Path], None]


def _text(*parts: str | bytes) -> Write:
    """A file of these parts; one by one, so that writing it takes little memory."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for part in parts:
                file.write(part.encode() if isinstance(part, str) else part)

    return write


def _json(**changed: object) -> str:
    return json.dumps(_ROW | changed) + "\n"


def _parquet(make: Callable[[], dict[str, pa.Array]], **options: object) -> Write:
    """A file of the rows that these columns make, beside the columns of a good row; made when it is written, for it may be large."""

    def write(path: Path) -> None:
        columns = make()
        count = len(next(iter(columns.values())))
        given = {name: pa.DictionaryArray.from_arrays(pa.array(bytes(count), pa.int8()), [value]) for name, value in _ROW.items()}
        pq.write_table(pa.table(given | columns), path, compression="zstd", **options)

    return write


def _zipped(path: Path) -> None:
    with gzip.open(path, "wb", 1) as file:
        for _ in range(1000):
            file.write(bytes(_MB))


def _one_value(value: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(bytes(count), pa.int8()), [value])


def _measured_columns(count: int) -> dict[str, pa.Array]:
    return {"minute": _one_value("2026-01-01T00:00:00Z", count), "requests": pa.array(bytes(count)), "errors": pa.array(bytes(count))}


def _wide(path: Path) -> None:
    names = [f"c{number}" for number in range(20_000)]
    pq.write_table(pa.table({**{name: [1] for name in names}, **{name: [value] for name, value in _ROW.items()}}), path)


def _long_list(path: Path) -> None:
    items = pa.ListArray.from_arrays(pa.array([0, 60_000_000], pa.int32()), pa.nulls(60_000_000, pa.int8()))
    pq.write_table(pa.table({**{name: [value] for name, value in _ROW.items()}, "extra": items}), path, compression="zstd")


def _deep_struct(path: Path) -> None:
    value: pa.Array = pa.array([1])
    for _ in range(90):
        value = pa.StructArray.from_arrays([value], ["a"])
    pq.write_table(pa.table({**{name: [row] for name, row in _ROW.items()}, "extra": value}), path)


def hostile_files() -> Iterator[tuple[str, str, Write]]:
    """The name of each file, its suffix telling its form, the source that reads it (`try` for the command), and how it is written."""
    long, lines = "x" * _MB, (b"x" * 1023 + b"\n") * 1024
    for source in ("records", "try"):
        yield "one message of 50 MB.jsonl", source, _text(*_json(text="%").split("%")[:1], *[long] * 50, '"}\n', _json())
        yield "one message of 50 MB.csv", source, _text(_HEAD, _START, *[long] * 50, "\n", _START, "ok\n")
        yield "50 MB in quotes over many lines.csv", source, _text(_HEAD, _START, '"', *[lines] * 50, '"\n', _START, "ok\n")
        yield "a quote that never closes, 50 MB.csv", source, _text(_HEAD, *[f'{_START}"ok\n'] * 1_000_000)
        yield "a line of 300 MB.jsonl", source, _text(*[long] * 300)
        yield "a line of 300 MB.csv", source, _text(*[long] * 300)
        yield "300 MB of NUL.jsonl", source, _text(*[bytes(_MB)] * 300)
        yield "300 MB of NUL.csv", source, _text(_HEAD, *[bytes(_MB)] * 300)
        yield "a million columns.csv", source, _text(*["c,"] * 1_000_000, "\n")
        yield "a row of a million columns.csv", source, _text(_HEAD, *["c,"] * 500_000, "\n", *[",", "\n"] * 1000)
        yield "10 MB of blank lines.csv", source, _text(_HEAD, *[b"\n" * _MB] * 10)
        yield "JSON 100,000 levels deep.jsonl", source, _text('{"text":' + "[" * 100_000 + "]" * 100_000 + "}\n", _json())
        yield "JSON 900 levels deep.jsonl", source, _text('{"text": "a", "x":' + "[" * 900 + "]" * 900 + "}\n", _json())
        yield "a million names in one object.jsonl", source, _text("{" + ",".join(f'"{n}":1' for n in range(90_000)) + "}\n", _json())
        yield "a number of a million digits.jsonl", source, _text('{"text": ' + "1" * 1_000_000 + "}\n", _json())
        yield "gzip of 1 GB.jsonl", source, _zipped
        yield "UTF-16.csv", source, _text(_HEAD.encode("utf-16"))
    yield "one value of 50 MB, 1,000 times.parquet", "records", _parquet(lambda: {"text": _one_value("x" * 50 * _MB, 1000)})
    yield "one value of 1 MB, 100,000 times.parquet", "records", _parquet(lambda: {"text": _one_value("x" * (_MB - 999), 100_000)})
    yield (
        "values of 1 MB, measured.parquet",
        "telemetry",
        _parquet(lambda: {"service": _one_value("x" * _MB, 100_000)} | _measured_columns(100_000)),
    )
    yield (
        "a page of 1.5 GB.parquet",
        "records",
        _parquet(lambda: {"text": pa.array([b"x" * 1500 * _MB], pa.large_binary())}, use_dictionary=False),
    )
    yield (
        "20 million equal rows.parquet",
        "records",
        _parquet(lambda: {"extra": pa.nulls(20_000_000, pa.int8())}, row_group_size=20_000_000),
    )
    yield "a list of 60 million.parquet", "records", _long_list
    yield "20,000 columns.parquet", "records", _wide
    yield "structs 90 levels deep.parquet", "records", _deep_struct
    yield "cut off.parquet", "records", _text(b"PAR1" + bytes(1000) + b"\xff\xff\xff\x7fPAR1")
    yield "front matter of 1 MB.md", "documents", _text("---\n", "a: [b, {c: d}]\n" * 60_000, "---\ntext\n")
    yield "50 MB.md", "documents", _text("---\n", *[long] * 50)


def _ingest(source: str, path: Path) -> None:
    """Lands the file in this process and prints what became of it."""
    started = time.perf_counter()
    try:
        if source == "try":
            outcome = f"{len(read_texts(path))} texts"
        elif source == "idle":
            outcome = ""
        else:
            store = DeltaTableStore(path.parent / "tables", path.parent / "locks")
            report = land_file(source, path, None, store, FakeClock())
            outcome = f"read {report.read:,} = {report.landed:,} + {report.duplicates:,} + {report.quarantined:,}"
    except FeedbackLoopError as error:
        outcome = f"refused: {error}".replace(str(path.parent) + "/", "")
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MB
    print(json.dumps({"outcome": outcome, "seconds": time.perf_counter() - started, "megabytes": peak}))


def _child(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own; this one stays small, because a process inherits the largest size of the one that started it."""
    command = [sys.executable, "-m", "feedback_loop_tests.benchmarks.hostile_files", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=MAX_SECONDS, check=False)


def _measured(source: str, path: Path) -> tuple[str, float, float]:
    try:
        done = _child("--ingest", source, str(path))
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return f"CRASH: no end after {MAX_SECONDS} s", 0.0, float(MAX_SECONDS)
    except ValueError:
        return f"CRASH: {done.returncode} {done.stderr[-200:]}", 0.0, 0.0
    return told["outcome"], told["megabytes"], told["seconds"]


def measure(only: str) -> tuple[list[tuple[str, ...]], bool]:
    """A row for each file whose name holds the word, and whether all stayed within the limits."""
    rows: list[tuple[str, ...]] = []
    is_fine = True
    with tempfile.TemporaryDirectory() as folder:
        _, idle, _ = _measured("idle", Path(folder))
        for number, (name, source, _) in enumerate(hostile_files()):
            if only not in name and only != source:
                continue
            place = Path(folder) / str(number)
            place.mkdir()
            done = _child("--write", str(number), str(place / name))
            if done.returncode:
                raise SystemExit(f"{name} could not be written: {done.stderr[-500:]}")
            size = (place / name).stat().st_size / _MB
            outcome, peak, seconds = _measured(source, place / name)
            (place / name).unlink()
            is_good = not outcome.startswith("CRASH") and "\n" not in outcome and peak - idle <= MAX_EXTRA_MB
            is_fine &= is_good
            print(f"{name}: {outcome[:80]}", file=sys.stderr)
            rows.append((name, source, f"{size:.1f}", f"{peak - idle:.0f}", f"{seconds:.1f}", outcome, "yes" if is_good else "NO"))
    return rows, is_fine


def main() -> None:
    """Prints the table; exits 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="files whose name holds this word, or of this source")
    parser.add_argument("--ingest", nargs=2, metavar=("SOURCE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, metavar=("NUMBER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        return list(hostile_files())[int(options.write[0])][2](Path(options.write[1]))
    if options.ingest:
        return _ingest(options.ingest[0], Path(options.ingest[1]))
    rows, is_fine = measure(options.only)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "polars", "deltalake"))
    table = Table("file", "source", "MB", "extra MB", "s", "outcome", "fine", title=f"{libraries}, Python {platform.python_version()}")
    for row in rows:
        table.add_row(*row)
    Console(width=200).print(table)
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
