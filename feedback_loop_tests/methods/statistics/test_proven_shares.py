"""What is said to be proven is, and what more trials are promised to prove they prove."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.proven_shares import ShareProof, Standing


def proof(hits: int, trials: int, target: float = 0.85, delta: float = 0.1) -> ShareProof:
    return ShareProof(hits, trials, target, delta)


def test_fifteen_of_fifteen_prove_what_fourteen_do_not() -> None:
    assert proof(14, 14).standing is Standing.OPEN
    assert proof(14, 14).further_trials == 1
    assert proof(15, 15).standing is Standing.REACHED
    assert proof(15, 15).further_trials == 0


def test_nothing_tried_needs_as_many_as_a_whole_share_would() -> None:
    assert (proof(0, 0).low, proof(0, 0).high, proof(0, 0).standing) == (0.0, 1.0, Standing.OPEN)
    assert proof(0, 0).further_trials == 15


def test_a_low_share_is_missed_only_beyond_doubt() -> None:
    assert proof(2, 3).standing is Standing.OPEN
    assert proof(5, 10).standing is Standing.MISSED
    assert proof(80, 100).standing is Standing.OPEN
    more = proof(80, 100).further_trials
    assert more is not None
    assert ShareProof(84, 106, 0.85, 0.1).standing is Standing.MISSED
    assert 0 < more < 20


def test_a_share_at_its_target_is_decided_by_no_number_of_trials() -> None:
    assert proof(85, 100).further_trials is None


@given(st.integers(0, 60), st.integers(0, 60))
def test_reached_and_missed_exclude_each_other_and_low_stays_below_high(hits: int, missed: int) -> None:
    found = proof(hits, hits + missed)
    assert found.low <= found.high
    assert (found.standing is Standing.OPEN) == (found.low < found.target <= found.high)
