import polars as pl
import pytest

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.telemetry import ErrorShares, Telemetry
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop_tests.analysis.scenes import at, telemetry

CALM, END = (-24.0, 24.0, 0.004), instant_number(at(24))
RISEN = [(-24.0, 10.0, 0.004), (10.0, 24.0, 0.03)]


def shares(measured: list[pl.DataFrame], end: int = END, product: str = "app", **changes: object) -> ErrorShares | None:
    known: dict[str, object] = {"service": "web", "scope": {}, "ended": None, "version": None} | changes
    cause = Cause("c", CauseKind.DEPLOY, started=instant_number(at(10)), words="", **known)  # type: ignore[arg-type]
    return Telemetry(pl.concat(measured)).error_shares(product, cause, end)


def test_a_rise_with_the_start_is_seen() -> None:
    found = shares([telemetry("web", RISEN)])
    assert found is not None
    assert found.has_risen
    assert not found.has_risen_elsewhere
    assert found.before == pytest.approx(0.004, abs=0.001)
    assert found.after == pytest.approx(0.03, abs=0.003)
    assert found.requests == 36 * 600


@pytest.mark.parametrize("seed", range(5))
def test_calm_errors_have_not_risen(seed: int) -> None:
    found = shares([telemetry("web", [CALM], seed=seed)])
    assert found is not None
    assert not found.has_risen


def test_a_small_drift_is_no_rise_however_significant() -> None:
    found = shares([telemetry("web", [(-24, 10, 0.1), (10, 24, 0.12)], requests=3000)])
    assert found is not None
    assert found.p_value < 1e-6
    assert not found.has_risen


@pytest.mark.parametrize("more", [{"service": "mail"}, {"service": None}, {"product": "other"}, {"end": instant_number(at(10))}])
def test_what_was_not_measured_says_nothing(more: dict[str, object]) -> None:
    assert shares([telemetry("web", RISEN)], **more) is None  # type: ignore[arg-type]


def test_only_the_hours_that_the_cause_was_in_force_are_looked_at() -> None:
    brief = [(-24.0, 10.0, 0.004), (10.0, 11.0, 0.03), (11.0, 24.0, 0.004)]
    found = shares([telemetry("web", brief)], ended=instant_number(at(11)))
    assert found is not None
    assert found.requests == 6 * 600
    assert found.has_risen


def test_the_past_of_a_new_version_is_that_of_those_before_it() -> None:
    measured = [telemetry("web", [CALM], version="2.0"), telemetry("web", [(10, 24, 0.03)], version="2.1")]
    for scope, version in (({"product_version": ["2.1"]}, None), ({}, "2.1")):
        found = shares(measured, scope=scope, version=version)
        assert found is not None
        assert found.has_risen
        assert not found.has_risen_elsewhere
        assert found.requests == 36 * 600


def test_a_region_is_held_against_the_others() -> None:
    uk, us = telemetry("web", RISEN, region="uk"), telemetry("web", [CALM], region="us")
    inside, other, both = (
        shares(measured, scope={"region": [region]})
        for measured, region in (([uk, us], "uk"), ([uk, us], "us"), ([uk, telemetry("web", RISEN, region="us")], "uk"))
    )
    assert inside is not None
    assert other is not None
    assert both is not None
    assert (inside.has_risen, inside.has_risen_elsewhere) == (True, False)
    assert not other.has_risen
    assert (both.has_risen, both.has_risen_elsewhere) == (True, True)


def test_a_service_that_tells_no_regions_apart_is_measured_whole() -> None:
    found = shares([telemetry("web", RISEN)], scope={"region": ["uk"]})
    assert found is not None
    assert found.has_risen


def test_rows_in_any_order_say_the_same() -> None:
    measured = telemetry("web", RISEN)
    assert shares([measured.sample(fraction=1.0, shuffle=True, seed=1)]) == shares([measured])
