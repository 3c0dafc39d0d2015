"""The limits of the policy: as they were written, and never less than the package's. What a company may not do: test_policy.py."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind, RiskLevel
from feedback_loop.errors import PolicyRefused
from feedback_loop.remediation.limits import limits_text, parse_limits, seed_limits


def test_the_package_asks_two_people_for_a_high_risk_and_none_for_a_low_one() -> None:
    assert seed_limits().approvals == {RiskLevel.LOW: 0, RiskLevel.HIGH: 2}


def test_every_kind_of_action_has_its_causes() -> None:
    assert set(seed_limits().allowed_causes) == set(ActionKind) - set(TAKES_BACK)


def test_a_company_may_be_stricter() -> None:
    stricter = parse_limits(
        limits_text().replace("[auth, billing]", "[auth, billing, latency]").replace("strong_indicators: 3", "strong_indicators: 9")
    )
    assert stricter.sensitive_classes > seed_limits().sensitive_classes
    assert stricter.strong_indicators == 9
    assert parse_limits(limits_text()) == seed_limits()


@pytest.mark.parametrize("text", ["", "# nothing yet", "- a", "5"])
def test_a_text_without_fields_says_where_to_start(text: str) -> None:
    with pytest.raises(PolicyRefused, match="holds no fields; start from the package"):
        parse_limits(text)
