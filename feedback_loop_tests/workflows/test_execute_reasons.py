"""Why an action failed or is in doubt: the trail keeps it, in words of the error."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.workflows.execute import LEASE
from feedback_loop_tests.workflows.outbox_world import Died, FakeCaseSystem, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(("step", "why"), [("doubt_after", "timeout"), ("refuse", "no such change"), ("unreachable", "ConnectError")])
def test_the_trail_keeps_why_an_action_failed_or_is_in_doubt(world: World, step: str, why: str) -> None:
    world.approved()
    world.execute(FakeCaseSystem(step))
    ((_, told),) = world.state.told("action_finished")
    assert why in str(told["why"])


def test_the_trail_keeps_that_the_process_died(world: World) -> None:
    world.approved()
    with pytest.raises(Died):
        world.execute(FakeCaseSystem("die_after"))
    world.clock.advance(LEASE)
    world.execute(FakeCaseSystem("doubt_before"))
    ((_, told),) = world.state.told("action_finished")
    assert "ended before it could say" in str(told["why"])
