"""Promises: the rule that names most decides, what a rule leaves out is the default's, and when a target is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.vocab import ComplaintClass, Urgency
from feedback_loop.methods.working_time.counting import due_at
from feedback_loop.outcomes.sla_policy import Promise, SlaPolicy, Subject, length_of
from feedback_loop.outcomes.sla_policy_text import parse_sla_policy, seed_sla_policy
from feedback_loop_tests.outcomes.sla_promises import policy_of, rule

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
VIP_OUTAGE = Subject("urgent", "crash", "Enterprise")
LOW_UX = Subject("low", "poor_ux", "free")


def decider(policy: SlaPolicy, urgency: str | None = None, complaint_class: str | None = None, tier: str | None = None) -> str | None:
    found = policy.rule_for(Subject(urgency, complaint_class, tier))
    return found.rule_id if found else None


def due(promise: Promise, stage: SlaStage, started_at: datetime) -> datetime | None:
    target = promise.target(stage, started_at)
    return None if target is None else due_at(promise.calendar.hours, started_at, target)


def test_an_outage_of_a_vip_is_triaged_within_15_minutes_and_mitigated_within_60_at_any_hour() -> None:
    promise = seed_sla_policy().promise_for(VIP_OUTAGE)
    sunday_night = datetime(2026, 6, 7, 3, tzinfo=UTC)
    assert promise.rule_id == "vip-outage"
    assert due(promise, SlaStage.TRIAGE, sunday_night) == sunday_night + timedelta(minutes=15)
    assert due(promise, SlaStage.MITIGATE, sunday_night) == sunday_night + timedelta(minutes=60)
    assert not promise.waiting_pauses


@pytest.mark.parametrize(
    ("started", "reviewed"),
    [("01T09:00", "01T16:00"), ("01T15:00", "01T16:00"), ("01T15:01", "02T16:00"), ("05T15:30", "08T16:00"), ("06T15:00", "08T16:00")],
)
def test_ux_of_low_urgency_waits_for_the_first_daily_review_that_begins_after_it(started: str, reviewed: str) -> None:
    promise = seed_sla_policy().promise_for(LOW_UX)
    found = due(promise, SlaStage.TRIAGE, datetime.fromisoformat(f"2026-06-{started}").replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(f"2026-06-{reviewed}").replace(tzinfo=UTC)
    assert promise.target(SlaStage.MITIGATE, MONDAY) is None


def test_a_vip_whose_class_is_undecided_is_triaged_as_soon_as_in_an_outage() -> None:
    promise = seed_sla_policy().promise_for(Subject("urgent", None, "vip"))
    assert promise.target(SlaStage.TRIAGE, MONDAY) == timedelta(minutes=15)


def test_the_praise_of_a_vip_waits_for_the_review() -> None:
    assert decider(seed_sla_policy(), "low", "praise", "vip") == "wishes-and-praise"


@given(st.sampled_from([None, *Urgency]), st.sampled_from([None, *ComplaintClass]), st.none() | st.text(max_size=12))
def test_whatever_is_known_something_is_promised_and_triage_is_part_of_it(urgency: str | None, kind: str | None, tier: str | None) -> None:
    promise = seed_sla_policy().promise_for(Subject(urgency, kind, tier))
    assert promise.target(SlaStage.TRIAGE, MONDAY) is not None


def test_the_rule_that_names_most_parts_decides_wherever_it_stands() -> None:
    rules = [rule("vip", tiers=["vip"]), rule("vip-crash", tiers=["vip"], complaint_classes=["crash"])]
    for order in (rules, rules[::-1]):
        assert decider(policy_of(*order), None, "crash", "vip") == "vip-crash"


def test_of_rules_that_name_as_many_parts_the_upper_one_decides() -> None:
    rules = [rule("vip", tiers=["vip"]), rule("crash", complaint_classes=["crash"])]
    assert decider(policy_of(*rules), None, "crash", "vip") == "vip"
    assert decider(policy_of(*rules[::-1]), None, "crash", "vip") == "crash"


def test_tiers_are_compared_in_any_case_and_what_is_not_known_fits_no_part() -> None:
    policy = policy_of(rule("vip", tiers=[" VIP "]), rule("urgent", urgencies=["urgent"]))
    assert decider(policy, tier="Vip ") == "vip"
    assert decider(policy, tier="vip2") is None
    assert decider(policy) is None


def test_what_a_rule_leaves_out_is_the_defaults_but_its_targets_are_its_own() -> None:
    policy = policy_of(rule("vip", tiers=["vip"], at_risk_share=0.5, targets={"mitigate": "2 hours"}))
    promise = policy.promise_for(Subject(tier="vip"))
    assert (promise.calendar_name, promise.waiting_pauses, promise.at_risk_share) == ("office", True, 0.5)
    assert [promise.targets.of(stage) for stage in SlaStage] == [None, "2 hours", None, None]
    assert policy.promise_for(Subject()).rule_id == "default"


def test_a_rule_may_say_that_waiting_pauses_nothing() -> None:
    assert not policy_of(rule("vip", tiers=["vip"], waiting_pauses=False)).promise_for(Subject(tier="vip")).waiting_pauses


def test_of_several_customers_the_one_counts_who_is_triaged_soonest() -> None:
    policy = policy_of(rule("vip", tiers=["vip"]), rule("praise", complaint_classes=["praise"], targets={}))
    vip, free, pleased = Subject(tier="vip"), Subject(tier="free"), Subject(complaint_class="praise")
    assert policy.strictest([pleased, free, vip], MONDAY) == vip
    assert policy.strictest([pleased, free], MONDAY) == free
    assert policy.strictest([pleased], MONDAY) == pleased


def test_of_customers_to_whom_as_much_is_promised_always_the_same_counts() -> None:
    alike = [Subject(tier=f"tier{n}") for n in range(30)]
    assert policy_of().strictest(alike, MONDAY) == policy_of().strictest(alike[::-1], MONDAY) == Subject(tier="tier0")


def test_a_promise_names_the_version_of_its_policy() -> None:
    policy = seed_sla_policy()
    assert policy.promise_for(VIP_OUTAGE).policy_version == policy.policy_version


@pytest.mark.parametrize(("text", "minutes"), [("1 minute", 1), ("15 minutes", 15), ("1 hour", 60), ("36 hours", 2160)])
def test_a_length_is_read_with_its_unit(text: str, minutes: int) -> None:
    assert length_of(text) == timedelta(minutes=minutes)


def test_a_review_that_is_never_held_again_asks_for_nothing() -> None:
    closed = [(MONDAY + timedelta(days=n)).date() for n in range(6 * 366)]
    calendar: dict[str, Any] = {"zone": "UTC", "hours": "around the clock", "closed_days": closed, "daily_review": "15:00-16:00"}
    default = {"calendar": "c", "waiting_pauses": True, "at_risk_share": 0.5, "targets": {"triage": "daily review"}}
    policy = parse_sla_policy(yaml.safe_dump({"calendars": {"c": calendar}, "default": default}))
    assert policy.promise_for(Subject()).target(SlaStage.TRIAGE, MONDAY) is None
