"""Tests of the source files and truth tables: each parses by its documented format and they fit together."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.simulation import Simulation, source_files, truth_files

CHANNELS = {"app_review", "ticket", "email", "survey", "call", "chat", "social"}
CANONICAL = {"source_record_id", "channel", "product", "occurred_at", "text", "source", "customer_id", "sku", "product_area", "language"}
CANONICAL |= {"locale", "segment", "tier", "region", "product_version", "device", "os", "severity", "rating"}


@pytest.fixture(scope="module")
def files(lived: Simulation) -> dict[str, bytes]:
    return source_files(lived)


@pytest.fixture(scope="module")
def truth(lived: Simulation) -> dict[str, list[dict[str, Any]]]:
    return {name: [json.loads(line) for line in content.decode().splitlines()] for name, content in truth_files(lived).items()}


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def json_rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().split("\n") if line]


def test_reviews_have_the_columns_and_values_of_the_store_export(files: dict[str, bytes]) -> None:
    header = b"reviewId,content,score,thumbsUpCount,reviewCreatedVersion,at,replyContent,repliedAt\n"
    assert files["reviews.csv"].startswith(header)
    for row in csv_rows(files["reviews.csv"]):
        assert uuid.UUID(row["reviewId"]).version == 4
        assert int(row["score"]) in range(1, 6)
        assert int(row["thumbsUpCount"]) >= 0
        at = datetime.strptime(row["at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        assert bool(row["replyContent"]) == bool(row["repliedAt"])
        if row["repliedAt"]:
            assert datetime.strptime(row["repliedAt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) > at


@pytest.mark.parametrize(("name", "channels"), [("tickets.jsonl", {"ticket", "email"}), ("chats.jsonl", {"chat"})])
def test_help_desk_records_are_canonical(files: dict[str, bytes], name: str, channels: set[str]) -> None:
    rows = json_rows(files[name])
    assert len(rows) > 300
    assert {row["channel"] for row in rows} == channels <= CHANNELS
    for row in rows:
        assert set(row) <= CANONICAL
        assert all(isinstance(row[field], str) and row[field] for field in ("source_record_id", "product", "occurred_at"))
        assert datetime.fromisoformat(row["occurred_at"]).tzinfo is not None
        assert row["severity"] in {"low", "normal", "high", "urgent"}


def test_context_is_missing_as_often_as_stated(files: dict[str, bytes], lived: Simulation) -> None:
    rows = json_rows(files["tickets.jsonl"])
    assert sum(row["region"] is None for row in rows) / len(rows) == pytest.approx(lived.scenario.missing_field_share, abs=0.03)


def test_releases_parse_and_rise(files: dict[str, bytes], lived: Simulation) -> None:
    rows = csv_rows(files["releases.csv"])
    assert [row["version"] for row in rows] == [release.version for release in lived.scenario.releases]
    moments = [datetime.fromisoformat(row["released_at"]) for row in rows]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is not None for moment in moments)


def test_every_source_record_has_one_row_of_truth(files: dict[str, bytes], truth: dict[str, list[dict[str, Any]]]) -> None:
    landed = [row["reviewId"] for row in csv_rows(files["reviews.csv"])]
    landed += [row["source_record_id"] for name in ("tickets.jsonl", "chats.jsonl") for row in json_rows(files[name])]
    assert sorted(landed) == sorted(row["message_id"] for row in truth["truth_message.jsonl"])


def test_truth_names_faults_and_topics_that_were_planted(truth: dict[str, list[dict[str, Any]]], lived: Simulation) -> None:
    faults = {row["fault"]: row for row in truth["truth_fault.jsonl"]}
    for row in truth["truth_message.jsonl"]:
        assert set(row["topics"]) <= set(lived.scenario.topics)
        if row["fault"]:
            assert row["occurred_at"][:10] >= faults[row["fault"]]["first_day"]
            assert not row["topics"] or row["topics"][0] == faults[row["fault"]]["topic"]
    assert sum(row["message_count"] for row in faults.values()) == sum(bool(row["fault"]) for row in truth["truth_message.jsonl"])


def test_nothing_of_the_truth_reaches_a_source_file(files: dict[str, bytes], lived: Simulation) -> None:
    secret = (
        [fault.fault for fault in lived.scenario.faults] + [fault.kind for fault in lived.scenario.faults] + list(lived.scenario.topics)
    )
    for content in files.values():
        assert not [word for word in secret if "_" in word and word.encode() in content]


def test_reviews_keep_line_breaks_and_quotes_inside_a_cell(files: dict[str, bytes], lived: Simulation) -> None:
    texts = {message.message_id: message.text for message in lived.messages}
    rows = csv_rows(files["reviews.csv"])
    assert all(row["content"] == texts[row["reviewId"]] for row in rows)
    assert any("\n" in row["content"] for row in rows)
    assert any('"' in row["content"] for row in rows)
