"""The command line's driver: every step once, the days of the run and no others, and failures without words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from feedback_loop.analysis.classify import FragmentClassifier
from feedback_loop.defs.drive import step_names
from feedback_loop.defs.resources import EmbedderResource, HomeResource
from feedback_loop.defs.wiring import build_run_defs
from feedback_loop.errors import ModelWeightsMissing, StageFailed
from feedback_loop.ports import Embedder, Vectors
from feedback_loop_tests.defs.homes import PIPELINE, Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import days, record


class QuotingEmbedder:
    """A model that fails as libraries do: with the value that it could not bear in its message."""

    model_version, dimension = "quoting", 3

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise ValueError(f"could not convert string to float: {texts[0]!r}")


class QuotingEmbedderResource(EmbedderResource):
    """Opens that model."""

    def open(self) -> Embedder:
        return QuotingEmbedder()

    def classifier(self) -> FragmentClassifier:
        raise ModelWeightsMissing("some-weights")


class AbsentEmbedderResource(EmbedderResource):
    """Has no weights."""

    def open(self) -> Embedder:
        raise ModelWeightsMissing("some-weights")


def place(home: Home) -> HomeResource:
    return HomeResource(home=str(home.folder))


def test_every_step_reports_its_end_once(computed: Home, new_home: NewHome) -> None:
    home, ended = computed.copied_to(new_home()), Counter[str]()
    home.run(days(0, 2), lambda step: ended.update([step]))
    assert ended == Counter(step_names(build_run_defs(home.resources(), with_marts=False)))


@dataclass
class Failed:
    """A run that failed at the embeddings after one more record had landed."""

    home: Home
    ended: Counter[str]
    error: StageFailed


@pytest.fixture(scope="module")
def failed(computed: Home, new_home: NewHome) -> Failed:
    home, ended = computed.copied_to(new_home()), Counter[str]()
    home.land([record("late", 1, "It crashes.")])
    with pytest.raises(StageFailed) as caught:
        home.run(days(0, 2), lambda step: ended.update([step]), embedder=QuotingEmbedderResource(home=place(home)))
    return Failed(home, ended, caught.value)


def test_steps_after_a_failure_report_no_end(failed: Failed) -> None:
    assert set(failed.ended.values()) == {1}
    assert "analysis_embedding" in failed.ended
    assert not {"analysis_cluster", "analysis_alert", "gold_issue"} & set(failed.ended)


def test_stage_that_fails_is_named_with_the_class_of_its_error_and_no_words(failed: Failed) -> None:
    assert failed.error.asset == "analysis_embedding"
    assert failed.error.cause.startswith("ValueError at feedback_loop/analysis/embed.py:")
    assert [text for text in failed.home.table("silver_fragment")["masked_text"] if text in str(failed.error)] == []
    assert failed.error.__cause__ is None


def test_tables_before_a_stage_that_failed_are_written_and_those_after_it_are_not(failed: Failed, computed: Home) -> None:
    assert failed.home.table("silver_message").height == computed.table("silver_message").height + 1
    assert failed.home.versions()["gold_issue"] == computed.versions()["gold_issue"]


def test_summary_counts_rows_changed_days_and_seconds(computed: Home, new_home: NewHome) -> None:
    home = computed.copied_to(new_home())
    home.land([record("late", 1, "It crashes.")])
    summary = home.run(days(1, 2))
    assert (summary.days, summary.failed_checks) == (days(1, 2), [])
    assert set(summary.rows) == {key.to_user_string() for key in PIPELINE}
    assert summary.rows["silver_message"] == home.table("silver_message", days(1, 2)).height
    assert summary.days_changed["silver_message"] == 1
    assert set(summary.rows) <= set(summary.seconds)


def test_days_outside_of_the_run_stay_as_they_were(computed: Home, new_home: NewHome) -> None:
    home = computed.copied_to(new_home())
    home.land([record("late", 0, "It crashes."), record("late", 2, "It crashes.")])
    home.run(days(1, 1))
    for day in (0, 2):
        assert home.table("silver_message", days(day, day)).equals(computed.table("silver_message", days(day, day)))


def test_stage_that_refuses_is_quoted_with_what_to_do(computed: Home, new_home: NewHome) -> None:
    home = computed.copied_to(new_home())
    with pytest.raises(StageFailed, match=r"analysis_embedding failed: the weights .* FEEDBACK_LOOP_EMBEDDER=tfidf"):
        home.run(days(0, 2), embedder=AbsentEmbedderResource(home=place(home)))
