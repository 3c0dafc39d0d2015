"""Each check of the classifier fails on a planted fault; those on the hold-out stop proposals and not the day's issues."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.model_checks import MODEL_CHECKS
from feedback_loop.defs.wiring import build_run_defs
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.defs.distrusted import TEXT, label_held_out
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import day, days, record
from feedback_loop_tests.defs.test_checks import evaluations
from feedback_loop_tests.defs.test_second_opinions import OPEN, landed, with_model
from feedback_loop_tests.language_model_server import running_model

PRECISION, CALIBRATION, LEFT_OPEN, OUT_OF_SCOPE, QUOTATIONS = MODEL_CHECKS
CLASSES = TABLES["analysis_classification"]


def judged(home: Home, table: str) -> dict[str, dg.AssetCheckEvaluation]:
    """The checks of the classifier on the table, as they judge it now."""
    defs = build_run_defs(home.resources(), with_marts=False)
    return {name: found for name, found in evaluations(defs, table).items() if name in MODEL_CHECKS}


def test_without_labels_and_past_every_check_passes_and_says_what_is_missing(computed: Home) -> None:
    found = {**judged(computed, "state_model"), **judged(computed, "analysis_classification"), **judged(computed, "analysis_evidence")}
    assert {name: one.passed for name, one in found.items()} == dict.fromkeys(MODEL_CHECKS, True)
    assert "Nothing is proven" in str(found[PRECISION].description)
    assert "needs 15 right ones" in str(found[PRECISION].description)
    assert "30 more are needed" in str(found[CALIBRATION].description)


def test_labels_that_contradict_what_is_decided_fail_both_checks_and_stop_proposals_alone(home: Home) -> None:
    home.land([record(f"r{n}", 0, TEXT.format(n=n)) for n in range(3)])
    label_held_out(home.store, home.state(), "auth")
    summary = home.run(days(0, 0))
    assert sorted(summary.failed_checks) == sorted([f"state_model.{PRECISION}", f"state_model.{CALIBRATION}"])
    assert "gold_issue" in summary.rows
    assert not {"remediation_proposal", "remediation_action"} & set(summary.rows)
    found = judged(home, "state_model")
    assert {one.severity for one in found.values()} == {dg.AssetCheckSeverity.ERROR}
    assert "billing: 0 of 40 right" in str(found[PRECISION].description)
    assert "too high" in str(found[CALIBRATION].description)
    assert "charged" not in "".join(f"{one.description} {one.metadata}" for one in found.values())


def test_labels_that_agree_pass_both_checks(home: Home) -> None:
    label_held_out(home.store, home.state(), "billing")
    found = judged(home, "state_model")
    assert {name: one.passed for name, one in found.items()} == {PRECISION: True, CALIBRATION: True}
    assert "proven for billing" in str(found[PRECISION].description)


def history(last: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
    """Twenty fragments on each of twenty days, two of them left open; those of the last day as told."""
    rows = []
    for number in range(-19, 1):
        for n in range(20):
            said = {"class_score": 0.95, "is_abstained": n < 2, "abstention_reason": "low_confidence" if n < 2 else None}
            changed = last(n) if number == 0 else {}
            rows.append({"fragment_id": f"f{number}-{n}", "event_date": day(0) + timedelta(days=number)} | said | changed)
    return rows


FAULTS: dict[str, Callable[[int], dict[str, Any]]] = {
    LEFT_OPEN: lambda n: {"is_abstained": n < 16},
    OUT_OF_SCOPE: lambda n: {"class_score": 0.001 if n < 14 else 0.95},
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_day_unlike_its_past_is_a_warning_with_what_to_do(home: Home, name: str) -> None:
    home.store.append(CLASSES, frame_of(CLASSES, *history(FAULTS[name])))
    found = judged(home, "analysis_classification")
    assert {check: one.passed for check, one in found.items()} == {LEFT_OPEN: name != LEFT_OPEN, OUT_OF_SCOPE: name != OUT_OF_SCOPE}
    assert found[name].severity is dg.AssetCheckSeverity.WARN
    assert "2024-03-01" in str(found[name].description)
    assert "`labels queue`" in str(found[name].description)


def test_a_day_like_its_past_passes(home: Home) -> None:
    home.store.append(CLASSES, frame_of(CLASSES, *history(lambda n: {})))
    assert all(one.passed for one in judged(home, "analysis_classification").values())


def test_quotations_that_nobody_said_are_a_warning_that_stops_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def inventive(body: dict[str, Any]) -> str:
        properties = body["response_format"]["json_schema"]["schema"]["properties"]
        if "label" in properties:
            return json.dumps({"label": properties["label"]["enum"][0]})
        return json.dumps({"phrases": ["never said", "nor this"], "error_strings": ["E-000"], "versions": [], "devices": []})

    with running_model(inventive) as server:
        with_model(monkeypatch, BASE_URL=server.url)
        summary = landed(home).run(days(0, 0))
    assert summary.failed_checks == []
    assert list(summary.warnings) == [f"analysis_evidence.{QUOTATIONS}"]
    assert f"{3 * len(OPEN)} of {3 * len(OPEN)} quotations" in summary.warnings[f"analysis_evidence.{QUOTATIONS}"]


def test_every_check_of_the_module_is_planted_a_fault(new_home: NewHome) -> None:
    assert set(MODEL_CHECKS) == {PRECISION, CALIBRATION, QUOTATIONS, *FAULTS}
