"""All marginals up to order three of many complaints: `python -m feedback_loop_tests.benchmarks.marginals [--rows N] [WAY …]`.

Rows of eight text columns stand in a Parquet file; each way reads, codes and counts them in a process of its own, and says how many cells
it found, its CPU seconds over all threads, and its peak memory with everything that it imported. Not here: that the counts are exact
(`methods/diagnosis/test_marginals`). Made-up columns lean on each other and have popular values, as those of customers do.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.methods.diagnosis.coding import Codes, coded_column, values_in
from feedback_loop.methods.diagnosis.marginals import count_rows, marginals

SIZES = {"version": 60, "os": 12, "device": 40, "region": 30, "tier": 4, "flag": 20, "language": 24, "area": 8}
"""Known values of each dimension; "unknown" comes on top."""

SETS = [chosen for order in (1, 2, 3) for chosen in combinations(SIZES, order)]
_UNKNOWN_SHARE = 0.05
_SEED = 20_261_130
Found = tuple[int, float, float]
"""Cells that hold something, CPU seconds of reading and coding, and of counting."""


def write_rows(path: Path, count: int) -> None:
    """Complaints whose values are popular by a power law, half of them told by the column before."""
    rng = np.random.default_rng(_SEED)
    columns, before = {}, np.zeros(count, np.uint16)
    for name, size in SIZES.items():
        share = 1 / np.arange(1, size + 1) ** 0.8
        code = np.searchsorted(np.cumsum(share / share.sum()), rng.random(count)).clip(max=size - 1).astype(np.uint16)
        code = np.where(rng.random(count) < 0.5, before % size, code)
        values = pl.Series([f"{name}-{n:02}" for n in range(size)])
        known = values.gather(pl.Series(code.astype(np.uint32)))
        columns[name] = pl.select(pl.when(pl.Series(rng.random(count) >= _UNKNOWN_SHARE)).then(known)).to_series()
        before = code
    pl.DataFrame(columns).write_parquet(path)


def coded_file(path: Path) -> tuple[Codes, tuple[int, ...]]:
    """The file's rows as codes, one column after the other, and how many codes each has."""
    codes, radix = None, []
    for place, name in enumerate(SIZES):
        told = pl.read_parquet(path, columns=[name])[name]
        known = values_in(told)
        column = coded_column(told, known)
        codes = np.empty((len(column), len(SIZES)), np.uint8, order="F") if codes is None else codes
        codes[:, place] = column
        radix.append(len(known) + 1)
    assert codes is not None
    return codes, tuple(radix)


def by_blocks(path: Path) -> Found:
    """The project's own way."""
    began = time.process_time()
    codes, radix = coded_file(path)
    read = time.process_time()
    cells = sum(int(np.count_nonzero(table)) for _, table in marginals(codes, radix))
    return cells, read - began, time.process_time() - read


def set_by_set(path: Path) -> Found:
    """The same codes counted once for each set of dimensions."""
    began = time.process_time()
    codes, radix = coded_file(path)
    read = time.process_time()
    places = list(SIZES)
    cells = sum(int(np.count_nonzero(count_rows(codes, radix, tuple(places.index(name) for name in chosen)))) for chosen in SETS)
    return cells, read - began, time.process_time() - read


def by_polars(path: Path) -> Found:
    """`group_by` of each set; columns as codes of one byte."""
    began = time.process_time()
    codes, _ = coded_file(path)
    rows = pl.DataFrame({name: codes[:, place] for place, name in enumerate(SIZES)})
    read = time.process_time()
    cells = sum(rows.group_by(chosen).len().height for chosen in SETS)
    return cells, read - began, time.process_time() - read


def by_duckdb(path: Path) -> Found:
    """One query with a grouping set for each, from the file."""
    began = time.process_time()
    sets = ", ".join(f"({', '.join(chosen)})" for chosen in SETS)
    query = f"select count(*) from (select count(*) from read_parquet('{path}') group by grouping sets ({sets}))"
    with duckdb.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0]), 0.0, time.process_time() - began


WAYS: dict[str, Callable[[Path], Found]] = {
    "blocks": by_blocks, "set by set": set_by_set, "polars group_by": by_polars, "duckdb grouping sets": by_duckdb,
}  # fmt: skip


def measured(way: str, path: Path) -> dict[str, float]:
    """What a process of its own said of the way."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else "", "--file", str(path), way]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def _say(way: str, path: Path) -> None:
    began = time.perf_counter()
    cells, reading, counting = WAYS[way](path)
    seconds = {"reading": reading, "counting": counting, "wall": time.perf_counter() - began}
    sys.stdout.write(json.dumps({"cells": cells, **seconds, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Of this process alone: what it was started from does not count."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return float(status["VmHWM"].split()[0]) / 1024


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--file", type=Path, help="rows that a run before this one has made; says JSON of one way")
    options = parser.parse_args()
    if options.file:
        _say(options.ways[0], options.file)
        return 0
    grid = Grid("way", "cells", "CPU s, reading", "CPU s, counting", "CPU s", "wall s", "peak MB", title=f"{options.rows:,} rows")
    with TemporaryDirectory() as place:
        path = Path(place) / "complaints.parquet"
        write_rows(path, options.rows)
        for way in options.ways or WAYS:
            told = measured(way, path)
            seconds = (told["reading"], told["counting"], told["reading"] + told["counting"], told["wall"])
            grid.add_row(way, f"{told['cells']:,.0f}", *(f"{one:.2f}" for one in seconds), f"{told['peak_mb']:,.0f}")
    Console(width=140).print(grid)
    return 0


if __name__ == "__main__":
    sys.exit(main())
