"""A window gets one verdict: some, all, nobody or too little to tell; with cohorts, aliases and causes, and never an innocent alarm."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.contracts.loop_vocab import RiseVerdict
from feedback_loop.methods.diagnosis.change_log import Change
from feedback_loop.methods.diagnosis.diagnose import diagnose
from feedback_loop.methods.diagnosis.look import Diagnosis
from feedback_loop_tests.methods.diagnosis.made_up_window import DIMENSIONS, WINDOW, MadeUp, active_customers, at_hour, made_up

LOGIN_ON_WEB = {"os": "web", "area": "login"}


def diagnosed(told: MadeUp, *changes: Change, exposure: pl.DataFrame | None = None) -> Diagnosis:
    return diagnose(told.frame, DIMENSIONS, changes, WINDOW, exposure)


@pytest.mark.parametrize("seed", range(20))
def test_an_ordinary_day_is_nothing(seed: int) -> None:
    found = diagnosed(made_up(seed=seed))
    assert (found.verdict, found.cohorts, found.causes) == (RiseVerdict.NONE, (), ())


def test_a_change_on_an_ordinary_day_is_hardly_ever_blamed() -> None:
    blamed = [diagnosed(made_up(seed=seed), Change("c", at_hour(3), {"os": ["web"]})).causes for seed in range(20)]
    assert sum(map(bool, blamed)) <= 1, "chance in the data and in the log at once"


def test_those_who_complain_more_are_named_with_what_was_to_be_expected() -> None:
    found = diagnosed(made_up().more(40, os="web", area="login"))
    assert found.verdict is RiseVerdict.LOCALISED
    [cohort] = found.cohorts
    assert (cohort.attributes, cohort.aliases) == (LOGIN_ON_WEB, ())
    assert cohort.observed >= 40
    assert cohort.expected == pytest.approx(6, abs=2)
    assert found.confidence == cohort.confidence > 0.8


def test_two_segments_are_named_one_after_the_other() -> None:
    found = diagnosed(made_up().more(60, os="web", area="login").more(60, version="1.1", region="in"))
    assert sorted(sorted(one.attributes.items()) for one in found.cohorts) == [
        [("area", "login"), ("os", "web")],
        [("region", "in"), ("version", "1.1")],
    ]


def test_a_rise_of_everybody_is_global_and_names_no_cohort() -> None:
    found = diagnosed(made_up().more(300), Change("all", at_hour(3.9), {}), Change("some", at_hour(3.9), {"os": ["ios"]}))
    assert (found.verdict, found.cohorts) == (RiseVerdict.GLOBAL, ())
    assert [name for name, p in found.causes if p >= 0.5] == ["all"]


def test_the_change_that_reached_them_before_they_complained_is_the_cause() -> None:
    changes = (
        Change("cause", at_hour(5.8), {"os": ["web"]}),
        Change("elsewhere", at_hour(5.9), {"os": ["ios"]}),
        Change("later", at_hour(14), {"area": ["login"]}),
        Change("days before", at_hour(-24 * 5), {"area": ["login"]}),
    )
    found = diagnosed(made_up().more(50, since_hour=6, os="web", area="login"), *changes)
    assert [name for name, p in found.causes if p >= 0.5] == ["cause"]


def test_the_same_symptom_after_a_change_in_one_country_is_of_that_country() -> None:
    found = diagnosed(made_up().more(50, since_hour=6, region="in"), Change("gateway", at_hour(5.7), {"region": ["in"]}))
    assert found.cohorts[0].attributes == {"region": "in"}
    assert dict(found.causes)["gateway"] > 0.9


def test_two_changes_that_explain_it_equally_are_both_named_and_neither_is_sure() -> None:
    twins = [Change(name, at_hour(5.8), {"os": ["web"]}) for name in ("a", "b")]
    causes = dict(diagnosed(made_up().more(50, since_hour=6, os="web"), *twins).causes)
    assert causes["a"] == pytest.approx(causes["b"])
    assert causes["a"] < 0.6


def test_conjunctions_that_cannot_be_told_apart_come_as_one_set() -> None:
    told = made_up().more(50, os="web")
    renamed = told.frame.with_columns(region=told.frame["os"].replace({"web": "on", "ios": "off", "android": "off"}))
    found = diagnose(renamed, DIMENSIONS, (), WINDOW)
    [cohort] = found.cohorts
    assert [cohort.attributes, *cohort.aliases] in ([{"os": "web"}, {"region": "on"}], [{"region": "on"}, {"os": "web"}])


def test_who_cannot_be_told_because_the_attribute_is_missing_is_insufficient_evidence() -> None:
    assert diagnosed(made_up().more(80, os=None)).verdict is RiseVerdict.INSUFFICIENT_EVIDENCE


def test_too_few_expected_complaints_are_insufficient_evidence() -> None:
    assert diagnosed(made_up(per_day=2)).verdict is RiseVerdict.INSUFFICIENT_EVIDENCE


def test_thirty_complaints_of_one_customer_are_no_alarm() -> None:
    assert diagnosed(made_up().more(30, customer="loud", os="web", area="login", version="1.0", region="de")).verdict is RiseVerdict.NONE


def test_a_version_to_which_customers_moved_is_no_alarm() -> None:
    told = made_up()
    rolled_out = told.frame.with_columns(
        version=pl.when(pl.col("occurred_at").dt.epoch("us") >= WINDOW.start).then(pl.lit("2.0")).otherwise("version")
    )
    moved = active_customers(version={"1.0": 0.0, "1.1": 0.0, "2.0": 1.0})
    assert diagnose(rolled_out, DIMENSIONS, (), WINDOW, moved).verdict is RiseVerdict.NONE


def test_names_and_order_of_rows_do_not_matter() -> None:
    told, change = made_up().more(40, os="web", area="login"), Change("c", at_hour(3.9), {"os": ["web"]})
    found = diagnosed(told, change)
    assert diagnosed(MadeUp(told.frame.reverse(), told.rng), change) == found
    renamed = told.frame.rename({"os": "platform"})
    other = diagnose(renamed, ["version", "platform", "region", "area"], [Change("c", at_hour(3.9), {"platform": ["web"]})], WINDOW)
    assert (other.verdict, other.causes) == (found.verdict, found.causes)
    assert other.cohorts[0].attributes == {"platform": "web", "area": "login"}


def test_a_value_that_everybody_has_is_no_segment() -> None:
    told = made_up().more(300).frame.with_columns(os=pl.lit("web"))
    assert diagnose(told, DIMENSIONS, (), WINDOW).verdict is RiseVerdict.GLOBAL


def test_a_window_without_complaints_or_without_dimensions_is_told_too() -> None:
    told = made_up()
    silent = told.frame.filter(pl.col("occurred_at").dt.epoch("us") < WINDOW.start)
    assert diagnose(silent, DIMENSIONS, (), WINDOW).verdict is RiseVerdict.NONE
    assert diagnose(told.frame, (), (), WINDOW).verdict is RiseVerdict.NONE
    assert diagnose(told.more(300).frame, (), (), WINDOW).verdict is RiseVerdict.GLOBAL
    assert diagnose(told.frame.clear(), DIMENSIONS, (), WINDOW).verdict is RiseVerdict.INSUFFICIENT_EVIDENCE
