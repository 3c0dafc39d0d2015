"""Files of labels: what is written is read again, a broken row takes no other with it, and no cell is a formula."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.review_queue import Asked
from feedback_loop.contracts.vocab import QueueReason
from feedback_loop.errors import BadInput
from feedback_loop.workflows.label_files import SHEET, LabelLine, read_label_file, write_sheet
from feedback_loop.workflows.review import Question


def question(text: str, reason: QueueReason = QueueReason.UNSURE, fragment_id: str = "fragment_1") -> Question:
    return Question(Asked(fragment_id, reason, 1.0, "apps", "ada", "crash", 0.4), text, ("crash", "billing"))


def cells_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_sheet_has_an_empty_label_for_each_question_and_is_read_again_as_nothing_said(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    write_sheet(path, [question("it crashes"), question("charged, twice", QueueReason.SECOND_READING, "fragment_2")])
    first, second = cells_of(path)
    assert list(first) == list(SHEET)
    assert (first["label"], first["kind"], first["may_be_about"], first["masked_text"]) == (
        "",
        "correction",
        "crash, billing",
        "it crashes",
    )
    assert second["kind"] == "second_reading"
    assert [(line.fragment_id, line.label) for line in read_label_file(path)] == [("fragment_1", ""), ("fragment_2", "")]


@given(st.text())
def test_whatever_a_customer_wrote_comes_back_as_text_and_never_as_a_formula(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        wanted = text.encode("utf-8", "ignore").decode()
        write_sheet(path, [question(wanted)])
        (row,) = cells_of(path)
        assert row["masked_text"].removeprefix("'") == wanted.removeprefix("'")
        assert not row["masked_text"].lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1+1", "\r\n=cmd()", "＝1+1"])
def test_a_formula_stands_behind_an_apostrophe(tmp_path: Path, text: str) -> None:
    write_sheet(tmp_path / "sheet.csv", [question(text)])
    assert cells_of(tmp_path / "sheet.csv")[0]["masked_text"] == f"'{text}"


def test_a_sheet_in_which_somebody_may_have_labelled_is_not_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path / "sheet.csv", b"mine")
    with pytest.raises(BadInput, match="exists already"):
        write_sheet(path, [question("it crashes")])
    assert path.read_bytes() == b"mine"
    with pytest.raises(BadInput, match=r"\.csv file"):
        write_sheet(tmp_path / "sheet.xlsx", [])


def test_a_row_that_cannot_be_read_takes_no_other_with_it(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbflabel,fragment_id,why\r\ncrash,f1,"a ""reason"""\r\n,,\r\ncrash\r\n\r\ncr\xffash,f3,\r\n billing , f4 ,\r\n'
    first, short, broken, last = read_label_file(written(tmp_path / "labels.csv", content))
    assert first == LabelLine(1, "f1", "crash", 'a "reason"')
    assert last == LabelLine(5, "f4", "billing")
    assert (short.number, broken.number) == (3, 4)
    assert "1 columns instead of the header's 3" in str(short.problem)
    assert "save the file as UTF-8" in str(broken.problem)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels.csv", b"", "empty"),
        ("labels.csv", b"id;label\nf1;crash\n", r"fragment_id, label missing"),
        ("labels.csv", b"PK\x03\x04rest", "save the sheet as CSV"),
        ("labels.xlsx", b"PK\x03\x04rest", "save the sheet as CSV"),
    ],
)
def test_what_is_no_file_of_labels_is_told_so(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_label_file(written(tmp_path / name, content))


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_label_file(tmp_path / "labels.csv")
    with pytest.raises(BadInput, match="is a folder"):
        read_label_file(tmp_path)
