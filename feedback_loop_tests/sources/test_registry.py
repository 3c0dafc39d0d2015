import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.records import FeedbackRecord, MeasuredRows, RejectedRow, row_count
from feedback_loop.errors import BadInput, UnknownChoice, UnreadableFile
from feedback_loop.sources.reading import Reading, reading_again
from feedback_loop.sources.registry import SOURCES, source_named
from feedback_loop_tests.sources.rows import csv_bytes, play_file, play_row, read, rejected
from feedback_loop_tests.sources.test_parquet import REQUIRED, parquet_bytes

PARQUET = parquet_bytes(REQUIRED)
HEADERS = {
    "google_play": b"reviewId,content,score,at\n",
    "records": b"source_record_id,channel,product,occurred_at\n",
    "releases": b"version,released_at\n",
    "survey": b"id,date,nps\n",
    "changes": b"change_id,change_kind,product,started_at,scope\n",
    "telemetry": b"product,service,minute,requests,errors\n",
}
FORMS = [("google_play", "csv"), ("releases", "csv"), ("records", "csv"), ("records", "jsonl"), ("records", "parquet")]
FORMS += [("mail", "eml"), ("mail", "mbox"), ("survey", "csv"), ("calls", "webvtt"), ("calls", "page"), ("chats", "jsonl")]
FORMS += [("changes", "csv"), ("changes", "jsonl"), ("documents", "markdown"), ("telemetry", "csv"), ("telemetry", "jsonl")]
FORMS += [("app_store_text", "text"), *((name, form) for name in ("google_play_reviews", "zendesk") for form in ("page", "jsonl"))]


@pytest.mark.parametrize(("source", "form"), FORMS)
@given(data=st.binary(max_size=200), with_header=st.booleans())
@settings(max_examples=60, deadline=None)
def test_random_bytes_are_read_or_refused_and_never_crash(source: str, form: str, data: bytes, with_header: bool) -> None:
    whole = HEADERS[source] + data if with_header and form == "csv" else data
    try:
        rows = read(source, whole, form)
    except BadInput as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - the refusal is one of two good outcomes
        return
    numbers = sorted(row.source_row_number for row in rows if not isinstance(row, MeasuredRows))
    assert set(numbers) <= set(range(1, sum(row_count(row) for row in rows) + 1))
    assert len(set(numbers)) == len(numbers)
    assert source == "telemetry" or numbers == list(range(1, len(rows) + 1))


@given(at=st.integers(0, len(PARQUET) - 1), byte=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_damaged_parquet_is_read_or_refused_and_never_crashes(at: int, byte: int) -> None:
    damaged = PARQUET[:at] + bytes([byte]) + PARQUET[at + 1 :]
    try:
        rows = read("records", damaged, "parquet")
    except BadInput:
        return
    assert all(isinstance(row, FeedbackRecord | RejectedRow) for row in rows)


@pytest.mark.parametrize("given_name", ["google-play", "google_play"])
def test_source_is_found_with_hyphen_or_underscore(given_name: str) -> None:
    assert source_named(given_name) is SOURCES["google_play"]


def test_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownChoice, match="google_play, google_play_reviews, incident_comments, incidents, intercom, launchdarkly"):
        source_named("fax")


def test_form_follows_the_suffix_where_there_are_several() -> None:
    assert [SOURCES["records"].form_of(Path(f"x{s}")) for s in (".JSONL", ".ndjson", ".csv", ".parquet")] == [
        "jsonl",
        "jsonl",
        "csv",
        "parquet",
    ]
    assert SOURCES["google_play"].form_of(Path("reviews.txt")) == "csv"
    assert SOURCES["app_store_text"].form_of(Path("reviews.txt")) == "text"
    assert [SOURCES["zendesk"].form_of(Path(f"x{s}")) for s in (".json", ".jsonl")] == ["page", "jsonl"]
    assert SOURCES["documents"].form_of(Path("kb.md")) == "markdown"
    assert [SOURCES["mail"].form_of(Path(name)) for name in ("a.eml", "a.MBOX")] == ["eml", "mbox"]
    assert [SOURCES["calls"].form_of(Path(name)) for name in ("a.vtt", "a.json")] == ["webvtt", "page"]
    with pytest.raises(UnreadableFile):
        SOURCES["records"].form_of(Path("x.csv.gz"))


@pytest.mark.parametrize(
    ("source", "form", "data"),
    [
        ("google_play", "csv", play_file(play_row(at="never"))),
        ("google_play", "csv", play_file(play_row()[:5])),
        ("releases", "csv", csv_bytes(("version", "released_at"), ("1.0", "soon"))),
        ("records", "csv", HEADERS["records"] + b"a,fax,P,2026-01-01\n"),
        ("records", "jsonl", b"broken\n"),
        ("records", "parquet", parquet_bytes(REQUIRED | {"channel": ["fax", "fax"]})),
        ("changes", "jsonl", b'{"change_id": "c"}\n'),
        ("documents", "markdown", b"no front matter"),
        ("app_store_text", "text", b"1.0******too few\r\n"),
        ("app_store_connect", "page", b'{"data": [{\n}], "included": []}'),
        ("google_play_reviews", "page", b'{"reviews": [\n{"reviewId":\n"r"}]}'),
        ("intercom", "page", b'{"conversations": [{"id": "1"}]}'),
        ("zendesk", "page", b'{"audits": [{\n"id": 1}, {"id": 2}]}'),
        ("zendesk", "page", b'{"comments": [{\n"id": 1}], "ticket": {}}'),
        ("zendesk", "jsonl", b'{"id": 1}\n'),
        ("mail", "eml", b"no mail"),
        ("survey", "csv", HEADERS["survey"] + b"1,2026-01-01,11\n"),
        ("calls", "webvtt", b"WEBVTT\n"),
        ("calls", "page", b"{}"),
        ("chats", "jsonl", b"{}\n"),
        ("telemetry", "csv", HEADERS["telemetry"] + b"P,web\n"),
        ("telemetry", "csv", HEADERS["telemetry"] + b"P,web,soon,1,1\n"),
    ],
)
def test_rejected_row_read_again_from_its_own_bytes_is_the_same_rejected_row(source: str, form: str, data: bytes) -> None:
    before = rejected(read(source, data, form)[0])
    again = reading_again(source, before.source_file, before.reader_options)
    (after,) = source_named(source).read(io.BytesIO(before.raw_bytes), again)
    assert rejected(after).quarantine_id == before.quarantine_id
    assert rejected(after).reason is before.reason


def test_own_domains_are_told_again_and_leave_the_options_of_others_as_they_were() -> None:
    reading = Reading(source="mail", file_name="a.eml", form="eml", own_domains=("acme.example",))
    assert reading_again("mail", "a.eml", reading.options).own_domains == ("acme.example",)
    assert "own_domains" not in Reading(source="records", file_name="a.csv", form="csv").options


def test_reading_is_rows_alone_only_when_told_its_columns() -> None:
    reading = Reading(source="releases", file_name="f.csv", form="csv")
    assert reading.columns is None
    assert reading.over_rows().columns == ()
