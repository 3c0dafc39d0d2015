"""`cost`: what 1,000 fragments cost, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

from feedback_loop.cli.places import open_state, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.asked_fragments import DAY, left_open


def spend(home: Path) -> None:
    settings = Settings(home=home)
    open_store(settings).append(TABLES["analysis_classification"], left_open(4))
    row = valid_row(TABLES["state_model_call"], call_outcome="answered", cost_usd=0.002, event_date=DAY, asked_at=START)
    open_state(settings).record(TABLES["state_model_call"], [row], "loop", START)


def test_each_tier_has_a_line_and_the_calls_stand_below(call: Call, home: Path) -> None:
    spend(home)
    said = call("cost").out
    assert "language model" in said
    assert "2.0000" in said
    assert "classification" in said


def test_programs_get_the_same_as_json(call: Call, home: Path) -> None:
    spend(home)
    costs = json.loads(call("cost", "--from", str(DAY), "--to", str(DAY), "--json").out)
    assert [tier["fragment_count"] for tier in costs["tiers"]] == [0, 1, 4]
    assert costs["usd_per_thousand"] == 0.5


def test_a_home_without_calls_says_so_and_gets_no_database(call: Call, home: Path) -> None:
    assert "No language model was asked." in call("cost").out
    assert not (home / "state").exists()


def test_one_day_alone_is_refused(call: Call, home: Path) -> None:
    outcome = call("cost", "--from", "2026-01-01")
    assert (outcome.code, "--to" in outcome.error) == (2, True)
