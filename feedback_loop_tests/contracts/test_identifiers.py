"""Identifiers are functions of content alone: laws, and golden vectors that a worker on another machine must reproduce."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.identifiers import Part, content_hash, stable_id

NOON = datetime(2021, 10, 8, 12, 0, tzinfo=UTC)
GOLDEN: list[tuple[str, tuple[Part, ...], str]] = [
    ("record", (), "record_70ce871f8a3d3fb449bc"),
    ("record", ("google_play", "Print App", "gp:1"), "record_dd76a3020fa61d24879c"),
    ("version", (None,), "version_51e4f61e075a2e46b61b"),
    ("version", ("",), "version_63205ab75f9b723d6c3a"),
    ("release", ("Größe 🖨", NOON, date(2021, 10, 8), 5, 4.5), "release_b395bba5440e83be2960"),
    ("x", ("\ud800",), "x_00632cf7ca70b8484b34"),
]

texts = st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=4).map(tuple)


@pytest.mark.parametrize(("kind", "parts", "expected"), GOLDEN, ids=[golden[2] for golden in GOLDEN])
def test_golden_vectors_hold(kind: str, parts: tuple[Part, ...], expected: str) -> None:
    assert stable_id(kind, *parts) == expected


@given(texts)
@settings(max_examples=100)
def test_an_id_is_the_hash_of_its_parts_with_their_lengths_in_front(parts: tuple[str | None, ...]) -> None:
    data = b"kind"
    for part in parts:
        body = (part or "").encode()
        data += b"\x00" if part is None else b"\x01" + len(body).to_bytes(8, "big") + body
    assert stable_id("kind", *parts) == f"kind_{hashlib.sha256(data).hexdigest()[:20]}"


@given(texts, texts)
@settings(max_examples=200)
def test_different_parts_have_different_ids(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> None:
    assume(one != other)
    assert stable_id("kind", *one) != stable_id("kind", *other)


@given(st.text(min_size=1, max_size=8), st.integers(0, 8))
@settings(max_examples=100)
def test_where_one_part_ends_matters(text: str, cut: int) -> None:
    ids = {stable_id("kind", text), stable_id("kind", text[:cut], text[cut:]), stable_id("kind", text[:cut], None, text[cut:])}
    assert len(ids) == 3


def test_absent_empty_and_missing_parts_differ() -> None:
    ids = [stable_id("kind"), stable_id("kind", None), stable_id("kind", ""), stable_id("kind", None, None), stable_id("kind", "None")]
    assert len(set(ids)) == len(ids)


def test_the_order_of_the_parts_and_the_kind_matter() -> None:
    assert stable_id("kind", "a", "b") != stable_id("kind", "b", "a")
    assert stable_id("kind", "a") != stable_id("other", "a")
    assert stable_id("record", "a").removeprefix("record_") != stable_id("version", "a").removeprefix("version_")


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-23, 23))
@settings(max_examples=60)
def test_an_instant_is_the_same_in_every_time_zone(instant: datetime, hours: int) -> None:
    assume(datetime(2, 1, 1, tzinfo=UTC) < instant < datetime(9998, 1, 1, tzinfo=UTC))
    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    assert stable_id("kind", elsewhere) == stable_id("kind", instant)


def test_an_instant_differs_from_its_day_and_from_a_microsecond_later() -> None:
    midnight = datetime(2021, 10, 8, tzinfo=UTC)
    ids = {stable_id("kind", part) for part in (midnight, midnight.date(), midnight + timedelta(microseconds=1))}
    assert len(ids) == 3


def test_an_id_does_not_depend_on_the_process() -> None:
    code = "from feedback_loop.contracts.identifiers import stable_id; print(stable_id('record', 'google_play', 'Print App', 'gp:1'))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Kolkata", "LC_ALL": "C"}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == "record_dd76a3020fa61d24879c"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=50)
def test_a_text_and_its_bytes_have_one_hash(text: str) -> None:
    assert content_hash(text) == content_hash(text.encode()) == hashlib.sha256(text.encode()).hexdigest()


def test_a_broken_half_of_a_character_can_be_hashed() -> None:
    assert content_hash("\udcff") != content_hash("\udcfe")
