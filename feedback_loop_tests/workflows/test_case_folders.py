"""Case folders: found by name, read alike for every task, refused with the name of the file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.workflows.case_folders import (
    MOST_DAYS,
    as_texts,
    case_folders,
    case_id_of,
    read_complaints,
    require_span,
    told_case,
)
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


@pytest.mark.parametrize(("given", "case_id"), [("a", "a"), (7, "7"), ("", "")])
def test_a_case_id_is_a_text_or_a_whole_number(given: object, case_id: str) -> None:
    assert case_id_of({"case_id": given}) == case_id


@pytest.mark.parametrize("given", [None, True, 1.5, ["a"], "\ud800"])
def test_a_case_id_that_no_answer_could_carry_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="neither a text nor a whole number"):
        case_id_of({"case_id": given})


def test_instants_out_of_order_or_centuries_apart_are_refused() -> None:
    day = 86_400_000_000
    require_span(0, 0, MOST_DAYS * day)
    with pytest.raises(ValueError, match="out of order"):
        require_span(0, 2, 1)
    with pytest.raises(ValueError, match="more than 7,305 days"):
        require_span(0, 1, MOST_DAYS * day + 1)


def test_complaints_without_a_time_are_refused_whatever_the_task(tmp_path: Path) -> None:
    folder = write_detect_case(tmp_path / "one", [3])
    for column in (pl.lit("today"), pl.lit(5), pl.lit(None)):
        pl.DataFrame({"occurred_at": [1]}).with_columns(occurred_at=column).write_parquet(folder / "complaints.parquet")
        with pytest.raises(UnreadableFile, match="has a column occurred_at that is no time"):
            read_complaints(folder, ("occurred_at",))


def test_columns_become_texts_or_are_named(tmp_path: Path) -> None:
    rows = pl.DataFrame({"os": [1, None], "tags": [["a"], ["b"]], "raw": [b"\xff", b""]})
    assert as_texts(rows, ["os"], tmp_path)["os"].to_list() == ["1", None]
    with pytest.raises(UnreadableFile, match=r"has a column tags of the type List\(String\)"):
        as_texts(rows, ["tags"], tmp_path)
    with pytest.raises(UnreadableFile, match="has a column raw of the type Binary"):
        as_texts(rows, ["raw"], tmp_path)
