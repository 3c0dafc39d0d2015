import json

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources import json_lines
from feedback_loop_tests.sources.rows import read, record, rejected

GOOD = {"source_record_id": "a", "channel": "chat", "product": "P", "occurred_at": "2026-03-01"}
LINE = json.dumps(GOOD).encode()


def lines(*raw: bytes, end: bytes = b"\n"):  # type: ignore[no-untyped-def]
    return read("records", end.join(raw), "jsonl", product="")


def with_text(json_text: bytes) -> bytes:
    return LINE[:-1] + b', "text": ' + json_text + b"}"


def test_payload_is_the_line_itself() -> None:
    line = b'{"product":"P",  "channel":"chat","source_record_id":"a","occurred_at":"2026-03-01","n":1.10}'
    assert record(lines(line)[0]).raw_payload == line.decode()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b"\n  \r\n"])
def test_line_ends_and_blank_lines_are_no_rows(end: bytes) -> None:
    assert [record(r).source_row_number for r in lines(LINE, LINE, b"", end=end)] == [1, 2]


def test_byte_order_mark_is_no_part_of_the_row() -> None:
    assert record(lines(b"\xef\xbb\xbf" + LINE)[0]).source_record_id == "a"


@pytest.mark.parametrize(
    "line",
    [
        b"not json", b"[1, 2]", b'"text"', b"17", b"null", LINE[:-1], LINE + LINE, b'{"a": NaN}', b'{"a": Infinity}', b"[" * 100_000,
        b'{"a": ' + b"[" * 100_000, b'{"source_record_id": "a", "source_record_id": "b"}', b'{"x": {"y": 1, "y": 2}}',
        with_text(b"[1]"), with_text(b'{"a": 1}'), with_text(b"true"),
    ],
)  # fmt: skip
def test_line_that_is_no_object_of_plain_values_is_malformed(line: bytes) -> None:
    before, bad, after = lines(LINE, line, LINE)
    assert rejected(bad).reason is QuarantineReason.MALFORMED_ROW
    assert rejected(bad).raw_bytes == line + b"\n"
    assert record(before).record_version_id == record(after).record_version_id


@pytest.mark.parametrize("text", [rb'"\ud800"', rb'"x\udc00y"', b'"\xff"', b'"\xed\xa0\x80"'])
def test_text_that_is_no_unicode_is_broken_encoding(text: bytes) -> None:
    assert rejected(lines(with_text(text))[0]).reason is QuarantineReason.BROKEN_ENCODING


def test_escaped_nul_and_surrogate_pairs_are_text() -> None:
    assert record(lines(with_text(rb'"a\u0000\ud83d\ude00"'))[0]).text == "a\0😀"


def test_numbers_are_kept_as_they_are_written() -> None:
    digits = b"9" * 900
    found = record(lines(LINE[:-1] + b', "product_version": 2.10, "sku": ' + digits + b', "rating": 4.50}')[0])
    assert (found.product_version, found.sku, found.rating) == ("2.10", digits.decode(), 4.5)


def test_line_above_the_limit_is_rejected_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_ROW_BYTES", 200)
    long = with_text(b'"' + b"x" * 200 + b'"')
    bad, good = lines(long, LINE)
    assert (rejected(bad).reason, rejected(bad).raw_bytes) == (QuarantineReason.ROW_TOO_LARGE, long + b"\n")
    assert record(good).source_row_number == 2


def test_rest_of_a_line_that_came_in_pieces_is_never_landed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_loop.sources.lines.MAX_LINE_BYTES", 300)
    monkeypatch.setattr(json_lines, "MAX_ROW_BYTES", 200)
    found = lines(b" " * 299 + b"x" + LINE, LINE)
    assert [type(r).__name__ for r in found] == ["RejectedRow", "RejectedRow", "FeedbackRecord"]
    assert b"".join(rejected(r).raw_bytes for r in found[:2]) == b" " * 299 + b"x" + LINE + b"\n"


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08", b"PAR1"])
def test_file_that_is_plainly_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        lines(data)
