"""Markdown with front matter: one file, one row, kept whole or quarantined whole."""

from __future__ import annotations

import hashlib

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import documents, whole_file
from feedback_loop_tests.sources.rows import read, rejected, said

FRONT = {
    "document_id": "kb/pay", "kind": "kb_article", "title": "How to pay", "product": "Acme", "owner": "support",
    "valid_from": "2026-01-01", "valid_until": "2026-12-31T12:00:00Z",
}  # fmt: skip
TEXT = "# How to pay\n\n---\n\nPress *Pay*, then wait."


def document(text: str = TEXT, **changed: str) -> bytes:
    front = "".join(f"{name}: {value}\n" for name, value in (FRONT | changed).items())
    return f"---\n{front}---\n\n{text}\n".encode()


def test_document_says_its_front_matter_its_text_and_its_version() -> None:
    [row] = read("documents", document(), "markdown")
    told = said(row)
    assert (told["document_id"], told["document_kind"], told["document_title"], told["owner"]) == (
        "kb/pay", "kb_article", "How to pay", "support",
    )  # fmt: skip
    assert (told["started_at"], told["valid_until_at"]) == ("2026-01-01T00:00:00.000000Z", "2026-12-31T12:00:00.000000Z")
    assert told["document_text"] == TEXT
    assert told["document_version"] == hashlib.sha256(document()).hexdigest()


def test_another_title_is_another_version_of_the_same_document() -> None:
    one, other = (said(read("documents", data, "markdown")[0]) for data in (document(), document(title="Paying")))
    assert one["document_id"] == other["document_id"]
    assert one["document_version"] != other["document_version"]


def test_values_stay_as_they_are_written() -> None:
    told = said(read("documents", document(document_id="2.10", title="yes", owner="0x1F"), "markdown")[0])
    assert (told["document_id"], told["document_title"], told["owner"]) == ("2.10", "yes", "0x1F")


@pytest.mark.parametrize("absent", ["", "null", "~"])
def test_document_need_not_say_until_when_it_holds(absent: str) -> None:
    assert "valid_until_at" not in said(read("documents", document(valid_until=absent), "markdown")[0])


@pytest.mark.parametrize("written", ["ops, finance,ops", "[finance, ops]", " ops , , finance "])
def test_the_audience_is_a_list_of_roles_however_it_is_written(written: str) -> None:
    assert said(read("documents", document(audience=written), "markdown")[0])["audience_roles"] == ["finance", "ops"]


@pytest.mark.parametrize("absent", ["", "null", "[]", '","'])
def test_an_audience_of_nobody_is_none(absent: str) -> None:
    assert "audience_roles" not in said(read("documents", document(audience=absent), "markdown")[0])


def test_a_document_may_say_its_status_and_whose_place_it_takes() -> None:
    told = said(read("documents", document(status="Draft", supersedes="kb/old"), "markdown")[0])
    assert (told["document_status"], told["supersedes_document_id"]) == ("draft", "kb/old")
    assert not {"document_status", "supersedes_document_id", "audience_roles"} & set(said(read("documents", document(), "markdown")[0]))


def test_other_names_of_the_front_matter_are_read_by_nobody() -> None:
    assert "tags" not in said(read("documents", document(tags="[a, b]"), "markdown")[0])


def test_line_ends_of_windows_and_a_byte_order_mark_are_understood() -> None:
    data = b"\xef\xbb\xbf" + document().replace(b"\n", b"\r\n")
    assert said(read("documents", data, "markdown")[0])["document_title"] == "How to pay"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"# No front matter\n", QuarantineReason.MALFORMED_ROW),
        (b"---\ntitle: never closed\n", QuarantineReason.MALFORMED_ROW),
        (b"---\n- a\n- b\n---\n", QuarantineReason.MALFORMED_ROW),
        (b"---\n---\n", QuarantineReason.MALFORMED_ROW),
        (b"---\na: [\n---\n", QuarantineReason.MALFORMED_ROW),
        (b"---\na: *gone\n---\n", QuarantineReason.MALFORMED_ROW),
        (b"---\n? [a]\n: b\n---\n", QuarantineReason.MALFORMED_ROW),
        (document() + b"\xff", QuarantineReason.BROKEN_ENCODING),
        (document(document_id=""), QuarantineReason.MISSING_ID),
        (document(kind="novel"), QuarantineReason.UNKNOWN_VALUE),
        (document(title="[a, b]"), QuarantineReason.MALFORMED_ROW),
        (document(audience="{a: b}"), QuarantineReason.MALFORMED_ROW),
        (document(audience="[[a], b]"), QuarantineReason.MALFORMED_ROW),
        (document(status="published"), QuarantineReason.UNKNOWN_VALUE),
        (document(valid_from="soon"), QuarantineReason.UNREADABLE_DATE),
        (document(valid_until="2025-01-01"), QuarantineReason.VALUE_OUT_OF_RANGE),
        (document().replace(b"title", b"owner"), QuarantineReason.MALFORMED_ROW),
    ],
)
def test_file_that_is_no_document_is_quarantined_whole(data: bytes, reason: QuarantineReason) -> None:
    [row] = read("documents", data, "markdown")
    assert (rejected(row).reason, rejected(row).raw_bytes) == (reason, data)


def test_yaml_that_would_grow_without_end_is_not_built() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
    )
    [row] = read("documents", f"---\n{bomb}---\n".encode(), "markdown")
    assert rejected(row).reason is QuarantineReason.MISSING_REQUIRED_VALUE


def test_document_above_the_limit_is_rejected_in_pieces_that_are_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_ROW_BYTES", 100)
    monkeypatch.setattr(whole_file, "MAX_LINE_BYTES", 50)
    rows = [rejected(row) for row in read("documents", document(), "markdown")]
    assert {row.reason for row in rows} == {QuarantineReason.ROW_TOO_LARGE}
    assert b"".join(row.raw_bytes for row in rows) == document()
    assert [row.source_row_number for row in rows] == list(range(1, len(rows) + 1))


def test_front_matter_of_any_length_costs_little_time() -> None:
    [row] = read("documents", b"---\n" + b"a: [b, {c: d}]\n" * 10_000 + b"---\n", "markdown")
    assert rejected(row).reason is QuarantineReason.ROW_TOO_LARGE


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04"])
def test_file_that_is_plainly_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read("documents", data, "markdown")
