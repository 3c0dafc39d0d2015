"""Rows of JSON pages: each stays what it was byte for byte, and a page that is none is refused before a row of it is given."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pytest

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, Row
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import json_pages
from feedback_loop.sources import values as read_value
from feedback_loop.sources.reading import Reading, RowRefused, reading_again

GOOD = b'{"id":"1","at":"2026-03-01", "said":["a","b"],"n":1.10}'


def turns(values: Mapping[str, object], payload: str, number: int, reading: Reading) -> Iterator[FeedbackRecord]:
    """A record for each thing said; the second of them may be refused after the first was made."""
    said = values.get("said")
    assert isinstance(said, list)
    for index, text in enumerate(said):
        if text == "bad":
            raise RowRefused(QuarantineReason.MALFORMED_ROW, "a turn is bad")
        yield FeedbackRecord(
            source="turns", source_record_id=f"{values['id']}/{index}", channel=Channel.CHAT, product=reading.product,
            occurred_at=read_value.instant(values, "at"), text=text, raw_payload=payload, source_file=reading.file_name,
            source_row_number=number,
        )  # fmt: skip


def read(raw: bytes, form: str = "page", lists: tuple[str, ...] = ("rows", "items")) -> list[Row]:
    told = Reading(source="turns", file_name="page.json", form=form, product="P")
    return list(json_pages.read_json_pages(io.BytesIO(raw), told, lists, turns))


def texts(rows: Sequence[Row]) -> list[str | None]:
    return [row.text for row in rows if isinstance(row, FeedbackRecord)]


@pytest.mark.parametrize(
    "page",
    [b"[" + GOOD + b"]", b'{"rows":[' + GOOD + b'],"next":"x"}', b'\xef\xbb\xbf {"count":1,"items": [ ' + GOOD + b" ] }\n"],
)
def test_rows_are_found_in_a_bare_list_or_under_a_known_name(page: bytes) -> None:
    rows = read(page)
    assert texts(rows) == ["a", "b"]
    assert {row.raw_payload for row in rows if isinstance(row, FeedbackRecord)} == {GOOD.decode()}


def test_rows_one_a_line_are_the_same_rows() -> None:
    assert texts(read(GOOD + b"\n" + GOOD, "jsonl")) == ["a", "b", "a", "b"]


def test_a_refused_row_is_kept_whole_and_alone_and_read_again_from_quarantine() -> None:
    bad = GOOD.replace(b'"b"', b'"bad"')
    before, after, refused = read(b'{"rows":[' + GOOD + b"," + bad + b"]}")
    assert texts([before, after]) == ["a", "b"]
    assert isinstance(refused, RejectedRow)
    assert refused.raw_bytes == bad
    again = reading_again("turns", "page.json", refused.reader_options)
    kept = list(json_pages.read_json_pages(io.BytesIO(GOOD), again, ("rows",), turns))
    assert [one.text for one in kept if isinstance(one, FeedbackRecord)] == ["a", "b"]


@pytest.mark.parametrize("row", [b"1", b'"x"', b"null", b"[1]", b'{"a":1,"a":2}', b'{"x":"' + b"y" * (1024 * 1024) + b'"}'])
def test_a_row_that_is_no_object_is_quarantined_and_no_other(row: bytes) -> None:
    rows = read(b"[" + GOOD + b"," + row + b"," + GOOD + b"]")
    assert texts(rows) == ["a", "b", "a", "b"]
    assert isinstance(rows[2], RejectedRow)


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"  ",
        b"{}",
        b'{"error":"no"}',
        b'{"rows":{}}',
        b'{"rows":null}',
        b'{"rows":[',
        b"<html>",
        b"[" * 100_000,
        b'"rows"',
        b"1",
        b"\xff",
    ],
)
def test_a_page_that_is_none_is_refused_as_a_whole(page: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(page)


def test_an_endless_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_pages, "MAX_PAGE_BYTES", 100)
    with pytest.raises(UnreadableFile, match="split it into pages"):
        read(b"[" + b" " * 100 + b"]")


def test_an_empty_list_has_no_rows() -> None:
    assert read(json.dumps({"rows": [], "items": [1]}).encode()) == []


def test_a_refused_row_of_a_page_with_line_ends_is_read_again_as_one_row() -> None:
    bad = json.dumps({"id": "1", "at": "2026-03-01", "said": ["a", "bad"]}, indent=2).encode()
    (refused,) = read(b'{"rows": [' + bad + b"]}")
    assert isinstance(refused, RejectedRow)
    again = reading_again("turns", "page.json", refused.reader_options)
    (after,) = json_pages.read_json_pages(io.BytesIO(bad), again, ("rows",), turns)
    assert isinstance(after, RejectedRow)
    assert (after.quarantine_id, after.detail) == (refused.quarantine_id, refused.detail)
    kept = list(json_pages.read_json_pages(io.BytesIO(bad.replace(b'"bad"', b'"b"')), again, ("rows",), turns))
    assert texts(kept) == ["a", "b"]


def test_rows_may_be_joined_with_what_their_page_says_beside_them() -> None:
    def joined(page: Mapping[str, msgspec.Raw], rows: list[bytes], name: str, reading: Reading) -> list[bytes]:
        assert (name, reading.product) == ("rows", "P")
        return [row[:-1] + b',"of":' + bytes(page["of"]) + b"}" for row in rows]

    told = Reading(source="turns", file_name="page.json", form="page", product="P")
    page = b'{"of": {"n":1.0}, "rows": [' + GOOD + b"]}"
    (first, _) = json_pages.read_json_pages(io.BytesIO(page), told, ("rows",), turns, joined)
    assert isinstance(first, FeedbackRecord)
    assert first.raw_payload == GOOD.decode()[:-1] + ',"of":{"n":1.0}}'


def test_a_page_without_its_list_is_empty_only_where_the_vendor_leaves_empty_lists_out() -> None:
    told = Reading(source="turns", file_name="page.json", form="page", product="P")
    assert list(json_pages.read_json_pages(io.BytesIO(b'{"next":1}'), told, ("rows",), turns, empty_has=frozenset(["next"]))) == []
    with pytest.raises(UnreadableFile):
        list(json_pages.read_json_pages(io.BytesIO(b'{"next":1,"error":2}'), told, ("rows",), turns, empty_has=frozenset(["next"])))
