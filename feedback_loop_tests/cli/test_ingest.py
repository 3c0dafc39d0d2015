"""`ingest`: the sum that is printed, the hint at quarantine, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.sources.rows import play_file, play_row


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    file = tmp_path / "reviews.csv"
    file.write_bytes(play_file(play_row(), play_row(reviewId="r2"), play_row(), play_row(reviewId="r3", at="someday")))
    return file


def test_the_sum_is_printed_with_a_hint_at_quarantine(call: Call, reviews: Path) -> None:
    outcome = call("ingest", "google-play", reviews, "--product", "Acme")
    assert outcome.code == 0
    assert outcome.out == "4 rows read = 2 landed + 1 duplicates + 1 quarantined\n"
    assert outcome.err == "note: 1 rows could not be landed and were kept byte for byte; see `feedback-loop quarantine list`.\n"


def test_json_is_the_promised_object_and_twice_adds_nothing(call: Call, reviews: Path) -> None:
    first = json.loads(call("ingest", "google_play", reviews, "--product", "Acme", "--json").out)
    second = json.loads(call("ingest", "google-play", reviews, "--product", "Acme", "--json").out)
    assert first == {"read": 4, "landed": 2, "duplicates": 1, "quarantined": 1}
    assert second == {"read": 4, "landed": 0, "duplicates": 4, "quarantined": 0}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("google-play", "missing.csv", "--product", "Acme"), "missing.csv: no such file"),
        (("google-play", "FILE"), "Add --product NAME."),
        (("records", "FILE", "--product", "Acme"), "Leave --product out."),
        (("fax", "FILE"), "google_play, google_play_reviews, incident_comments, incidents, intercom"),
        (("releases", "FILE", "--product", "Acme"), "column(s) version, released_at missing"),
    ],
)
def test_what_cannot_be_landed_is_refused_in_one_line(call: Call, reviews: Path, arguments: tuple[str, ...], told: str) -> None:
    outcome = call("ingest", *(str(reviews) if a == "FILE" else a for a in arguments))
    assert outcome.code == 2
    assert told in outcome.error
