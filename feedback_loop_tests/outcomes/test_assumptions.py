"""Assumptions name who answers for them, and how far they may be off."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from feedback_loop.outcomes.assumptions import Assumption
from feedback_loop.outcomes.assumptions_text import seed_assumptions


def figure(**changes: float | None) -> Assumption:
    return Assumption.model_validate({"value": 30.0, "unit": "USD", "owner": "head of support", "source": "payroll", **changes})


def test_every_assumption_has_a_unit_an_owner_and_a_source() -> None:
    found = seed_assumptions().named()
    assert len(found) == 4
    assert all(one.unit and one.owner and one.source for one in found.values())


def test_what_nobody_measured_has_no_value() -> None:
    assert seed_assumptions().usual_incident_hours.value is None
    assert {cost.usd_per_month for cost in seed_assumptions().costs} == {None}


def test_half_and_half_as_much_again_are_tried_where_nobody_says_how_far_it_may_be_off() -> None:
    assert figure().ends() == (15.0, 45.0)
    assert figure(low=28.0, high=31.0).ends() == (28.0, 31.0)
    assert figure(value=None).ends() is None


def test_no_share_above_one_is_tried() -> None:
    most = seed_assumptions().lost_per_complaint_share.model_copy(update={"value": 0.8})
    assert most.ends() == (0.4, 1.0)


def test_a_value_beyond_its_own_ends_is_refused() -> None:
    with pytest.raises(ValidationError, match="not in this order"):
        figure(low=31.0)


def test_an_assumption_or_a_cost_is_varied_by_its_name() -> None:
    seed = seed_assumptions()
    assert seed.varied("months_kept", 3.0).months_kept.value == 3.0
    assert seed.varied("infrastructure", 99.0).costs[0].usd_per_month == 99.0
    assert seed.varied("infrastructure", 99.0).costs[1] == seed.costs[1]
