"""What a message may say, and whom it concerns: only what the evidence holds, and only who complained of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.workflows.told_facts import affected_customers, facts_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.workflows.complainants import complaint, tables_of

FIX = rollback_proposal()
NOW = START + timedelta(hours=4)


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_id": None},
        {"product": "Other"},
        {"browser": "Chrome 130"},
        {"browser": None},
        {"best_class": "billing"},
        {"occurred_at": START - timedelta(hours=7)},
        {"landed_at": NOW + timedelta(minutes=1)},
    ],
    ids=["nobody", "product", "browser", "unknown browser", "class", "before the onset", "not landed yet"],
)
def test_only_who_complained_of_it_is_written_to(changes: dict[str, Any]) -> None:
    tables = tables_of(complaint("anna"), complaint("ben") | changes)
    assert affected_customers(FIX, tables, NOW) == ["anna"]


def test_a_message_says_when_it_began_and_when_it_was_fixed() -> None:
    facts = facts_of(FIX, fixed_at=NOW)
    assert (facts.began_at, facts.fixed_at) == (START - timedelta(hours=6), NOW)
    assert (facts.complaint_class, facts.service, facts.browser, facts.product_version) == ("crash", "web", "Safari 18", None)


def test_without_a_cause_a_message_tells_no_cause() -> None:
    facts = facts_of(replace(FIX, proposed_hypothesis_id=None), None)
    assert (facts.began_at, facts.service, facts.fixed_at) == (None, None, None)
    tables = tables_of(*(complaint(name, occurred_at=START, event_date=START.date()) for name in ("dora", "anna")))
    assert affected_customers(replace(FIX, proposed_hypothesis_id=None), tables, NOW) == ["anna", "dora"]
