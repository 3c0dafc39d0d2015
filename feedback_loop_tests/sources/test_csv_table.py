import pytest

from feedback_loop.errors import InputColumnsMissing, UnreadableFile
from feedback_loop_tests.sources.rows import GOOD_PLAY, PLAY_HEADER, csv_bytes, play_file, play_row, read, record


def test_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert record(read("google_play", b"\xef\xbb\xbf" + play_file(GOOD_PLAY))[0]).source_record_id == "r1"


def test_byte_order_mark_before_a_quoted_header_is_tolerated() -> None:
    data = b'\xef\xbb\xbf"version","released_at"\n"1.0","2026-01-01"\n'
    assert len(read("releases", data)) == 1


def test_blank_lines_before_the_header_are_skipped() -> None:
    assert len(read("google_play", b"\r\n\n" + play_file(GOOD_PLAY))) == 1


def test_header_alone_is_a_file_without_rows() -> None:
    assert read("google_play", play_file()) == []


def test_columns_may_stand_in_any_order_and_have_blanks_around_them() -> None:
    data = csv_bytes((" at ", "score", "content", "reviewId"), ("2021-10-08", "4", "fine", "r9"))
    assert record(read("google_play", data)[0]).text == "fine"


def test_missing_required_columns_are_named() -> None:
    with pytest.raises(InputColumnsMissing) as raised:
        read("google_play", csv_bytes(("reviewId", "content"), ("1", "x")))
    assert raised.value.missing == ["score", "at"]
    assert "\n" not in str(raised.value)


def test_rows_are_numbered_from_one_without_blank_lines() -> None:
    data = csv_bytes(PLAY_HEADER, play_row(reviewId="a")) + b"\n" + csv_bytes(play_row(reviewId="b"))
    assert [record(r).source_row_number for r in read("google_play", data)] == [1, 2]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"PAR1rest", "Parquet"),
        ("version,released_at\n".encode("utf-16"), "UTF-16"),
        (b"\xff\xfftrash\n1,2\n", "no CSV header"),
        (b"version\0,released_at\n", "no CSV header"),
        (b'version,"released_at\n1,2\n', "no CSV header"),
        (b"version,released_at,version\n", "twice"),
        (b"version,released_at," + b"x" * 70_000 + b"\n", "no CSV header"),
        (b"version,released_at" + b",x" * 600 + b"\n", "no CSV header"),
    ],
)
def test_file_that_is_no_csv_is_refused_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read("releases", data)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_nameless_columns_get_names_of_their_own() -> None:
    data = b"version,released_at,,\n1.0,2026-01-01,a,b\n"
    assert len(read("releases", data)) == 1
