"""Thresholds, words on autonomy and gates that were written past the audit trail are found, and nothing is carried out on top of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AuditChainBroken, StateUnavailable
from feedback_loop.remediation.attested_rules import RECORDED_AS, unattested
from feedback_loop.workflows.audit import verified
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.test_attested import spoil
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World

_COLUMNS = "threshold_id, playbook_id, threshold_score, precision_share, judged_count, promoted_by, effective_at"
FORGED_THRESHOLD = f"""INSERT INTO threshold ({_COLUMNS})
SELECT 'forged', playbook_id, 0.0, 1.0, 99, promoted_by, effective_at FROM threshold WHERE threshold_id = 't1'"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world in which two thresholds were recorded together, a third after them, and a word on autonomy."""
    found = World(tmp_path)
    kept = {
        "playbook_id": "p",
        "threshold_score": 0.9,
        "precision_share": 1.0,
        "judged_count": 20,
        "promoted_by": "bo",
        "effective_at": START,
    }
    found.state.record(TABLES["state_threshold"], [kept | {"threshold_id": name} for name in ("t1", "t2")], "bo", START)
    found.state.record(TABLES["state_threshold"], [kept | {"threshold_id": "t3", "precision_share": None}], "bo", START)
    (word,) = frame_of(TABLES["state_autonomy"], {"autonomy_id": "w1", "changed_at": START + timedelta(hours=1)}).to_dicts()
    found.state.record(TABLES["state_autonomy"], [word], "bo", START)
    found.approved()
    return found


def test_what_was_recorded_in_the_usual_way_contradicts_nothing(world: World) -> None:
    assert verified(world.state, world.state).breaks == ()


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        (FORGED_THRESHOLD, "nobody recorded forged of state_threshold"),
        ("UPDATE threshold SET threshold_score = 0.1 WHERE threshold_id = 't2'", "is not the one that was recorded"),
        ("UPDATE threshold SET effective_at = '2099-01-01T00:00:00.000000Z' WHERE threshold_id = 't3'", "is not the one that was recorded"),
        ("DELETE FROM threshold WHERE threshold_id = 't1'", "a row of state_threshold that it recorded is gone"),
        ("UPDATE autonomy SET autonomy_word = 'automated'", "a row of state_autonomy is not the one that was recorded"),
        ("DELETE FROM autonomy", "a row of state_autonomy that it recorded is gone"),
    ],
)
def test_a_rule_that_was_written_past_the_trail_stops_the_outbox(world: World, forgery: str, said: str) -> None:
    spoil(world, forgery)
    assert any(said in found.what for found in verified(world.state, world.state).breaks)
    system = FakeCaseSystem()
    with pytest.raises(AuditChainBroken, match="contradicted"):
        world.execute(system)
    assert system.calls == []


@pytest.mark.parametrize("damage", ["threshold_score = 'abc'", "effective_at = 'yesterday'"])
def test_a_row_that_holds_what_was_never_written_stops_it_too(world: World, damage: str) -> None:
    spoil(world, f"UPDATE threshold SET {damage} WHERE threshold_id = 't1'")
    with pytest.raises(StateUnavailable, match="a row holds what this program never wrote"):
        verified(world.state, world.state)


def test_a_row_whose_record_lost_its_content_is_known_by_its_subject(world: World) -> None:
    rows = {name: world.state.snapshot(TABLES[name]).to_dicts() for name in RECORDED_AS}
    found = unattested(rows, world.state.records(), {})
    assert [one.what for one in found] == ["nobody recorded t2 of state_threshold"]


def test_a_row_that_is_no_number_any_more_is_told_in_a_line(world: World) -> None:
    rows = {name: world.state.snapshot(TABLES[name]).to_dicts() for name in RECORDED_AS}
    rows["state_threshold"][2]["threshold_score"] = float("nan")
    (found,) = unattested(rows, world.state.records(), world.state.contents())
    assert found.what == "a row of state_threshold is not the one that was recorded"
