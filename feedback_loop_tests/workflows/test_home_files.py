"""Files of the home that may be missing: only where nothing lies there is nothing said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_loop.errors import BadInput, UnreadableFile
from feedback_loop.workflows.alert_rules import read_rules
from feedback_loop.workflows.cleaning_rules import read_cleaning_rules
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.owners import read_ownership
from feedback_loop.workflows.retain import read_retention
from feedback_loop.workflows.taxonomies import read_taxonomy


def to_itself(file: Path) -> None:
    file.symlink_to(file.name)


def to_nothing(file: Path) -> None:
    file.symlink_to("nowhere.yaml")


SPOILT: list[Callable[[Path], None]] = [to_itself, to_nothing, Path.mkdir]


def test_where_nothing_lies_there_is_no_text(tmp_path: Path) -> None:
    assert home_text(tmp_path / "none.yaml") is None
    assert home_text(tmp_path / "nowhere" / "none.yaml") is None


def test_a_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("é", encoding="utf-8")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert (home_text(tmp_path / "a.yaml"), home_text(tmp_path / "b.yaml", 2)) == ("é", "é")


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("read", [read_rules, read_cleaning_rules, read_ownership, read_retention, read_taxonomy])
def test_a_link_to_nothing_is_not_taken_for_no_file(tmp_path: Path, read: Callable[[Path], object], spoil: Callable[[Path], None]) -> None:
    file = tmp_path / "own.yaml"
    spoil(file)
    with pytest.raises(BadInput, match=r"own\.yaml: .*a link that leads to no file"):
        read(file)


def test_what_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile, match="Save it as UTF-8"):
        home_text(file)
    with pytest.raises(UnreadableFile, match="is larger than 2 bytes"):
        home_text(file, 2)
