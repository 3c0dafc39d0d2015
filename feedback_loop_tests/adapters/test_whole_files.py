"""A file is replaced whole or stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.adapters.whole_files import DRAFT, written_whole


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "told.json"


def fail_half_way(file: Path) -> None:
    with written_whole(file) as draft:
        draft.write_text("ne")
        raise ZeroDivisionError


def test_the_folder_is_made_and_the_draft_is_gone(file: Path) -> None:
    with written_whole(file) as draft:
        draft.write_text("new")
    assert [(one.name, one.read_text()) for one in file.parent.iterdir()] == [("told.json", "new")]


def test_readers_see_the_old_content_until_the_new_is_whole(file: Path) -> None:
    with written_whole(file) as draft:
        draft.write_text("old")
    with written_whole(file) as draft:
        draft.write_text("ne")
        assert file.read_text() == "old"
        draft.write_text("new")
    assert file.read_text() == "new"


def test_a_failure_leaves_the_old_content_and_no_draft(file: Path) -> None:
    with written_whole(file) as draft:
        draft.write_text("old")
    with pytest.raises(ZeroDivisionError):
        fail_half_way(file)
    assert [(one.name, one.read_text()) for one in file.parent.iterdir()] == [("told.json", "old")]


def test_what_a_kill_left_is_no_part_of_the_next_draft(file: Path) -> None:
    file.parent.mkdir()
    left = file.with_name(f".{file.name}{DRAFT}")
    left.write_text("half of something")
    with written_whole(file) as draft:
        assert (draft, draft.exists()) == (left, False)
        draft.write_text("new")
    assert file.read_text() == "new"
