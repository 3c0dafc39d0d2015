"""Tests of the truth tables: they fit the source files and say of each fault what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.simulation import Simulation, truth_files
from feedback_loop.simulation.exports import row_files

FEEDBACK = {"google_play", "records"}


@pytest.fixture(scope="module")
def truth(lived: Simulation) -> dict[str, list[dict[str, Any]]]:
    return {name: [json.loads(line) for line in content.decode().splitlines()] for name, content in truth_files(lived).items()}


def test_every_source_record_has_one_row_of_truth(lived: Simulation, truth: dict[str, list[dict[str, Any]]]) -> None:
    landed = [
        told.row.get("reviewId") or told.row.get("source_record_id")
        for file in row_files(lived)
        if file.source in FEEDBACK
        for told in file.statements
    ]
    assert sorted(map(str, landed)) == sorted(row["message_id"] for row in truth["truth_message.jsonl"])


def test_truth_names_faults_and_topics_that_were_planted(truth: dict[str, list[dict[str, Any]]], lived: Simulation) -> None:
    faults = {row["fault"]: row for row in truth["truth_fault.jsonl"]}
    for row in truth["truth_message.jsonl"]:
        assert set(row["topics"]) <= set(lived.scenario.topics)
        if row["fault"]:
            assert row["occurred_at"] >= faults[row["fault"]]["onset_at"]
            assert not row["topics"] or row["topics"][0] == faults[row["fault"]]["topic"]
    assert sum(row["message_count"] for row in faults.values()) == sum(bool(row["fault"]) for row in truth["truth_message.jsonl"])


def test_a_fault_says_what_caused_it_and_what_mends_it(truth: dict[str, list[dict[str, Any]]], lived: Simulation) -> None:
    regression = next(row for row in truth["truth_fault.jsonl"] if row["kind"] == "release_regression")
    planted = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    assert regression["cause_id"] == planted.cause.reference
    assert (regression["cause_kind"], regression["remedy_kinds"]) == ("deploy", ["roll_back_release"])
    assert (regression["innocent"], regression["service"]) == (planted.innocent, planted.service)
    assert regression["scope"] == {"product_version": planted.versions, "browser": planted.browsers}


def test_an_outcry_has_no_cause_and_no_remedy(truth: dict[str, list[dict[str, Any]]]) -> None:
    outcry = next(row for row in truth["truth_fault.jsonl"] if row["kind"] == "viral_complaint")
    assert (outcry["cause_id"], outcry["cause_kind"], outcry["remedy_kinds"]) == (None, "unknown", [])
