"""Case folders: found by name, read alike for every task, refused with the name of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.workflows.case_folders import case_folders, read_complaints, told_case
from feedback_loop_tests.workflows.detect_cases import write_detect_case


def test_only_folders_with_a_case_count_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_detect_case(tmp_path / name, [1])
    (tmp_path / "0-other").mkdir()
    assert [folder.name for folder in case_folders(tmp_path)] == ["a", "b"]


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileMissing, match="holds no case"):
        case_folders(tmp_path)


def test_whatever_is_missing_in_the_case_names_its_file(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "odd", [1])
    with (
        pytest.raises(UnreadableFile, match=r"odd/case\.json: is no case of detect \(KeyError: 'treated'\)"),
        told_case(folder, "detect") as told,
    ):
        told["treated"]


def test_a_case_of_another_task_is_refused(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "odd", [1])
    with pytest.raises(BadInput, match="a case of 'detect', not of 'verify_fix'"), told_case(folder, "verify_fix"):
        pass


def test_complaints_are_read_in_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "one", [3])
    assert read_complaints(folder, ("occurred_at",)).shape == (3, 1)
    with pytest.raises(UnreadableFile, match="customer_id"):
        read_complaints(folder, ("occurred_at", "customer_id"))
    (folder / "complaints.parquet").write_bytes(b"nothing")
    with pytest.raises(UnreadableFile, match="is no Parquet file"):
        read_complaints(folder, ("occurred_at",))
