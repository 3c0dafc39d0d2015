"""`try`: the formats in and out, the ids, and every file that can't be used."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.methods.diagnosis.made_up_window import made_up
from feedback_loop_tests.workflows.detect_cases import write_detect_case
from feedback_loop_tests.workflows.diagnose_cases import write_diagnose_case
from feedback_loop_tests.workflows.fix_cases import write_fix_case

TEXT = "I was charged twice, and the app crashes. Write to jo@example.com!"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    file = tmp_path / "texts.jsonl"
    rows = [{"text_id": "a", "text": f"😀 {TEXT}"}, {"text": "Gracias por la ayuda de ayer."}, {"text_id": 7, "text": f"😀 {TEXT.upper()}"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def answers(call: Call, stage: str, source: Path, out: Path, *more: str) -> list[dict[str, Any]]:
    outcome = call("try", stage, "--input", source, "--out", out, *more)
    assert (outcome.code, outcome.err) == (0, "")
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_segment_offsets_count_code_points_of_the_input(call: Call, texts: Path, out: Path) -> None:
    found = answers(call, "segment", texts, out)
    assert [row["text_id"] for row in found] == ["a", 2, 7]
    fragments = found[0]["fragments"]
    assert len(fragments) >= 2
    assert all(f["text"] == f"😀 {TEXT}"[f["start"] : f["end"]] for f in fragments)


def test_redact_spans_are_what_was_hidden(call: Call, texts: Path, out: Path) -> None:
    first = answers(call, "redact", texts, out)[0]
    assert list(first) == ["text_id", "masked_text", "spans"]
    assert [(s["type"], f"😀 {TEXT}"[s["start"] : s["end"]]) for s in first["spans"]] == [("email", "jo@example.com")]
    assert "jo@example.com" not in first["masked_text"]


def test_reply_leaves_the_quote_out(call: Call, tmp_path: Path, out: Path) -> None:
    mail = "It still fails.\n\nOn Mon, 2 Mar 2026 at 10:00, Jo <jo@example.com> wrote:\n> try again"
    file = tmp_path / "mails.jsonl"
    file.write_text(json.dumps({"text_id": "m", "text": mail}))
    found = answers(call, "reply", file, out)[0]
    assert found["new_text"].strip() == "It still fails."
    assert {span["kind"] for span in found["removed"]} == {"quote"}


def test_language_is_an_iso_code_with_its_confidence(call: Call, texts: Path, out: Path) -> None:
    found = answers(call, "language", texts, out)
    assert [row["language"] for row in found] == ["en", "es", "en"]
    assert all(0 < row["confidence"] <= 1 for row in found)


def test_dedupe_names_the_id_of_the_first(call: Call, texts: Path, out: Path) -> None:
    assert answers(call, "dedupe", texts, out) == [
        {"text_id": "a", "duplicate_of": None},
        {"text_id": 2, "duplicate_of": None},
        {"text_id": 7, "duplicate_of": "a"},
    ]


def test_csv_and_json_lines_give_the_same_answers(call: Call, tmp_path: Path, out: Path) -> None:
    texts = ["one, two", 'three "four"\nfive', "", "six\u2028seven"]
    as_csv, as_lines = tmp_path / "t.csv", tmp_path / "t.jsonl"
    with as_csv.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows([["text"], *([text] for text in texts)])
    as_lines.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), "utf-8-sig")
    assert answers(call, "segment", as_csv, out) == answers(call, "segment", as_lines, out)


def test_nothing_is_kept_besides_the_answers(call: Call, texts: Path, out: Path, home: Path) -> None:
    answers(call, "segment", texts, out)
    assert not home.exists()
    assert sorted(path.name for path in out.parent.iterdir()) == ["out.jsonl", "texts.jsonl"]


def test_json_tells_how_many_were_read(call: Call, texts: Path, out: Path) -> None:
    assert json.loads(call("try", "language", "--input", texts, "--out", out, "--json").out) == {"read": 3, "out": str(out)}


def test_classify_with_own_labels_answers_in_the_promised_fields(call: Call, tmp_path: Path, texts: Path, out: Path, home: Path) -> None:
    train = tmp_path / "train.csv"
    rows = [(f"please refund order number {n}, I paid twice", "billing", "train") for n in range(12)]
    rows += [(f"it crashes when I open it, attempt {n}", "crash", "") for n in range(12)]
    rows += [(f"charged two times on day {n}", "billing", "calibration") for n in range(4)]
    with train.open("w", newline="") as stream:
        csv.writer(stream).writerows([("text", "label", "split"), *rows])
    found = answers(call, "classify", texts, out, "--train", str(train), "--target-precision", "0.6", "--delta", "0.4")
    assert [list(row) for row in found] == [["text_id", "label", "confidence", "prediction_set", "route", "reason"]] * 3
    assert {row["label"] for row in found} <= {"billing", "crash", "out_of_scope"}
    assert {row["route"] for row in found} <= {"automatic", "llm", "human"}
    told = call("try", "classify", "--train", train, "--input", texts, "--out", out).out
    assert "(target_not_certified)" in told
    assert "proven by 114 labelled texts at the least, all answered right; of 4 at least 110 more are needed" in told
    assert not home.exists()


def test_classify_at_two_speeds_answers_in_the_same_fields(call: Call, tmp_path: Path, texts: Path, out: Path) -> None:
    train = tmp_path / "train.csv"
    rows = [(f"please refund order number {n}, I paid twice", "billing") for n in range(12)]
    with train.open("w", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *rows, *((f"it crashes at once, attempt {n}", "crash") for n in range(12))])
    found = answers(call, "classify", texts, out, "--train", str(train), "--speed", "two")
    assert [list(row) for row in found] == [["text_id", "label", "confidence", "prediction_set", "route", "reason"]] * 3
    outcome = call("try", "classify", "--train", train, "--input", texts, "--out", out, "--speed", "three")
    assert (outcome.code, "Choose one of: one, two" in outcome.error) == (2, True)


@pytest.mark.parametrize("chosen", [(), ("--method", "hdbscan")])
def test_cluster_writes_csv_with_the_promised_columns(call: Call, tmp_path: Path, chosen: tuple[str, ...]) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    texts = [f"the app crashes when I upload photo {n}" for n in range(9)] + [f"I was charged twice for order {n}" for n in range(9)]
    with source.open("w", newline="") as stream:
        csv.writer(stream).writerows([("text_id", "text"), *((f"t{n}", text) for n, text in enumerate(texts))])
    assert call("try", "cluster", "--input", source, "--out", out, *chosen).code == 0
    with out.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["text_id", "cluster_id", "cluster_label", "is_noise"]
    assert [row["text_id"] for row in rows] == [f"t{n}" for n in range(18)]
    assert {row["cluster_id"] for row in rows[:9]}.isdisjoint(row["cluster_id"] for row in rows[9:])
    assert {row["is_noise"] for row in rows} <= {"true", "false"}


def test_cluster_names_the_methods_that_there_are(call: Call, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\nit crashes\n")
    outcome = call("try", "cluster", "--input", source, "--out", tmp_path / "out.csv", "--method", "guessing")
    assert (outcome.code, "Choose one of: communities, hdbscan" in outcome.error) == (2, True)


def test_diagnose_answers_a_folder_of_cases(call: Call, tmp_path: Path, out: Path) -> None:
    write_diagnose_case(tmp_path / "cases" / "one", made_up().more(50, os="web"))
    outcome = call("try", "diagnose", tmp_path / "cases", "--out", out)
    assert (outcome.code, outcome.out.strip()) == (0, f"1 cases answered in {out}")
    assert [json.loads(line)["verdict"] for line in out.read_text("utf-8").splitlines()] == ["localised"]
    assert call("try", "diagnose", tmp_path / "none", "--out", out).code == 2


def test_verify_fix_answers_a_folder_of_cases(call: Call, tmp_path: Path, out: Path) -> None:
    write_fix_case(tmp_path / "cases" / "one", [*[4] * 27, *[20] * 5, *[4] * 5], [60] * 37, 27, 32)
    outcome = call("try", "verify-fix", tmp_path / "cases", "--out", out)
    assert (outcome.code, outcome.out.strip()) == (0, f"1 cases answered in {out}")
    assert [json.loads(line)["verdict"] for line in out.read_text("utf-8").splitlines()] == ["fixed"]
    assert call("try", "verify-fix", tmp_path / "none", "--out", out).code == 2


def test_detect_answers_a_folder_of_cases(call: Call, tmp_path: Path, out: Path) -> None:
    write_detect_case(tmp_path / "cases" / "one", [2] * 24 * 16)
    outcome = call("try", "detect", tmp_path / "cases", "--out", out)
    assert (outcome.code, outcome.out.strip()) == (0, f"1 cases answered in {out}")
    assert [json.loads(line)["alarms"] for line in out.read_text("utf-8").splitlines()] == [[]]


@pytest.mark.parametrize("name", ["case.json", "complaints.parquet"])
def test_a_file_of_a_case_is_never_written_over(call: Call, tmp_path: Path, name: str) -> None:
    file = write_detect_case(tmp_path / "cases" / "one", [2] * 24 * 16) / name
    before = file.read_bytes()
    outcome = call("try", "detect", tmp_path / "cases", "--out", file)
    assert (outcome.code, file.read_bytes()) == (2, before)
    assert "is also an input file" in outcome.error


def test_detect_leaves_no_answers_where_one_case_is_bad(call: Call, tmp_path: Path, out: Path) -> None:
    write_detect_case(tmp_path / "cases" / "one", [2] * 24 * 16)
    write_detect_case(tmp_path / "cases" / "two", [2] * 24 * 16, bin_minutes=7)
    outcome = call("try", "detect", tmp_path / "cases", "--out", out)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "two/case.json" in outcome.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.csv", b"words\nx\n", "column(s) text missing"),
        ("t.csv", b'text\nok\n"never closed\n', "row 2 can't be read"),
        ("t.csv", b"text,more\nok\n", "row 1 can't be read: 1 columns"),
        ("t.csv", b"text\n\xff\n", "row 1 can't be read: column 1 is not UTF-8"),
        ("t.csv", b"text\n", "holds no row"),
        ("t.csv", b"", "the file is empty"),
        ("t.jsonl", b"", "the file is empty"),
        ("t.jsonl", b"\n\n", "holds no row"),
        ("t.jsonl", b'{"text": "a"}\nnot json SECRET\n', "row 2 is no JSON object"),
        ("t.jsonl", b'["SECRET"]\n', "row 1 is no JSON object"),
        ("t.jsonl", b'{"words": "SECRET"}\n', "row 1 has no 'text'"),
        ("t.jsonl", b'{"text": null}\n', "row 1 has no 'text'"),
        ("t.jsonl", b'{"text": "\xff"}\n', "row 1 is not UTF-8"),
        ("t.jsonl", b'{"text": "SECRET\\ud83d"}\n', "half of a surrogate pair"),
        ("t.jsonl", b'{"text_id": [1], "text": "SECRET"}\n', "row 1 has a 'text_id'"),
        ("t.xlsx", b"PK", "texts are read from .csv, .jsonl, .ndjson files"),
    ],
)
def test_files_that_cannot_be_used_are_refused_by_row_and_without_their_words(
    call: Call, tmp_path: Path, out: Path, name: str, content: bytes, told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    outcome = call("try", "segment", "--input", file, "--out", out)
    assert outcome.code == 2
    assert told in outcome.error
    assert "SECRET" not in outcome.err
    assert not out.exists()


def test_one_label_alone_is_answered_and_said_to_be_alone(call: Call, tmp_path: Path, texts: Path, out: Path) -> None:
    train = tmp_path / "train.csv"
    train.write_text("text,label\nmy parcel is late,late\nwhere is my order,late\n")
    assert "All labelled texts have one label, late" in call("try", "classify", "--train", train, "--input", texts, "--out", out).out


def test_a_training_file_that_is_not_utf_8_says_what_to_do(call: Call, tmp_path: Path, texts: Path, out: Path) -> None:
    train = tmp_path / "train.csv"
    train.write_bytes("text,label\nQualität,print\n".encode("latin-1"))
    assert "Save the file as UTF-8" in call("try", "classify", "--train", train, "--input", texts, "--out", out).error


@pytest.mark.parametrize(
    ("train", "told"),
    [("text,label\na,\n", "row 1 has no 'label'"), ("text\na\n", "label missing"), ("text,label,split\na,b,test\n", "unknown 'split'")],
)
def test_training_files_that_cannot_be_used_are_refused(call: Call, tmp_path: Path, texts: Path, out: Path, train: str, told: str) -> None:
    file = tmp_path / "train.csv"
    file.write_text(train)
    outcome = call("try", "classify", "--train", file, "--input", texts, "--out", out)
    assert outcome.code == 2
    assert told in outcome.error


def test_a_promise_without_own_labels_is_refused(call: Call, texts: Path, out: Path) -> None:
    outcome = call("try", "classify", "--input", texts, "--out", out, "--delta", "0.1")
    assert outcome.code == 2
    assert "Add --train FILE" in outcome.error
    outcome = call("try", "classify", "--input", texts, "--out", out, "--speed", "two")
    assert (outcome.code, "Add --train FILE, or leave --speed out" in outcome.error) == (2, True)


def test_outputs_that_would_do_harm_are_refused(call: Call, tmp_path: Path, texts: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to(tmp_path / "elsewhere.jsonl")
    harm = {texts: "also an input", tmp_path: "is a folder", tmp_path / "no" / "o": "does not exist", link: "is a link"}
    for target, told in harm.items():
        outcome = call("try", "segment", "--input", texts, "--out", target)
        assert outcome.code == 2
        assert told in outcome.error
    assert link.is_symlink()
