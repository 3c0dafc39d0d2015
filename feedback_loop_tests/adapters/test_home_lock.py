"""Those at work hold the home beside each other; who erases waits for them, and they for whoever erases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, Popen
from sys import executable

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.home_lock import alone, at_work
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ErasureUnfinished
from feedback_loop_tests.contracts.rows import frame_of

HOLDS = """
import sys
from pathlib import Path
from feedback_loop.adapters.home_lock import alone, at_work
from feedback_loop.config import Settings
with {how}(Settings(home=Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


WRITES = """
import sys
from pathlib import Path
from feedback_loop.config import Settings
from feedback_loop_tests.adapters.test_home_lock import write_first_table
write_first_table(Settings(home=Path(sys.argv[1])))
"""
RECORD = TABLES["bronze_feedback_record"]


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    settings.locks_folder.mkdir()
    return settings


def holder(how: str, home: Settings) -> Popen[str]:
    """A process that holds the home until it is told to go on."""
    return Popen([executable, "-c", HOLDS.format(how=how), str(home.home)], stdin=PIPE, stdout=PIPE, text=True)


def released(process: Popen[str]) -> None:
    process.communicate("\n")


def test_work_goes_on_beside_work(home: Settings) -> None:
    other = holder("at_work", home)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with at_work(home), at_work(home):
        pass
    released(other)


@pytest.mark.parametrize(("first", "second"), [("at_work", alone), ("alone", at_work), ("alone", alone)])
def test_whoever_is_alone_waits_and_is_waited_for(home: Settings, first: str, second: object) -> None:
    other, entered = holder(first, home), threading.Event()
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"

    def enter() -> None:
        with second(home):  # type: ignore[operator]
            entered.set()

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(enter)
        assert not entered.wait(0.2)
        released(other)
        waiting.result(timeout=30)
    assert entered.is_set()


def test_who_holds_the_home_already_never_waits_at_the_gate(home: Settings) -> None:
    with at_work(home):
        other = holder("alone", home)
        with at_work(home):
            pass
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    released(other)


def test_a_killed_process_holds_nothing(home: Settings) -> None:
    other = holder("alone", home)
    assert other.stdout is not None
    other.stdout.readline()
    other.kill()
    other.communicate()
    with at_work(home):
        pass


def test_nobody_works_before_an_erasure_is_finished(home: Settings) -> None:
    home.erasures_folder.mkdir()
    home.unfinished_erasure_file.write_text("{}")
    with pytest.raises(ErasureUnfinished, match="feedback-loop erase"), at_work(home):
        pass
    with alone(home):
        pass


def write_first_table(home: Settings) -> None:
    DeltaTableStore(home.tables_folder, home.locks_folder).append(RECORD, frame_of(RECORD, {}))


def read_of_a_table_that_another_process_wrote(home: Settings) -> None:
    write_first_table_elsewhere = Popen([executable, "-c", WRITES, str(home.home)])
    assert write_first_table_elsewhere.wait() == 0
    assert DeltaTableStore(home.tables_folder, home.locks_folder).read(RECORD).height == 1


@pytest.mark.parametrize("touch", [write_first_table, read_of_a_table_that_another_process_wrote])
def test_a_new_home_is_held_as_soon_as_a_table_of_it_is_touched(tmp_path: Path, touch: Callable[[Settings], None]) -> None:
    home, entered = Settings(home=tmp_path / "new"), threading.Event()

    def enter() -> None:
        with alone(home):
            entered.set()

    with ThreadPoolExecutor() as pool:
        with at_work(home):
            touch(home)
            waiting = pool.submit(enter)
            assert not entered.wait(0.2)
        waiting.result(timeout=30)


def test_whoever_came_before_an_erasure_was_stopped_half_way_touches_no_table_after_it(tmp_path: Path) -> None:
    home = Settings(home=tmp_path / "new")
    with at_work(home):
        home.erasures_folder.mkdir(parents=True)
        home.unfinished_erasure_file.write_text("{}")
        with pytest.raises(ErasureUnfinished):
            write_first_table(home)
    assert not home.tables_folder.exists()


def test_a_home_without_tables_is_free_and_nothing_is_made(tmp_path: Path) -> None:
    with at_work(Settings(home=tmp_path / "none")):
        pass
    assert not (tmp_path / "none").exists()
