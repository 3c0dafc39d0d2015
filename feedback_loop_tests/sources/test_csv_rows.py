import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import csv_rows
from feedback_loop.sources.csv_rows import CsvRow, _Attempt, peek_row, split_rows, take_row
from feedback_loop.sources.lines import Lines
from feedback_loop.sources.reading import MAX_ROW_BYTES

TRICKY = st.text(alphabet='"",,\n\r ab', max_size=60).map(str.encode)
ANY_BYTES = st.one_of(st.binary(max_size=80), TRICKY)


def split(data: bytes, column_count: int = 3) -> list[CsvRow]:
    return list(split_rows(Lines(io.BytesIO(data)), column_count))


def outcomes(data: bytes, column_count: int = 3) -> list[tuple[str, ...] | str]:
    rows = [r for r in split(data, column_count) if not r.is_blank]
    return [str(r.problem.reason) if r.problem else r.fields for r in rows]


@given(ANY_BYTES, st.integers(1, 4))
@settings(max_examples=400)
def test_raw_bytes_of_all_rows_are_the_file(data: bytes, column_count: int) -> None:
    assert b"".join(row.raw for row in split(data, column_count)) == data


@given(st.lists(st.tuples(*[st.text(alphabet='ab ,"\n\ré', max_size=8)] * 3), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_rows_come_back_as_the_standard_writer_wrote_them(rows: list[tuple[str, str, str]], line_end: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    assert outcomes(out.getvalue().encode()) == rows


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12))
def test_good_rows_survive_whatever_bad_rows_stand_between_them(kinds: list[int]) -> None:
    bad = {0: b"good,1,2\n", 1: b'x,"never closed,2\n', 2: b"too,few\n"}
    found = outcomes(b"".join(bad[kind] for kind in kinds) + b"last,1,2\n")
    assert found.count(("good", "1", "2")) == kinds.count(0)
    assert found[-1] == ("last", "1", "2")


def test_line_ends_within_quotes_are_text_and_are_kept() -> None:
    assert outcomes(b'a,"one\r\ntwo\nthree",c\r\nd,e,f') == [("a", "one\r\ntwo\nthree", "c"), ("d", "e", "f")]


def test_lone_carriage_return_is_data() -> None:
    assert outcomes(b"a,b\rb,c\r\n") == [("a", "b\rb", "c")]


def test_doubled_quotes_are_one_quote() -> None:
    assert outcomes(b'a,"say ""hi""",""\n') == [("a", 'say "hi"', "")]


def test_quote_inside_an_unquoted_field_is_data() -> None:
    assert outcomes(b'a,5" screen,c\nd,e,f\n') == [("a", '5" screen', "c"), ("d", "e", "f")]


def test_blank_lines_are_no_rows_but_their_bytes_are_kept() -> None:
    rows = split(b"a,b,c\n\n\r\nd,e,f\n\n")
    assert [r.fields for r in rows if not r.is_blank] == [("a", "b", "c"), ("d", "e", "f")]
    assert [r.raw for r in rows if r.is_blank] == [b"\n", b"\r\n", b"\n"]


@pytest.mark.parametrize("line", [b"a,b\n", b"a,b,c,d\n", b" \n"])
def test_wrong_column_count_rejects_the_row_alone(line: bytes) -> None:
    assert outcomes(b"1,2,3\n" + line + b"4,5,6\n") == [("1", "2", "3"), "wrong_column_count", ("4", "5", "6")]


def test_wrong_column_count_names_both_counts() -> None:
    problem = split(b"a,b,c,d\n")[0].problem
    assert problem is not None
    assert problem.detail == "4 columns instead of the header's 3"


def test_row_over_several_lines_with_the_wrong_column_count_is_one_rejected_row() -> None:
    rows = split(b'a,"one\ntwo",c,d\n4,5,6\n')
    assert [r.raw for r in rows] == [b'a,"one\ntwo",c,d\n', b"4,5,6\n"]


@pytest.mark.parametrize(
    "following",
    [b"4,5,6\n7,8,9\n", b'4,"five, indeed",6\n7,8,9\n', b'4,"",6\n7,8,9\n', b'4,"\nfive",6\n7,8,9\n', b'4,"five",6\n7,"8 ""8""",9\n'],
)
def test_unclosed_quote_swallows_no_row_behind_it(following: bytes) -> None:
    found = outcomes(b'1,"never closed,3\n' + following)
    assert found[0] == "malformed_row"
    assert found[1:] == outcomes(following)


def test_line_from_within_a_broken_row_is_not_taken_for_a_row() -> None:
    assert outcomes(b'1,"one\ntwo",3,too many\n4,5,6\n') == ["wrong_column_count", ("4", "5", "6")]


def test_unclosed_quote_in_the_last_row_rejects_that_row_alone() -> None:
    assert outcomes(b'1,2,3\n4,"five') == [("1", "2", "3"), "malformed_row"]


def test_text_behind_a_closing_quote_rejects_the_row_alone() -> None:
    assert outcomes(b'1,"two"two,3\n4,5,6\n') == ["malformed_row", ("4", "5", "6")]


def test_broken_utf8_rejects_the_row_and_keeps_its_bytes() -> None:
    rows = split(b"1,2,3\n4,\xff\xfe,6\n7,8,9\n")
    problem = rows[1].problem
    assert problem is not None
    assert (problem.reason, rows[1].raw) == (QuarantineReason.BROKEN_ENCODING, b"4,\xff\xfe,6\n")
    assert "column 2" in problem.detail
    assert rows[2].fields == ("7", "8", "9")


def test_row_above_the_limit_is_rejected_whole() -> None:
    long = b"1," + b"x" * MAX_ROW_BYTES + b",3\n"
    rows = split(long + b"4,5,6\n")
    assert rows[0].raw == long
    assert outcomes(long + b"4,5,6\n") == ["row_too_large", ("4", "5", "6")]


def test_row_at_the_limit_is_a_row() -> None:
    line = b"1," + b"x" * (MAX_ROW_BYTES - 5) + b",3\n"
    assert len(line) == MAX_ROW_BYTES
    assert len(outcomes(line)[0]) == 3


def test_quoted_field_above_the_limit_costs_no_row_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_ROW_BYTES", 50)
    assert outcomes(b'1,"' + b"x\n" * 30 + b'",3\n4,5,6\n')[0] == "row_too_large"
    assert outcomes(b'1,"' + b"x\n" * 30 + b'",3\n4,5,6\n')[-1] == ("4", "5", "6")


def test_rest_of_a_line_that_came_in_pieces_is_no_row_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_loop.sources.lines.MAX_LINE_BYTES", 100)
    monkeypatch.setattr(csv_rows, "MAX_ROW_BYTES", 50)
    data = b"x" * 100 + b"a,b,c\n4,5,6\n"
    assert outcomes(data) == ["row_too_large", "row_too_large", ("4", "5", "6")]


@pytest.mark.parametrize("line", [b'a",b,"c\n', b'"\n', b'x,"\n', b'"""\n', b'a,"b\n', b'"",""x\n', b'1,"\n2,3,4\n5,6,7\n'])
def test_every_line_is_looked_at_a_bounded_number_of_times(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    feed = _Attempt.feed

    def counted(attempt: _Attempt, one_line: bytes) -> None:
        nonlocal looks
        looks += 1
        feed(attempt, one_line)

    monkeypatch.setattr(_Attempt, "feed", counted)
    column_count, repeats = 8, 2000
    split(line * repeats, column_count)
    assert looks <= (column_count + 2) * repeats * line.count(b"\n")


def test_a_row_that_is_looked_at_stays_where_it_is() -> None:
    lines = Lines(io.BytesIO(b'a,"b\nc"\nd,e\n'))
    assert peek_row(lines, 9) == take_row(lines, 9) == CsvRow(b'a,"b\nc"\n', ("a", "b\nc"))
    assert peek_row(lines, 9).fields == ("d", "e")
