"""Assumptions name who answers for them."""

from __future__ import annotations

from dataclasses import fields

from feedback_loop.outcomes.assumptions import Assumption, RoiAssumptions


def test_every_assumption_has_a_unit_an_owner_and_a_source() -> None:
    found = [getattr(RoiAssumptions(), field.name) for field in fields(RoiAssumptions)]
    assert all(isinstance(one, Assumption) and one.unit and one.owner and one.source for one in found)


def test_what_nobody_measured_has_no_value() -> None:
    assert RoiAssumptions().usual_incident_hours.value is None
