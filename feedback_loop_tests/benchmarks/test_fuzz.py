"""A short run of the fuzz in this process, and proof that a law that is broken, a crash and a hang are all told."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.alignment import unchanged
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.registry import SOURCES
from feedback_loop_tests.benchmarks import fuzz, fuzz_steps
from feedback_loop_tests.benchmarks.fuzz import Task, Told, input_of
from feedback_loop_tests.benchmarks.fuzz_corpus import PERSONAL
from feedback_loop_tests.benchmarks.fuzz_inputs import a_text
from feedback_loop_tests.benchmarks.fuzz_steps import NAMES, Broken, Parser, step_named

SEED, INPUTS = 4, 20


@pytest.mark.parametrize("name", NAMES)
def test_step_keeps_its_laws_on_some_inputs(name: str) -> None:
    step = step_named(name)
    for number in range(INPUTS):
        step.check(input_of(step, name, SEED, number))
    if isinstance(step.check, Parser):
        step.check.land()


def test_input_can_be_made_again_from_its_seed_and_number() -> None:
    for name in NAMES:
        step = step_named(name)
        assert input_of(step, name, SEED, 1) == input_of(step, name, SEED, 1)
    assert len({input_of(step_named("normalise"), "normalise", SEED, number) for number in range(50)}) > 40


def test_broken_law_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_steps, "mask", unchanged)
    with pytest.raises(Broken, match="no detector fires on masked text"):
        fuzz_steps.check_mask("mail a@b.de")


def test_error_that_tells_what_a_person_said_breaks_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    def tells(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
        raise UnreadableFile(reading.path, f"{stream.read().decode()} is no page")

    monkeypatch.setitem(SOURCES, "zendesk", replace(SOURCES["zendesk"], read=tells))
    with pytest.raises(Broken, match="tells nothing that a person said"):
        Parser("zendesk", "page")(PERSONAL)


def test_rows_and_the_slowest_input_are_told(tmp_path: Path) -> None:
    task, timed = Task("records.jsonl", SEED, 2, tmp_path), fuzz._Timed(Parser("records", "jsonl", files_at_once=1))
    timed(b'{"source_record_id": "a", "channel": "chat", "product": "P", "occurred_at": "2026-03-01"}\nbroken\n')
    timed(b"\x1f\x8b")
    fuzz._write_told(task, timed)
    told = fuzz._told(task)
    assert (told.rows, told.quarantined, told.refused) == (2, 1, 1)
    assert told.slowest_ms > 0
    assert told + told == Told(4, 2, 2, told.slowest_ms)


def test_finding_is_written_with_its_input(tmp_path: Path) -> None:
    task = Task("normalise", SEED, 10, tmp_path)
    step = step_named("normalise")._replace(check=lambda _: 1 / 0)  # type: ignore[arg-type]
    fuzz._try(step, "input", task)
    [finding] = fuzz._findings(task)
    assert "ZeroDivisionError" in finding
    assert "'input'" in finding


class _Process:
    """A process that never ends by itself, or one that has ended already."""

    def __init__(self, exitcode: int | None) -> None:
        self.exitcode = exitcode
        self.is_killed = False

    def is_alive(self) -> bool:
        return self.exitcode is None

    def join(self, timeout: float = 0) -> None:
        return

    def kill(self) -> None:
        self.exitcode, self.is_killed = -9, True


class _Began:
    value = 0.0


def _watched(process: _Process, folder: Path) -> str | None:
    return fuzz._watched(cast(Any, process), cast("Synchronized[float]", _Began()), 1.0, Task("mask", SEED, 10, folder))


def test_hang_is_stopped_and_told(tmp_path: Path) -> None:
    process = _Process(None)
    assert _watched(process, tmp_path) == "no end after 1 s"
    assert process.is_killed


def test_death_of_a_process_is_told_and_a_good_end_is_not(tmp_path: Path) -> None:
    assert _watched(_Process(-11), tmp_path) == "the process died with -11"
    assert _watched(_Process(-signal.SIGPROF), tmp_path) == "no end after 20 s of computing"
    assert _watched(_Process(0), tmp_path) is None


def test_name_without_a_form_means_all_forms_and_an_unknown_one_is_refused() -> None:
    assert fuzz._chosen("records,mask") == ["records.jsonl", "records.csv", "records.parquet", "mask"]
    with pytest.raises(SystemExit, match="nonsense is no step"):
        fuzz._chosen("nonsense")


def test_mutations_reach_long_texts_and_stay_bounded() -> None:
    lengths = [len(a_text(random.Random(number))) for number in range(600)]
    assert 1000 < max(lengths) <= 100_000
