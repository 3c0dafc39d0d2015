"""Files that hold rows or were made from them: rewritten, removed whole, or left alone; settings are left to people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedback_loop.adapters.erasure.files import expired_file, loose_files, scrub_file
from feedback_loop.adapters.erasure.row_files import Theirs
from feedback_loop.adapters.erasure.search import Finder
from feedback_loop.contracts.erasure import ErasedStrings, StoreCount

TEXT = "quibble walrus and nothing else"
THEIRS = Theirs(frozenset({"c-1"}), frozenset(), Finder(ErasedStrings(texts=(TEXT,), ids=("jorunn",))))


def scrub(file: Path, home: Path, *, is_rehearsal: bool = False) -> StoreCount | None:
    return scrub_file(file, home, THEIRS, is_rehearsal=is_rehearsal)


def test_managed_folders_marts_settings_and_locks_are_no_loose_files(tmp_path: Path) -> None:
    for name in ("tables/t/a.parquet", "marts.duckdb", ".marts.duckdb.lock", "people.yaml", "inbox/.landed/a.csv", "report.md", "x/y.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a")
    (tmp_path / "link.csv").symlink_to(tmp_path / "report.md")
    assert [file.relative_to(tmp_path).as_posix() for file in loose_files(tmp_path)] == ["inbox/.landed/a.csv", "report.md", "x/y.yaml"]


def test_a_rewritten_file_keeps_its_time_and_leaves_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("customer_id\nc-1\nc-2\n")
    os.utime(file, (1_000_000, 1_000_000))
    assert scrub(file, tmp_path) == StoreCount("a.csv", 2, 1, how="rewritten without the rows")
    assert (file.read_text(), file.stat().st_mtime) == ("customer_id\nc-2\n", 1_000_000)
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(("name", "content"), [("a.csv", "customer_id\nc-1\n"), ("report.md", f"> {TEXT}"), ("a.parquet", f"no {TEXT}")])
def test_a_file_without_rows_of_others_or_of_another_form_goes_whole(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    rehearsed = scrub(tmp_path / name, tmp_path, is_rehearsal=True)
    assert (tmp_path / name).exists()
    told = scrub(tmp_path / name, tmp_path)
    assert told == rehearsed
    assert told is not None
    assert told.how.startswith("removed")
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(("name", "content"), [("a.csv", "customer_id\nc-11\n"), ("report.md", "nothing"), ("a.jsonl", "")])
def test_a_file_without_anything_of_theirs_is_left_alone(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert scrub(tmp_path / name, tmp_path) is None
    assert (tmp_path / name).read_text() == content


def test_a_name_that_tells_whose_file_it_is_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "jorunn.csv").write_text("customer_id\nc-1\n")
    told = scrub(tmp_path / "jorunn.csv", tmp_path)
    assert told is not None
    assert "jorunn" not in told.store


def test_an_expired_file_goes_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    assert expired_file(tmp_path / "a.csv", tmp_path, THEIRS, is_rehearsal=True).removed == 1
    assert (tmp_path / "a.csv").exists()
    expired_file(tmp_path / "a.csv", tmp_path, THEIRS, is_rehearsal=False)
    assert not (tmp_path / "a.csv").exists()
