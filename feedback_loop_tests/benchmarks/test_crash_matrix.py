"""One test for each point at which an executor can die, on each database; and every point of the code has its line in the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop_tests.benchmarks.crash_matrix import POINTS, Point, tried


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.what)
def test_who_dies_there_leaves_a_state_from_which_the_next_run_ends_in_exactly_once(point: Point, state_url: str, tmp_path: Path) -> None:
    found = tried(point, state_url, tmp_path)
    assert found.is_as_promised(point), found


def test_every_step_has_its_points() -> None:
    deaths = {point.deaths[-1] for point in POINTS}
    steps = {
        f"{step}:{moment}" for step in ("claim", "finish_done") for moment in ("enter", "before_commit", "before_anchor", "after_anchor")
    }
    assert deaths >= steps | {"finish_in_doubt:enter", "finish_in_doubt:before_commit", "finish_in_doubt:before_anchor"}
    assert deaths >= {"vendor:before_write", "vendor:after_write", "vendor:before_lookup"}


def test_a_process_that_does_not_come_to_its_point_is_no_proof(tmp_path: Path) -> None:
    nowhere = Point("nowhere", ("nowhere:enter",), "queued", 0, 0, 1)
    with pytest.raises(RuntimeError, match="did not come to nowhere:enter"):
        tried(nowhere, f"sqlite:///{tmp_path / 'state.sqlite'}", tmp_path)
