"""Files of `try`: what is written can be read again, and writing never takes more away than a plain file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_loop.errors import BadInput
from feedback_loop.workflows.try_files import read_texts, write_csv, write_json_lines

WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
ROWS = st.lists(st.tuples(WORDS.filter(bool) | st.integers(), WORDS), min_size=1, max_size=6)
MODEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MODEST
@given(rows=ROWS)
def test_json_lines_come_back_as_they_were_written(tmp_path: Path, rows: list[tuple[str | int, str]]) -> None:
    file = tmp_path / "t.jsonl"
    write_json_lines(file, [{"text_id": text_id, "text": text} for text_id, text in rows])
    assert [(row.text_id, row.text) for row in read_texts(file)] == rows
    assert len(file.read_text("utf-8").splitlines()) == len(rows)


@MODEST
@given(rows=st.lists(st.tuples(WORDS.filter(bool), WORDS.filter(lambda t: "\r" not in t)), min_size=1, max_size=6))
def test_csv_comes_back_as_it_was_written(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    file = tmp_path / "t.csv"
    write_csv(file, ("text_id", "text"), [{"text_id": text_id, "text": text} for text_id, text in rows])
    assert [(row.text_id, row.text) for row in read_texts(file)] == rows


def test_rows_without_an_id_carry_their_number_blank_lines_left_out(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"text": "a"}\n\n{"text": "b", "text_id": ""}\n{"text": "c", "text_id": "x"}')
    assert [row.text_id for row in read_texts(file)] == [1, 2, "x"]


@pytest.mark.parametrize("target", ["link", "pipe"])
def test_links_and_devices_are_never_replaced(tmp_path: Path, target: str) -> None:
    import os

    path = tmp_path / target
    if target == "link":
        path.symlink_to(tmp_path / "plain")
        (tmp_path / "plain").write_text("kept")
    else:
        os.mkfifo(path)
    before = path.lstat().st_mode
    with pytest.raises(BadInput, match="is a link or a device"):
        write_json_lines(path, [{"text_id": 1}])
    assert path.lstat().st_mode == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted({target, *(["plain"] if target == "link" else [])})


def test_a_failed_answer_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("old")
    with pytest.raises(TypeError):
        write_json_lines(file, [{"text_id": object()}])
    assert file.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_link_in_the_place_of_the_draft_is_never_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    (tmp_path / ".o.jsonl.draft").symlink_to(precious)
    write_json_lines(tmp_path / "o.jsonl", [{"text_id": 1}])
    assert precious.read_text() == "as it was"
    assert not (tmp_path / "o.jsonl").is_symlink()


def test_other_columns_stay_within_reach(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"text": "a", "label": "b"}))
    assert read_texts(file)[0].values["label"] == "b"


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv"])
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'text\n{"text": "' + b"x" * 2_000_000, "row . (can't be read: longer than 1048576 bytes|is no JSON)"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04", "zip archive"),
        ("text\n".encode("utf-16"), "UTF-16"),
        (b"", "empty"),
        (b'{"text": ' + b"[" * 100_000, "row 1 is no JSON|no CSV header|columns are missing|longer"),
    ],
)
def test_hostile_file_is_refused_in_one_line(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(BadInput, match=why) as caught:
        read_texts(file)
    assert "\n" not in str(caught.value)


def test_text_above_the_limit_is_refused_and_one_below_is_read(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text(json.dumps({"text": "x" * 1_000_000}))
    assert len(read_texts(file)[0].text) == 1_000_000
    file.write_text(json.dumps({"text": "x" * 1_100_000}))
    with pytest.raises(BadInput, match="row 1 can't be read: longer than 1048576 bytes"):
        read_texts(file)


@pytest.mark.parametrize(("name", "data"), [("t.csv", "label\na\nb\n"), ("t.jsonl", '{"label": "a"}\n{"label": "b", "text": null}\n')])
def test_rows_of_bare_columns_may_lack_the_text(tmp_path: Path, name: str, data: str) -> None:
    file = tmp_path / name
    file.write_text(data)
    assert [(row.text, row.values["label"]) for row in read_texts(file, ("label", "text"), {"label", "text"})] == [("", "a"), ("", "b")]
    with pytest.raises(BadInput, match="text"):
        read_texts(file, ("label", "text"))


@pytest.mark.parametrize(("name", "data"), [("t.csv", "label,Text\na,b\n"), ("t.jsonl", '{"label": "a", "Text": "b"}')])
def test_a_text_under_another_name_is_not_taken_for_none(tmp_path: Path, name: str, data: str) -> None:
    file = tmp_path / name
    file.write_text(data)
    with pytest.raises(BadInput, match=r"column\(s\) text missing|row 1 has no 'text'"):
        read_texts(file, ("label", "text"), {"label", "text"})
