from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.issue_vocab import Priority
from feedback_loop.contracts.vocab import ISSUE_CLASSES, Trend
from feedback_loop.gold.priority import Grounds, judged

ORDER = list(Priority)

grounds = st.builds(
    Grounds,
    customer_count=st.integers(0, 2000),
    fragment_count=st.integers(1, 5000),
    arr_usd=st.none() | st.floats(0, 1e7),
    trend=st.sampled_from(list(Trend)),
    issue_class=st.sampled_from([str(c) for c in ISSUE_CLASSES]),
    alert_count=st.integers(0, 5),
    occurrence_count=st.integers(1, 4),
    is_catch_all=st.booleans(),
)


def is_no_lower(one: Grounds, other: Grounds) -> bool:
    """Whether the second is at least as urgent as the first."""
    first, second = judged(one), judged(other)
    return ORDER.index(second.priority) <= ORDER.index(first.priority) and second.score >= first.score - 1e-12


@given(grounds, st.integers(1, 500))
def test_more_customers_never_lower_the_priority(of: Grounds, more: int) -> None:
    assert is_no_lower(of, replace(of, customer_count=of.customer_count + more))


@given(grounds, st.integers(1, 500))
def test_more_complaints_never_lower_the_priority(of: Grounds, more: int) -> None:
    assert is_no_lower(of, replace(of, fragment_count=of.fragment_count + more))


@given(grounds, st.floats(0, 1e6))
def test_more_revenue_never_lowers_the_priority_nor_does_knowing_it(of: Grounds, more: float) -> None:
    assert is_no_lower(of, replace(of, arr_usd=(of.arr_usd or 0.0) + more))


@given(grounds, st.integers(1, 3))
def test_alerts_and_coming_back_never_lower_the_priority(of: Grounds, more: int) -> None:
    assert is_no_lower(of, replace(of, alert_count=of.alert_count + more))
    assert is_no_lower(of, replace(of, occurrence_count=of.occurrence_count + more))


@given(grounds)
def test_a_worse_trend_never_lowers_the_priority(of: Grounds) -> None:
    for better, worse in ((Trend.FALLING, Trend.STEADY), (Trend.STEADY, Trend.NEW), (Trend.NEW, Trend.RISING)):
        assert is_no_lower(replace(of, trend=better), replace(of, trend=worse))


@given(grounds)
def test_the_score_is_a_share_and_every_reason_has_words(of: Grounds) -> None:
    verdict = judged(of)
    assert 0.0 <= verdict.score <= 1.0
    assert all(reason.strip() for reason in verdict.reasons)


PLAIN = Grounds(
    customer_count=40, fragment_count=60, arr_usd=120_000.0, trend=Trend.RISING, issue_class="crash", alert_count=1, occurrence_count=1,
    is_catch_all=False,
)  # fmt: skip


def test_reasons_name_their_figures_the_weightiest_first() -> None:
    reasons = judged(PLAIN).reasons
    assert reasons[0].startswith("40 known customers in 28 days (")
    assert "yearly revenue of 120,000 USD touched (13.9 points)" in reasons


@pytest.mark.parametrize(
    ("change", "priority"),
    [
        ({}, Priority.URGENT),
        ({"is_catch_all": True}, Priority.LOW),
        ({"trend": Trend.FALLING, "alert_count": 0}, Priority.HIGH),
        ({"customer_count": 1, "fragment_count": 2, "arr_usd": None, "trend": Trend.STEADY, "alert_count": 0}, Priority.LOW),
    ],
    ids=str,
)
def test_levels(change: dict[str, object], priority: Priority) -> None:
    assert judged(replace(PLAIN, **change)).priority is priority  # type: ignore[arg-type]


def test_what_is_not_known_is_said() -> None:
    reasons = " ".join(judged(replace(PLAIN, customer_count=0, arr_usd=None)).reasons)
    assert "no customer is named" in reasons
    assert "revenue of its customers is not known" in reasons


def test_coming_back_after_it_was_resolved_is_a_reason() -> None:
    assert any("occurrence 3" in reason for reason in judged(replace(PLAIN, occurrence_count=3)).reasons)
