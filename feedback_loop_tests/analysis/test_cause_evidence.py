"""Each piece of evidence by itself: when it speaks, for which side, and when it has to be silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from feedback_loop.analysis.cause_evidence import STRENGTHS, WEIGHTS, Evidence, Likeness, figures, witnesses
from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.rollouts import in_stages
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.analysis.telemetry import ErrorShares
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop_tests.analysis.scenes import DAY, HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.complaint_stream import Said


def symptom(said: list[Said]) -> Symptom:
    return Symptom(of_class(said), instant_number(at(HOUR)), instant_number(at(24)))


IN_DACH = symptom([*crowd(), *fault(30, region="dach")])
EVERYWHERE = symptom([*crowd(), *fault(40)])
NOTHING_SHARED = Likeness([], None)
RISEN = ErrorShares(0.004, 0.03, 20_000, 1e-9, 0.004, 0.004)


def cause(start: float = HOUR - 1.0, scope: Mapping[str, list[str]] | None = None, kind: CauseKind = CauseKind.CONFIG,
          end: float | None = None) -> Cause:  # fmt: skip
    return Cause("c", kind, "web", instant_number(at(start)), None if end is None else instant_number(at(end)), scope or {}, "")


def said_of(of: Symptom, which: Cause, words: str, segment: Mapping[str, str] | None = None, errors: ErrorShares | None = None,
            likeness: Likeness = NOTHING_SHARED) -> list[Evidence]:  # fmt: skip
    found = [*figures(of, which, segment or {}), *witnesses(of, which, errors, likeness, WEIGHTS)]
    return [e for e in found if words in e.statement]


def timing(start: float) -> float:
    [found] = said_of(IN_DACH, cause(start), "It began")
    return found.log_odds


def test_the_shorter_the_delay_the_more_it_speaks_for_the_cause() -> None:
    delays = [timing(HOUR - hours) for hours in (0, 0.25, 4, 24, 72, 160)]
    assert delays == sorted(delays, reverse=True)
    assert delays[0] == pytest.approx(2.4, abs=0.1)
    assert delays[2] > 1.5
    assert delays[4] < 0


def test_minutes_hours_and_days_are_told_as_such() -> None:
    starts = {HOUR - 0.5: "30 minutes before", HOUR - 5: "5.0 hours before", HOUR - 72: "3.0 days before", HOUR + 0.5: "30 minutes after"}
    for start, words in starts.items():
        assert said_of(IN_DACH, cause(start), words)


def test_complaints_inside_of_the_scope_alone_speak_for_it() -> None:
    [split] = said_of(IN_DACH, cause(scope={"region": ["dach"]}), "Since the onset")
    assert split.log_odds == STRENGTHS.scope_limit
    assert said_of(IN_DACH, cause(scope={"region": ["dach"]}), "did not reach") == []


def test_a_scope_that_does_not_hold_those_who_complain_is_spoken_against() -> None:
    [split] = said_of(IN_DACH, cause(scope={"region": ["uk", "us"]}), "Since the onset")
    assert split.log_odds == -STRENGTHS.scope_limit


def test_a_control_group_that_complains_as_well_speaks_against_it() -> None:
    [control] = said_of(EVERYWHERE, cause(scope={"region": ["uk"]}), "did not reach")
    assert control.log_odds == STRENGTHS.control_rises


def test_a_scope_of_whom_nobody_is_known_says_nothing() -> None:
    bare = [replace(s, where={k: v for k, v in s.where.items() if k != "region"}) for s in [*crowd(), *fault(40)]]
    assert said_of(symptom(bare), cause(scope={"region": ["uk"]}), "Since the onset") == []


@pytest.mark.parametrize(
    ("segment", "speaks"), [({"region": "dach"}, True), ({"region": "dach", "tier": "pro"}, True), ({"tier": "pro"}, False), ({}, False)]
)
def test_a_scope_that_holds_the_segment_speaks_once_more_for_it(segment: dict[str, str], speaks: bool) -> None:
    assert bool(said_of(IN_DACH, cause(scope={"region": ["dach", "us"]}), "the very customers", segment)) is speaks


def test_a_cause_of_everybody_is_held_against_a_segment_that_stands_out() -> None:
    [narrow] = said_of(IN_DACH, cause(), "concentrated in region dach", {"region": "dach"})
    [wide] = said_of(EVERYWHERE, cause(), "no segment stands out")
    assert (narrow.log_odds, wide.log_odds) == (STRENGTHS.narrow_under_global, STRENGTHS.everybody)


def test_a_symptom_that_was_there_before_speaks_against_it() -> None:
    before = [s for n in (DAY - 2, DAY - 1) for s in fault(25, number=n, start=0, hours=24, seed=n)]
    [seen] = said_of(symptom([*crowd(), *before, *fault(25)]), cause(), "was there")
    assert seen.log_odds == STRENGTHS.seen_before


def test_a_symptom_that_came_since_speaks_for_it() -> None:
    [clean] = said_of(EVERYWHERE, cause(), "In the 3 days before")
    assert clean.log_odds == STRENGTHS.clean_before


def in_steps(*regions: str) -> Cause:
    first, second = (cause(start, {"region": [region]}) for start, region in zip((HOUR - 6.0, HOUR - 1.0), regions, strict=True))
    [rollout] = in_stages([replace(first, version="7.0"), replace(second, cause_id="second", version="7.0")])
    return rollout


def test_stage_after_which_its_customers_complain_speaks_for_the_rollout() -> None:
    late = symptom([*crowd(per_day=200), *fault(60, region="dach")])
    [said] = said_of(late, in_steps("uk", "dach"), "complained more once it did")
    assert said.log_odds == STRENGTHS.dose
    assert said_of(late, in_steps("dach", "uk"), "Those whom its stage") == []


def test_stage_whose_customers_complained_before_it_speaks_against_the_rollout() -> None:
    early = symptom([*crowd(per_day=200), *fault(60, start=HOUR - 5, hours=15, region="dach")])
    [said] = said_of(early, in_steps("uk", "dach"), "complained as much before it did")
    assert said.log_odds == -STRENGTHS.dose


def test_a_new_version_has_no_past_to_be_clean() -> None:
    new = symptom([*crowd(), *fault(30, version="2.1")])
    assert said_of(new, cause(scope={"product_version": ["2.1"]}), "3 days before it began") == []


@pytest.mark.parametrize(
    ("errors", "weight"),
    [
        (RISEN, WEIGHTS.errors_rise),
        (replace(RISEN, elsewhere_after=0.03), WEIGHTS.errors_rise_everywhere),
        (replace(RISEN, after=0.004, p_value=0.5), WEIGHTS.errors_calm),
        (None, None),
    ],
)
def test_errors_of_the_service_speak_for_or_against_and_are_silent_unmeasured(errors: ErrorShares | None, weight: float | None) -> None:
    assert [e.log_odds for e in said_of(EVERYWHERE, cause(), "errors of web", errors=errors)] == ([] if weight is None else [weight])


@pytest.mark.parametrize("kind", [CauseKind.CONTENT, CauseKind.CAMPAIGN])
def test_calm_servers_say_nothing_of_words_and_offers(kind: CauseKind) -> None:
    assert said_of(EVERYWHERE, cause(kind=kind), "errors of web", errors=replace(RISEN, after=0.004, p_value=0.5)) == []
    assert said_of(EVERYWHERE, cause(kind=kind), "errors of web", errors=RISEN)


def test_a_cause_that_ended_while_complaints_went_on_is_spoken_against() -> None:
    [went_on] = said_of(symptom([*crowd(), *fault(60, hours=14)]), cause(end=HOUR + 4), "went on")
    assert went_on.log_odds == WEIGHTS.ended_and_went_on


def test_complaints_that_fell_with_its_end_speak_for_it() -> None:
    [fell] = said_of(symptom([*crowd(), *fault(40, hours=4)]), cause(end=HOUR + 4), "fell when it ended")
    assert fell.log_odds == WEIGHTS.ended_and_stopped


@pytest.mark.parametrize(("kind", "end"), [(CauseKind.JOB, HOUR + 4), (CauseKind.CONFIG, 25.0), (CauseKind.CONFIG, None)])
def test_the_end_of_what_has_no_end_says_nothing(kind: CauseKind, end: float | None) -> None:
    of = symptom([*crowd(), *fault(60, hours=14)])
    assert said_of(of, cause(kind=kind, end=end), "ended") == []


def test_shared_words_speak_for_it() -> None:
    [words] = said_of(EVERYWHERE, cause(), "blank, page", likeness=Likeness(["blank", "page"], 2.0))
    assert words.log_odds == WEIGHTS.same_words


@pytest.mark.parametrize(
    ("kind", "nearness", "weight"),
    [
        (CauseKind.CONTENT, 0.6, 0.0),
        (CauseKind.CONTENT, 1.1, 1.0),
        (CauseKind.CONTENT, 3.0, WEIGHTS.near_limits[1]),
        (CauseKind.CONTENT, -2.0, WEIGHTS.near_limits[0]),
        (CauseKind.DEPLOY, -2.0, WEIGHTS.far_limits[0]),
        (CauseKind.DEPLOY, 3.0, WEIGHTS.far_limits[1]),
    ],
)
def test_nearness_in_meaning_speaks_within_limits_that_the_kind_of_change_sets(kind: CauseKind, nearness: float, weight: float) -> None:
    [near] = said_of(EVERYWHERE, cause(kind=kind), "In meaning", likeness=Likeness([], nearness))
    assert near.log_odds == pytest.approx(weight)
    assert ("hardly nearer" in near.statement) is (weight <= 0)


def test_unknown_nearness_says_nothing() -> None:
    assert said_of(EVERYWHERE, cause(), "In meaning") == []
