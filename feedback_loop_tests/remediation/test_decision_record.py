"""The facts of a decision survive the way to JSON and back, by their type hints, whatever fields come later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePath
from typing import Any, Optional, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.loop_vocab import ActionKind, RiskLevel
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.remediation.decision_record import POLICY_FACTS, FactsMissing, facts_from, plain_facts, unknown_facts
from feedback_loop.remediation.policy import PolicyFacts
from feedback_loop_tests.remediation.made_up_case import rollback_proposal


@dataclass(frozen=True)
class Inner:
    name: str
    share: float = 0.5


@dataclass(frozen=True)
class Facts:
    kind: ActionKind
    maybe: ComplaintClass | None
    old_style: Optional[int]  # noqa: UP045 (as somebody may write it)
    score: float
    count: int
    is_live: bool
    kinds: frozenset[ActionKind]
    pair: tuple[str, int]
    many: tuple[float, ...]
    names: Sequence[str]
    by_risk: Mapping[RiskLevel, int]
    at: datetime
    day: date
    lasts: timedelta
    inner: Inner
    added_later: int = 7
    list_later: list[str] = field(default_factory=list)


FULL = Facts(
    kind=ActionKind.RETRY_JOB,
    maybe=None,
    old_style=3,
    score=1.0,
    count=2,
    is_live=True,
    kinds=frozenset({ActionKind.RETRY_JOB, ActionKind.OPEN_INCIDENT}),
    pair=("a", 1),
    many=(1.0, 2.5),
    names=("x", "y"),
    by_risk={RiskLevel.LOW: 0, RiskLevel.HIGH: 2},
    at=datetime(2026, 1, 5, 9, 30, 0, 12, tzinfo=UTC),
    day=date(2026, 1, 5),
    lasts=timedelta(hours=3),
    inner=Inner("n"),
)


def again(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the audit trail keeps and gives back."""
    found: dict[str, Any] = json.loads(canonical_json(values))
    return found


def test_every_kind_of_fact_survives_the_way_to_canonical_json_and_back() -> None:
    assert facts_from(Facts, again(plain_facts(FULL))) == FULL


HINTED = st.builds(PolicyFacts, **{name: st.from_type(hint) for name, hint in get_type_hints(PolicyFacts).items()})


@given(HINTED)
def test_the_facts_of_the_policy_survive_whatever_they_are(facts: PolicyFacts) -> None:
    found = facts_from(PolicyFacts, json.loads(json.dumps(plain_facts(facts))))
    assert plain_facts(found) == plain_facts(facts)  # two that are no number are alike by their text only


def test_a_number_that_is_none_survives_as_text() -> None:
    values = again(plain_facts(Inner("n", float("inf"))))
    assert values["share"] == "inf"
    assert facts_from(Inner, values) == Inner("n", float("inf"))


def test_a_fact_that_came_later_takes_its_default() -> None:
    values = again(plain_facts(FULL))
    del values["added_later"], values["list_later"]
    assert facts_from(Facts, values) == FULL


def test_a_fact_that_came_later_without_a_default_is_named() -> None:
    grown = make_dataclass("Grown", [*((one.name, one.type) for one in fields(Inner)), ("region", str)])
    with pytest.raises(FactsMissing, match="region") as caught:
        facts_from(grown, {"name": "n", "share": 0.5})
    assert caught.value.names == ("region",)


def test_a_fact_that_is_no_more_is_left_out_and_named() -> None:
    assert facts_from(Inner, {"name": "n", "gone": 1}) == Inner("n")
    assert unknown_facts(Inner, {"name": "n", "gone": 1}) == ("gone",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "no_such_action"), ("score", True), ("score", None), ("count", 1.5), ("count", True), ("is_live", 1),
        ("maybe", "no_class"),
        ("kinds", "retry_job"), ("pair", ["a"]), ("many", {}), ("by_risk", []), ("at", 7), ("inner", 3), ("inner", {"name": 3}),
        ("old_style", "3"), ("lasts", "3"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        facts_from(Facts, again(plain_facts(FULL)) | {name: value})


def test_a_fact_of_a_kind_that_nobody_thought_of_is_kept_as_text() -> None:
    odd = make_dataclass("Odd", [("place", object)])
    assert plain_facts(odd(PurePath("a/b"))) == {"place": "a/b"}


def test_a_proposal_keeps_the_facts_that_the_policy_looked_at() -> None:
    proposal = rollback_proposal()
    values = again(proposal.evidence)[POLICY_FACTS]
    facts = facts_from(PolicyFacts, values)
    assert (facts.action_kind, facts.confidence_score) == (proposal.action_kind, proposal.confidence_score)
    assert set(values) == {one.name for one in fields(PolicyFacts)}
