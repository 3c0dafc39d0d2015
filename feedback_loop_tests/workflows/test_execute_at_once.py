"""Two executors at once: what one has tried since the other looked is left to it, so that a vendor that minds no keys writes once."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.workflows.execute import LEASE
from feedback_loop_tests.workflows.outbox_world import Died, FakeCaseSystem, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_another_process_has_tried_since_it_was_listed_is_left_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.approved()
    (listed,), system = world.state.actions(ActionStatus.QUEUED), FakeCaseSystem("doubt_after")
    world.execute(system)
    with monkeypatch.context() as patched:
        patched.setattr(world.state, "actions", lambda *statuses: [listed] if ActionStatus.QUEUED in statuses else [])
        world.execute(system)
    assert system.calls == ["perform"], "it was written meanwhile, and nobody has asked for it by its key yet"
    assert len(world.execute(system).done) == 1
    assert system.calls == ["perform", "receipt_for"]


def test_a_claim_that_another_process_took_over_is_not_called_in_doubt_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.approved()
    with pytest.raises(Died):
        world.execute(FakeCaseSystem("die_before"))
    (listed,) = world.state.actions(ActionStatus.CLAIMED)
    world.clock.advance(LEASE)
    with pytest.raises(Died):
        world.execute(FakeCaseSystem("fine", "die_before"))
    with monkeypatch.context() as patched:
        patched.setattr(world.state, "actions", lambda *statuses: [listed] if ActionStatus.CLAIMED in statuses else [])
        world.execute(FakeCaseSystem())
    (taken_over,) = world.state.actions(ActionStatus.CLAIMED)
    assert taken_over.attempt_count == 2
