"""Seven scenes of known cause, one per kind of fault, and the laws that hold of every ranking."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.analysis.cluster import clusters
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import HypothesisVerdict
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.scenes import DAY, HOUR, Change, Scene, at, crowd, fault, found, on, telemetry
from feedback_loop_tests.complaint_stream import Said, Stream, day, stream

CALM = crowd()
BEFORE = (-24.0, float(HOUR), 0.004)

RELEASE = Scene(
    [*CALM, *fault(30, version="2.1", browser="Safari 18"), *fault(25, "praise", version="2.1", start=HOUR - 1)],
    [
        Change("deploy-2.1", "deploy", HOUR - 1, {"product_version": ["2.1"]}, "checkout", version="2.1"),
        Change("flag-7", "flag", HOUR - 6, {"region": ["us"]}, "search"),
    ],
    [telemetry("checkout", [BEFORE, (HOUR - 1, 24, 0.03)], version="2.1"), telemetry("checkout", [(-25, 24, 0.004)], version="2.0")],
)
REGION = Scene(
    [*CALM, *fault(30, region="dach")],
    [
        Change("config-3", "config", HOUR - 2, {"region": ["dach"]}, "gateway"),
        Change("deploy-2.1", "deploy", HOUR - 1, {}, "web"),
    ],
    [telemetry("gateway", [(-24, HOUR - 2, 0.004), (HOUR - 2, 24, 0.05)], region="dach")],
)
PROVIDER = Scene(
    [*CALM, *fault(40)],
    [
        Change("deploy-2.1", "deploy", HOUR - 1 / 3, {}, "web"),
        Change("incident-9", "incident", HOUR, {}, "payments", provider="Paymill", end=HOUR + 11),
    ],
    [telemetry("payments", [BEFORE, (HOUR, 24, 0.2)]), telemetry("web", [(-25, 24, 0.004)])],
)
VIRAL = Scene([*CALM, *fault(40)], [Change("deploy-2.1", "deploy", HOUR - 0.5, {}, "web")], [telemetry("web", [(-25, 24, 0.004)])])
JOB = Scene(
    [*CALM, *fault(30, "refund")],
    [Change("job-5", "job", HOUR - 2, {}, "billing", end=HOUR - 1.5), Change("deploy-2.0", "deploy", HOUR - 60, {}, "web")],
    [telemetry("billing", [(-26, HOUR - 2, 0.004), (HOUR - 2, 24, 0.1)]), telemetry("web", [(-80, 24, 0.004)])],
)
TIER = Scene(
    [*CALM, *fault(30, tier="pro")],
    [
        Change("config-8", "config", HOUR - 3, {"tier": ["pro"]}, "entitlements"),
        Change("deploy-2.1", "deploy", HOUR - 1, {"region": ["us", "uk"]}, "web"),
    ],
)
ARTICLE = Scene(
    [*CALM, *fault(30)],
    [
        Change("content-4", "content", HOUR - 3, {}, "help", words="Scanner article: blank page section rewritten"),
        Change("deploy-2.1", "deploy", HOUR - 3.2, {}, "web", words="Faster album previews"),
    ],
    [telemetry("web", [(-30, 24, 0.004)])],
)  # fmt: skip

SCENES = {
    "release": (RELEASE, "deploy-2.1"),
    "region": (REGION, "config-3"),
    "provider": (PROVIDER, "incident-9"),
    "job": (JOB, "job-5"),
    "tier": (TIER, "config-8"),
    "article": (ARTICLE, "content-4"),
    "viral": (VIRAL, None),
}


@pytest.mark.parametrize("name", SCENES)
def test_the_true_cause_is_ranked_first(name: str) -> None:
    scene, cause = SCENES[name]
    found = scene.found()
    assert violations(found.hypotheses, TABLES["analysis_hypothesis"]) == []
    assert violations(found.cohorts, TABLES["analysis_cohort"]) == []
    first, *others = found.of()
    assert first["cause_id"] == cause, [
        (h["cause_id"], h["hypothesis_score"], h["evidence_for"], h["evidence_against"]) for h in found.of()
    ]
    expected = HypothesisVerdict.LIKELY if cause else HypothesisVerdict.INSUFFICIENT_EVIDENCE
    assert first["hypothesis_verdict"] == expected
    assert all(h["hypothesis_verdict"] != HypothesisVerdict.LIKELY for h in others)


def scores(found: list[dict[str, object]]) -> dict[object, float]:
    return {h["cause_id"]: round(float(str(h["hypothesis_score"])), 9) for h in found}


def test_the_share_alert_of_a_narrow_fault_ranks_the_same_cause() -> None:
    first, *_ = REGION.found().of("share")
    assert (first["cause_id"], first["hypothesis_verdict"]) == ("config-3", "likely")


def test_the_onset_is_that_of_the_fault() -> None:
    assert {h["onset_at"] for h in REGION.found().of()} == {at(HOUR)}


def test_two_causes_that_explain_it_equally_leave_nobody_blamed() -> None:
    twins = PROVIDER.with_changes(Change("a", "config", HOUR - 1, {}, "x"), Change("b", "config", HOUR - 1, {}, "y"))
    found = twins.found().of()
    assert scores(found)["a"] == scores(found)["b"] < 0.5
    assert all(h["hypothesis_verdict"] != HypothesisVerdict.LIKELY for h in found)


def test_without_any_change_the_unknown_cause_stands_alone() -> None:
    [only] = VIRAL.with_changes().found().of()
    assert (only["cause_kind"], only["cause_id"], only["hypothesis_score"]) == ("unknown", None, 1.0)
    assert only["evidence_for"] == ["No change and no incident is known of the 7 days before the onset."]


@pytest.mark.parametrize("name", SCENES)
def test_the_scores_of_an_alert_sum_to_one(name: str) -> None:
    summed = SCENES[name][0].found().hypotheses.group_by("alert_id").agg(pl.col("hypothesis_score").sum())
    assert summed["hypothesis_score"].to_list() == pytest.approx([1.0] * summed.height)


def test_each_rate_and_share_alert_is_asked_for_its_cause() -> None:
    found = REGION.found()
    assert set(found.hypotheses["alert_id"]) == set(found.alerts["alert_id"])


@pytest.mark.parametrize(("urgent", "asked"), [(2, False), (3, True)])
def test_a_few_urgent_words_are_not_asked_for_a_cause(urgent: int, asked: bool) -> None:
    said = [*CALM, *[Said(DAY, "login", severity="urgent", hour=5.0)] * urgent]
    found = Scene(said, [Change("config-3", "config", 4.0)]).found()
    ids = found.alerts.filter(pl.col("alert_kind") == "urgent").sort("observed_count")["alert_id"]
    assert (ids[-1] in set(found.hypotheses["alert_id"])) is asked


@given(st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    assert_frame_equal(PROVIDER.found(shuffled=seed).hypotheses, PROVIDER.found().hypotheses)


def test_renamed_causes_keep_their_scores() -> None:
    names = {c.cause_id: f"other-{n}" for n, c in enumerate(reversed(PROVIDER.changes))}
    renamed = PROVIDER.with_changes(*(replace(c, cause_id=names[c.cause_id]) for c in PROVIDER.changes))
    before, after = scores(PROVIDER.found().of()), scores(renamed.found().of())
    assert {names.get(str(k)): v for k, v in before.items()} == after


@pytest.mark.parametrize("start", [HOUR + 2.0, HOUR + 0.5, HOUR - 2.0])
def test_one_more_change_never_raises_the_others(start: float) -> None:
    more = REGION.with_changes(*REGION.changes, Change("config-99", "config", start, {"region": ["us"]}, "mail"))
    before, after = scores(REGION.found().of()), scores(more.found().of())
    assert all(after[cause] <= before[cause] + 1e-4 for cause in before if cause is not None), "a fuller log proves a little less"
    assert ("config-99" in after) is (start <= HOUR + 1)


def test_a_cause_stated_twice_is_one_candidate() -> None:
    again = [replace(c, landed=25.0) for c in REGION.changes]
    assert scores(REGION.with_changes(*REGION.changes, *again).found().of()) == scores(REGION.found().of())


def test_a_rollout_names_each_of_its_steps_and_another_cause_itself() -> None:
    first, second = (Change(f"flag-{n}", "flag", HOUR - 3 + n, {"region": [r]}, "web", version="on") for n, r in enumerate(("dach", "uk")))
    found = Scene([*CALM, *fault(15, region="dach"), *fault(15, region="uk", start=HOUR + 1)], [first, second]).found().of()
    steps = {row["cause_id"]: row["cause_step_ids"] for row in found}
    assert steps == {"flag-0": ["flag-0", "flag-1"], None: []}
    assert all(row["cause_step_ids"] == [row["cause_id"]] for row in REGION.found().of() if row["cause_id"])


def test_days_one_by_one_equal_the_range() -> None:
    said = [*crowd(range(3, DAY + 3)), *fault(30, region="dach"), *fault(30, number=DAY + 1, start=0, region="dach")]
    days = DayRange(day(DAY), day(DAY + 2))
    of, context = stream(said), REGION.context()

    def causes(of: Stream, days: DayRange) -> pl.DataFrame:
        return found(of, clusters(of.fragments, of.classifications, of.embeddings, days), *context, days).hypotheses

    alone = [causes(of.within(DayRange(d, d).widened(before=WINDOW_DAYS - 1)), DayRange(d, d)) for d in days]
    assert_frame_equal(pl.concat(alone), causes(of, days))


def test_no_alerts_have_no_hypotheses() -> None:
    found = Scene(CALM, days=on(DAY)).found()
    assert found.hypotheses.height == 0
    assert violations(found.hypotheses, TABLES["analysis_hypothesis"]) == []
