"""Rows that were written past the audit trail are found, whatever they say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from feedback_loop.errors import AuditChainBroken
from feedback_loop.remediation.attested import RESTATED, contradictions
from feedback_loop.workflows.audit import verified
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World

FORGED_APPROVAL = """INSERT INTO approval (proposal_id, person, approval_verdict, arguments_hash, given_at, why)
SELECT proposal_id, 'zed', approval_verdict, arguments_hash, given_at, '' FROM approval WHERE person = 'ada'"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def spoil(world: World, *statements: str) -> None:
    connection = sqlite3.connect(world.folder / "state" / "state.sqlite")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_what_was_decided_in_the_usual_way_contradicts_nothing(world: World) -> None:
    world.approved()
    assert verified(world.state, world.state).breaks == ()
    world.execute(FakeCaseSystem())
    assert verified(world.state, world.state).breaks == ()


@pytest.mark.parametrize(
    "forgery",
    [
        FORGED_APPROVAL,
        "DELETE FROM approval WHERE person = 'bo'",
        "UPDATE approval SET approval_verdict = 'reject' WHERE person = 'bo'",
        "UPDATE proposal SET approvals_required_count = 0",
        "UPDATE proposal SET requested_by = 'ada'",
        "UPDATE proposal SET approver_roles = '[\"intern\"]'",
        "UPDATE proposal SET expires_at = '2099-01-01T00:00:00.000000Z'",
        "UPDATE proposal SET action_target = 'release-9'",
        "UPDATE proposal SET proposal_status = 'awaiting_approval'",
        "UPDATE proposal SET action_arguments = '{'",
        "DELETE FROM proposal",
        "DELETE FROM audit_content WHERE sequence = 1",
    ],
)
def test_a_row_that_was_written_past_the_trail_stops_the_outbox(world: World, forgery: str) -> None:
    world.approved()
    spoil(world, forgery)
    system = FakeCaseSystem()
    assert {str(found.kind) for found in verified(world.state, world.state).breaks} == {"contradicted"}
    with pytest.raises(AuditChainBroken, match="contradicted"):
        world.execute(system)
    assert system.calls == []


def test_erased_content_of_what_is_over_is_no_contradiction(world: World) -> None:
    world.approved()
    world.execute(FakeCaseSystem())
    spoil(world, "DELETE FROM audit_content")
    assert verified(world.state, world.state).breaks == ()


def test_a_proposal_that_nobody_recorded_is_found(world: World) -> None:
    proposal = world.state.proposal(world.propose()[0])
    assert proposal is not None
    (found,) = contradictions([(proposal, [])], [], {})
    assert "nobody recorded" in found.what


def test_what_an_erasure_told_anew_attests_only_where_the_first_content_is_gone(world: World) -> None:
    world.approved()
    (proposal, _), *_ = world.state.decided()
    first = next(record for record in world.state.records() if record.event == "proposed")
    told = {**world.state.contents()[first.sequence][1], "approvals_required_count": 0}
    world.state.note(RESTATED, proposal.proposal_id, "mallory", told, proposal.proposed_at)
    assert verified(world.state, world.state).breaks == (), "as long as the first content is there, it counts"
    spoil(world, f"DELETE FROM audit_content WHERE sequence = {first.sequence}")
    assert [found.what for found in verified(world.state, world.state).breaks] == ["its proposal is not the one that was recorded"]
