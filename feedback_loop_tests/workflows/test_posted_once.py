"""Of several processes that would post the same message one does, and another when nothing came of it for long."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.workflows.posted_once import CLAIM, Claims
from feedback_loop_tests.workflows.outbox_world import World


def test_the_first_who_said_so_posts_and_another_after_the_claim_is_old(tmp_path: Path) -> None:
    world = World(tmp_path)
    first, second = (Claims(world.state, world.clock, "being_posted", "ops-slack", name) for name in ("a1", "a2"))
    assert [first.is_ours("m1"), second.is_ours("m1"), first.is_ours("m1"), second.is_ours("m2")] == [True, False, True, True]
    world.clock.advance(CLAIM)
    assert [second.is_ours("m1"), first.is_ours("m1")] == [True, False]
