"""Tests of deliveries: hour by hour they hold what the files hold as a whole, nothing comes before it could be known."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.simulation import Delivery, Intervention, Simulation, arrivals, deliveries, simulate, source_files
from feedback_loop.simulation.deliveries import Arrivals, tick_of
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.statements import HOUR, instant
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows.ingest import reading_of


@pytest.fixture(scope="module")
def fortnight(company: Scenario, lived: Simulation) -> Simulation:
    """The first two weeks, in which a billing job stops early."""
    return simulate(company.model_copy(update={"days": 15, "customers": 1500}), 7, lived.start_day)


@pytest.fixture(scope="module")
def post(fortnight: Simulation) -> Arrivals:
    return arrivals(fortnight)


@pytest.fixture(scope="module")
def everything(post: Arrivals) -> list[Delivery]:
    return post.between(None, None)


def rows_of(name: str, content: bytes) -> list[dict[str, Any]]:
    if name.endswith(".csv"):
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    return [json.loads(line) for line in content.decode().split("\n") if line]


def whole_name(name: str) -> str:
    """The name of the file that the delivery is a part of."""
    stem, suffix = name.rsplit(".", 1)
    return f"{stem.rsplit('-', 1)[0]}.{suffix}"


def without_replies(row: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in row.items() if name not in ("replyContent", "repliedAt")}, sort_keys=True)


def test_rows_delivered_hour_by_hour_are_those_of_the_whole_files(fortnight: Simulation, everything: list[Delivery]) -> None:
    found: dict[str, Counter[str]] = {}
    for one in everything:
        if one.source not in ("telemetry", "logs", "documents"):
            found.setdefault(whole_name(one.name), Counter()).update(without_replies(row) for row in rows_of(one.name, one.content))
    whole = {name: content for name, content in source_files(fortnight).items() if name.endswith((".csv", ".jsonl"))}
    assert found == {
        name: Counter(without_replies(row) for row in rows_of(name, content)) for name, content in whole.items() if rows_of(name, content)
    }


def test_documents_telemetry_and_logs_are_those_of_the_whole_files(fortnight: Simulation, everything: list[Delivery]) -> None:
    files = source_files(fortnight)
    assert {one.name: one.content for one in everything if one.source == "documents"} == {
        name: content for name, content in files.items() if name.startswith("documents/")
    }
    for source in ("telemetry", "logs"):
        parts = [pl.read_parquet(io.BytesIO(one.content)) for one in everything if one.source == source]
        assert len(parts) == fortnight.scenario.days
        assert_frame_equal(pl.concat(parts), pl.read_parquet(io.BytesIO(files[f"{source}.parquet"])))


@settings(max_examples=8, deadline=None)
@given(cuts=st.sets(st.integers(0, 15 * 24 + 40), max_size=5))
def test_windows_that_meet_hold_everything_once(post: Arrivals, everything: list[Delivery], cuts: set[int]) -> None:
    edges = [None, *(instant(post.simulation.start_day, cut) for cut in sorted(cuts)), None]
    found = [one for since, until in pairwise(edges) for one in post.between(since, until)]
    assert [(one.source, one.name) for one in found] == [(one.source, one.name) for one in everything]
    assert found == everything


def test_a_delivery_comes_at_the_end_of_an_hour_and_once_per_file(everything: list[Delivery]) -> None:
    assert all(one.delivered_at == tick_of(one.delivered_at) for one in everything)
    assert len({one.name for one in everything}) == len(everything)
    assert [one.delivered_at for one in everything] == sorted(one.delivered_at for one in everything)


@given(st.integers(0, 2**36))
def test_a_tick_is_the_end_of_the_hour(milliseconds: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    tick = tick_of(moment)
    assert timedelta(0) <= tick - moment < HOUR
    assert (tick.minute, tick.second, tick.microsecond) == (0, 0, 0)


def test_nothing_is_delivered_before_it_happened(everything: list[Delivery]) -> None:
    for one in everything:
        for row in rows_of(one.name, one.content) if one.name.endswith((".csv", ".jsonl")) else []:
            told = [row.get(name) for name in ("occurred_at", "started_at", "ended_at", "released_at", "stated_at", "at", "repliedAt")]
            moments = [datetime.fromisoformat(value) for value in told if value]
            assert all((m if m.tzinfo else m.replace(tzinfo=UTC)) <= one.delivered_at for m in moments), one.name


def test_a_later_public_reply_is_not_known_yet(fortnight: Simulation, everything: list[Delivery]) -> None:
    replied = sum(1 for message in fortnight.messages if message.reply)
    known = sum(bool(row["replyContent"]) for one in everything if one.source == "google_play" for row in rows_of(one.name, one.content))
    assert 0 < known < replied


def test_every_source_reads_its_deliveries_without_a_rejected_row(everything: list[Delivery]) -> None:
    for one in everything:
        source = source_named(one.source)
        read = list(source.read(io.BytesIO(one.content), reading_of(source, Path(one.name), one.product)))
        assert read, one.name
        assert not [row for row in read if isinstance(row, RejectedRow)], one.name


def test_telemetry_comes_as_often_as_asked(fortnight: Simulation, post: Arrivals) -> None:
    start = instant(fortnight.start_day, 0)
    found = [one for one in post.between(start, start + timedelta(days=1), telemetry_hours=6) if one.source == "telemetry"]
    assert [one.delivered_at - start for one in found] == [timedelta(hours=hour) for hour in (6, 12, 18, 24)]
    day = [one for one in post.between(start, start + timedelta(days=1)) if one.source == "telemetry"]
    parts = pl.concat([pl.read_parquet(io.BytesIO(one.content)) for one in found])
    assert_frame_equal(parts, pl.read_parquet(io.BytesIO(day[0].content)))


def test_an_action_changes_only_what_is_delivered_after_it(fortnight: Simulation, everything: list[Delivery]) -> None:
    at = instant(fortnight.start_day, 24 * 13 + 10)
    acted = simulate(fortnight.scenario, 7, fortnight.start_day, interventions=(Intervention(at, "retry_job", "chg-47a9"),))
    before = at.replace(minute=0)
    assert deliveries(acted, None, before) == [one for one in everything if one.delivered_at <= before]
    assert deliveries(acted, before, None) != [one for one in everything if one.delivered_at > before]
