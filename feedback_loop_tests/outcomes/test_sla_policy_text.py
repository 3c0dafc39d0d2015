"""The policy as it is written: read whole, or refused with everything that is wrong with it."""

from __future__ import annotations

import pytest

from feedback_loop.errors import SlaPolicyRefused
from feedback_loop.outcomes.sla_policy_text import parse_sla_policy, seed_sla_policy, seed_text
from feedback_loop_tests.outcomes.sla_promises import CALENDARS, DEFAULT, policy_text, rule


def problems(text: str) -> list[str]:
    with pytest.raises(SlaPolicyRefused) as refused:
        parse_sla_policy(text)
    return refused.value.problems


def test_the_seed_can_be_followed_and_is_what_its_text_says() -> None:
    assert parse_sla_policy(seed_text()) == seed_sla_policy()


def test_the_version_follows_from_the_text_and_names_the_holidays_that_were_known() -> None:
    one, same, other = policy_text(), policy_text(), policy_text(rule("vip", tiers=["vip"]))
    versions = [parse_sla_policy(text).policy_version for text in (one, same, other)]
    assert versions[0] == versions[1] != versions[2]
    assert "+holidays-" in versions[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (policy_text(default={k: v for k, v in DEFAULT.items() if k != "targets"}), "default.targets: add it"),
        (policy_text(default=DEFAULT | {"calendar": "shop"}), "default.calendar: no calendar is called 'shop'"),
        (policy_text(rule("vip", tiers=["vip"], calendar="shop")), "vip.calendar: no calendar is called 'shop'"),
        (
            policy_text(rule("vip", tiers=["vip"], targets={"triage": "daily review"})),
            "vip.targets: the calendar 'office' has no daily_review",
        ),
        (policy_text(rule("vip", tiers=["vip"], targets={"triage": "0 minutes"})), "rules.0.targets.triage"),
        (policy_text(rule("vip", tiers=["vip"], targets={"triage": "soon"})), "rules.0.targets.triage"),
        (policy_text(rule("vip", tiers=["vip"], targets={"response": "1 hour"})), "rules.0.targets.response"),
        (
            policy_text(rule("vip", tiers=["vip"], targets={"triage": "3 hours", "mitigate": "20 minutes"})),
            "vip.targets: mitigate is due before triage",
        ),
        (policy_text(default=DEFAULT | {"targets": {"triage": "3 hours", "confirm": "2 hours"}}), "default.targets: confirm is due before"),
        (policy_text(default=DEFAULT | {"at_risk_share": 1.0}), "default.at_risk_share"),
        (policy_text(rule("vip", tiers=[1])), "rules.0.tiers.0: Input should be a valid string; put it in quotes"),
        (
            policy_text(calendars=CALENDARS | {"x": CALENDARS["office"] | {"country": False}}),
            "calendars.x.country: Input should be a valid string",
        ),
        (policy_text(calendars=CALENDARS | {"x": CALENDARS["office"] | {"zone": "Mars"}}), "calendars.x.zone: no zone is called 'Mars'"),
        (policy_text(rule("a", tiers=["x"]), rule("a", tiers=["y"])), "a: two rules bear this name"),
        (policy_text(rule("all")), "all: names no part"),
        (policy_text(rule("default", tiers=["x"])), "default: names no part, or is called as the default"),
        (policy_text(rule("a", tiers=["x", "y"]), rule("b", tiers=["Y"])), "b: never decides, because 'a'"),
        (policy_text(rule("a", urgencies=["soon"])), "rules.0.urgencies.0"),
        ("a: [", "no YAML"),
        ("just words", "no fields"),
    ],
)
def test_what_is_wrong_with_a_policy_is_named(text: str, problem: str) -> None:
    assert any(problem in found for found in problems(text)), problems(text)


def test_a_country_that_yaml_takes_for_a_flag_is_told_to_be_put_in_quotes() -> None:
    assert any(
        p.startswith("calendars.office.country:") and p.endswith("in quotes")
        for p in problems(seed_text().replace("zone: UTC\n    hours:\n", "zone: UTC\n    country: NO\n    hours:\n"))
    )


def test_a_rule_below_a_narrower_one_and_targets_of_one_length_are_no_fault() -> None:
    text = policy_text(rule("a", tiers=["x"]), rule("b", tiers=["x", "y"], targets={"triage": "1 hour", "mitigate": "60 minutes"}))
    assert [r.rule_id for r in parse_sla_policy(text).rules] == ["a", "b"]
