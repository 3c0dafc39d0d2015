"""Several processes at one table, and processes that are killed: one copy of each row, and always a table that can be read."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.adapters.test_delta_store import EMBEDDING, RECORD, days, ids, records, vectors

BATCHES, ROWS = 6, 5
LAST_DAY = 5


def open_store(root: Path) -> DeltaTableStore:
    return DeltaTableStore(root / "tables", root / "locks")


def say(what: object) -> None:
    """Tells the process that waits."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def append_batches(root: Path) -> None:
    """What each of two processes does once it is told to start: append the same rows, batch by batch."""
    store = open_store(root)
    say("ready")
    sys.stdin.readline()
    fresh = [store.append(RECORD, records(*(f"r{batch}-{row}" for row in range(ROWS)), landed=batch)).height for batch in range(BATCHES)]
    say(sum(fresh))


def generation(number: int) -> dict[str, int]:
    """One row per day, named after the generation."""
    return {f"g{number}_{day}": day for day in range(LAST_DAY + 1)}


def replace_for_ever(root: Path) -> None:
    """What the process that is killed does: replace all days by the next generation, and say so each time."""
    store = open_store(root)
    for number in range(1, 10_000):
        store.replace_days(EMBEDDING, vectors(**generation(number)), days(0, LAST_DAY))
        say(number)


def start(what: str, root: Path) -> subprocess.Popen[str]:
    code = f"from pathlib import Path; from {__name__} import {what}; {what}(Path({str(root)!r}))"
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_that_append_the_same_rows_leave_one_copy(tmp_path: Path) -> None:
    racers = [start("append_batches", tmp_path) for _ in range(2)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    added = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert sum(added) == BATCHES * ROWS
    assert ids(open_store(tmp_path).read(RECORD)) == sorted(f"r{batch}-{row}" for batch in range(BATCHES) for row in range(ROWS))


@pytest.mark.parametrize("commits", [1, 2, 5])
def test_a_process_killed_while_it_writes_leaves_one_whole_generation(tmp_path: Path, commits: int) -> None:
    process = start("replace_for_ever", tmp_path)
    assert process.stdout
    for _ in range(commits):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    said = [int(line) for line in process.stdout.read().split()]
    process.wait(timeout=30)
    store = open_store(tmp_path)
    found = store.read(EMBEDDING)
    (number,) = {int(name.removeprefix("g").split("_")[0]) for name in found["fragment_id"]}
    assert ids(found) == sorted(generation(number))
    assert max([commits, *said]) <= number <= max([commits, *said]) + 1
    assert store.replace_days(EMBEDDING, vectors(**generation(0)), days(0, LAST_DAY)) == LAST_DAY + 1
    assert ids(store.read(EMBEDDING)) == sorted(generation(0))


def test_files_without_a_commit_are_never_read(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.replace_days(EMBEDDING, vectors(a=0), days(0, 0))
    written = Path(store.files(EMBEDDING)[0])
    shutil.copy(written, written.with_name("part-00001-killed.parquet"))
    log = tmp_path / "tables" / EMBEDDING.name / "_delta_log"
    (log / "_commit_killed.json.tmp").write_text('{"add":')
    assert ids(store.read(EMBEDDING)) == ["a"]
    assert store.files(EMBEDDING) == [str(written)]
    assert store.replace_days(EMBEDDING, vectors(b=0), days(0, 0)) == 1
    assert ids(store.read(EMBEDDING)) == ["b"]


def test_writers_of_different_tables_do_not_wait_for_each_other(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with store._locked(EMBEDDING):
        store.append(RECORD, records("a"))
    assert ids(store.read(RECORD)) == ["a"]
    assert {lock.stem for lock in (tmp_path / "locks").iterdir()} == {EMBEDDING.name, RECORD.name} <= set(TABLES)
