"""Tests of the source files: each parses by its documented format, they fit together, and none holds a word of the truth."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from feedback_loop.simulation import Scenario, Simulation, source_files

IN_ANOTHER_PROCESS = """
import json
from datetime import date
from hashlib import sha256
from feedback_loop.simulation import Simulation, load_scenario, source_files
quiet = Simulation(load_scenario().model_copy(update={"days": 2, "customers": 60}), 3, date(2026, 3, 2), ())
print(json.dumps({name: sha256(content).hexdigest() for name, content in source_files(quiet).items()}))
"""
CHANNELS = {"app_review", "ticket", "email", "survey", "call", "chat", "social"}
CANONICAL = {"source_record_id", "channel", "product", "occurred_at", "text", "source", "customer_id", "sku", "product_area", "language"}
CANONICAL |= {"locale", "segment", "tier", "region", "product_version", "device", "os", "browser", "severity", "rating"}
RECORDS = ["tickets.jsonl", "chats.jsonl", "surveys.jsonl", "calls.jsonl"]


@pytest.fixture(scope="module")
def files(lived: Simulation) -> dict[str, bytes]:
    return source_files(lived)


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


@pytest.mark.parametrize(("name", "channels"), list(zip(RECORDS, [{"ticket", "email"}, {"chat"}, {"survey"}, {"call"}], strict=True)))
def test_records_of_the_desks_are_canonical(files: dict[str, bytes], name: str, channels: set[str]) -> None:
    rows = json_rows(files[name])
    assert len(rows) > 50
    assert {row["channel"] for row in rows} == channels <= CHANNELS
    for row in rows:
        assert set(row) == CANONICAL
        assert all(isinstance(row[field], str) and row[field] for field in ("source_record_id", "product", "occurred_at"))
        assert datetime.fromisoformat(row["occurred_at"]).tzinfo is not None
        assert row["severity"] in {"low", "normal", "high", "urgent"}
        assert (row["rating"] is not None) == (row["channel"] == "survey")


def test_context_is_missing_as_often_as_stated(files: dict[str, bytes], lived: Simulation) -> None:
    rows = json_rows(files["tickets.jsonl"])
    assert sum(row["region"] is None for row in rows) / len(rows) == pytest.approx(lived.scenario.missing_field_share, abs=0.03)


def test_browsers_and_articles_of_the_shop_are_those_of_the_company(files: dict[str, bytes], lived: Simulation) -> None:
    rows = [row for name in RECORDS for row in json_rows(files[name])]
    assert {row["browser"] for row in rows} == {None, *lived.scenario.browsers}
    assert {row["sku"] for row in rows} == {None, *lived.scenario.skus}


def test_releases_parse_and_rise(files: dict[str, bytes], lived: Simulation) -> None:
    rows = csv_rows(files["releases.csv"])
    assert [row["version"] for row in rows] == [release.version for release in lived.scenario.releases]
    moments = [datetime.fromisoformat(row["released_at"]) for row in rows]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is not None for moment in moments)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("changes.jsonl", "change_id change_kind product service started_at ended_at scope description product_version"),
        ("incidents.jsonl", "incident_id product service provider severity started_at ended_at scope summary"),
        ("customers.jsonl", "customer_id account_id product tier segment region locale consent monthly_revenue_usd renews_at stated_at"),
        ("business_events.jsonl", "event_id kind product customer_id amount_usd handling_minutes occurred_at"),
    ],
)
def test_context_rows_have_the_columns_of_their_source(files: dict[str, bytes], name: str, columns: str) -> None:
    rows = json_rows(files[name])
    assert rows
    assert all(list(row) == columns.split() for row in rows)


def test_telemetry_and_logs_are_parquet_of_all_days(files: dict[str, bytes], lived: Simulation) -> None:
    telemetry, logs = (pl.read_parquet(io.BytesIO(files[name])) for name in ("telemetry.parquet", "logs.parquet"))
    assert telemetry.columns == ["product", "service", "version", "region", "minute", "requests", "errors", "latency_p95_ms"]
    assert logs.columns == ["product", "service", "version", "region", "minute", "error", "lines"]
    assert telemetry["minute"].dt.date().n_unique() == lived.scenario.days


def test_every_document_is_a_file_of_its_own(files: dict[str, bytes]) -> None:
    names = [name for name in files if name.startswith("documents/")]
    assert {"documents/kb-checkout.md", "documents/rollback-release.md", "documents/runbook-billing-sync.md"} <= set(names)
    assert all(files[name].startswith(b"---\ndocument_id: ") for name in names)


def test_nothing_of_the_truth_reaches_a_source_file(files: dict[str, bytes], lived: Simulation) -> None:
    secret = (
        [fault.fault for fault in lived.scenario.faults] + [fault.kind for fault in lived.scenario.faults] + list(lived.scenario.topics)
    )
    for name, content in files.items():
        if name.endswith(".parquet"):
            content = pl.read_parquet(io.BytesIO(content)).select(pl.col(pl.String).unique().implode()).write_json().encode()
        assert not [word for word in secret if "_" in word and word.encode() in content], name


def test_causes_are_stated_like_everything_else(files: dict[str, bytes], lived: Simulation) -> None:
    causes = {fault.cause.reference for fault in lived.scenario.faults}
    rows = json_rows(files["changes.jsonl"])
    shapes = {(row["change_id"] in causes, frozenset(row)) for row in rows}
    assert len({shape for _, shape in shapes}) == 1
    assert not re.search(r"innocent|cause|fault|true", files["changes.jsonl"].decode())


def test_reviews_keep_line_breaks_and_quotes_inside_a_cell(files: dict[str, bytes], lived: Simulation) -> None:
    texts = {message.message_id: message.text for message in lived.messages}
    rows = csv_rows(files["reviews.csv"])
    assert all(row["content"] == texts[row["reviewId"]] for row in rows)
    assert any("\n" in row["content"] for row in rows)
    assert any('"' in row["content"] for row in rows)


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_gives_the_same_files(company: Scenario, lived: Simulation, hash_seed: str) -> None:
    quiet = Simulation(company.model_copy(update={"days": 2, "customers": 60}), 3, lived.start_day, ())
    here = {name: sha256(content).hexdigest() for name, content in source_files(quiet).items()}
    environment = dict(os.environ, PYTHONHASHSEED=hash_seed, PYTHONPATH=os.pathsep.join(sys.path))
    there = subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(there.stdout) == here
