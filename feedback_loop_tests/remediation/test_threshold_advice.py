"""From which confidence on a playbook is right often enough, by what came of its proposals."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.contracts.loop_vocab import RiskLevel
from feedback_loop.methods.statistics.proven_shares import Standing
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.threshold_advice import WRONG_COSTS, Advice, advice, judged_proposals
from feedback_loop_tests.outcomes.one_loop import HOUR, RAISED, proposal, table

PLAYBOOK = next(one for one in seed_playbooks() if one.risk is RiskLevel.LOW and not one.is_review and not one.is_notice)


def judged(*scores: tuple[float, bool]) -> pl.DataFrame:
    schema = {"playbook_id": pl.String, "confidence_score": pl.Float64, "is_right": pl.Boolean}
    return pl.DataFrame([(PLAYBOOK.playbook_id, *one) for one in scores], schema=schema, orient="row")


def advised(rows: pl.DataFrame, wrong_costs: float | None = None, held: float | None = None) -> Advice:
    found = advice(rows, [PLAYBOOK], {} if held is None else {PLAYBOOK.playbook_id: held}, wrong_costs)
    (one,) = found
    return one


def test_what_helped_was_right_and_what_did_not_was_taken_back_or_rejected_was_wrong() -> None:
    rows = [
        proposal(proposal_id="helped", playbook_id="b"),
        proposal(proposal_id="useless", playbook_id="b"),
        proposal(proposal_id="unsure", playbook_id="b"),
        proposal(proposal_id="back", playbook_id="b", proposal_status="rolled_back"),
        proposal(proposal_id="rejected", playbook_id="b", proposal_status="refused", refusal_reason="rejected_by_person"),
        proposal(proposal_id="waiting", playbook_id="b", proposal_status="awaiting_approval", decided_at=None),
    ]
    verdicts = {"helped": "fixed", "useless": "not_fixed", "unsure": "insufficient_evidence", "back": "fixed"}
    effects = [{"effect_id": n, "proposal_id": n, "action_id": n, "effect_verdict": verdict} for n, verdict in verdicts.items()]
    found = judged_proposals(table("remediation_proposal", *rows), table("outcomes_effect", *effects))
    assert sorted(found["is_right"].to_list()) == [False, False, False, True]


def test_of_two_verdicts_on_one_proposal_the_later_counts_whatever_their_order() -> None:
    verdicts = [{"effect_id": f"e{n}", "proposal_id": "p1", "effect_verdict": v} for n, v in enumerate(("not_fixed", "fixed"))]
    effects = [row | {"measured_at": RAISED + n * HOUR} for n, row in enumerate(verdicts)]
    for rows in (effects, effects[::-1]):
        found = judged_proposals(table("remediation_proposal", proposal()), table("outcomes_effect", *rows))
        assert found["is_right"].to_list() == [True]


def test_what_is_right_above_a_confidence_alone_is_advised_from_there_on() -> None:
    right, wrong = [(0.7 + 0.005 * n, True) for n in range(50)], [(0.4 + 0.005 * n, False) for n in range(40)]
    one = advised(judged(*right, *wrong))
    assert one.advised is not None
    assert 0.5 < one.advised <= 0.7
    assert one.right / one.passed > one.needed_share
    assert one.precision_low is not None
    assert one.precision_low >= one.needed_share
    assert one.further_count == 0


def test_the_dearer_a_wrong_action_the_more_is_asked() -> None:
    mixed = judged(*((0.5 + 0.005 * n, n % 10 != 0) for n in range(80)))
    assert advised(mixed, wrong_costs=1.0).advised is not None
    assert advised(mixed, wrong_costs=19.0).advised is None
    assert (advised(mixed, wrong_costs=1.0).needed_share, advised(mixed, wrong_costs=19.0).needed_share) == (0.5, 0.95)


def test_few_lucky_proposals_prove_nothing_and_it_is_said_how_many_are_missing() -> None:
    one = advised(judged(*((0.9, True),) * 3), held=0.5)
    assert (one.advised, one.judged_count) == (None, 3)
    assert one.further_count
    assert one.further_count > 3


def test_that_one_is_mostly_wrong_is_proven_and_no_more_are_asked_for() -> None:
    one = advised(judged(*((0.9, n % 3 == 0) for n in range(60))), held=0.5)
    assert (one.advised, one.standing, one.further_count) == (None, Standing.MISSED, 0)


def test_what_is_right_exactly_as_often_as_needed_is_decided_by_no_number() -> None:
    one = advised(judged(*((0.9, n % 5 != 0) for n in range(10))), held=0.5)
    assert (one.needed_share, one.advised, one.standing, one.further_count) == (0.8, None, Standing.OPEN, None)


def test_without_a_judged_proposal_the_threshold_of_the_playbook_is_told() -> None:
    one = advised(judged())
    assert (one.held, one.advised, one.precision_low) == (PLAYBOOK.threshold_score, None, None)


def test_a_wrong_action_that_costs_nothing_is_no_question() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        advised(judged(), wrong_costs=0.0)


def test_a_high_risk_asks_for_more() -> None:
    assert WRONG_COSTS[RiskLevel.HIGH] > WRONG_COSTS[RiskLevel.LOW]
