from collections import Counter
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.analysis import cluster
from feedback_loop.analysis.cluster import clusterer_version, clusters, eligible_fragments
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.validate import violations
from feedback_loop.methods.grouping import Method
from feedback_loop_tests.complaint_stream import Said, Stream, day, steady, stream

DAYS = DayRange(day(20), day(34))


def computed(of: Stream, days: DayRange) -> pl.DataFrame:
    return clusters(of.fragments, of.classifications, of.embeddings, days)


def test_each_method_names_itself_in_its_rows() -> None:
    of = stream(steady(40))
    named = {clusters(of.fragments, of.classifications, of.embeddings, DAYS, m)["clusterer_version"].unique().item() for m in Method}
    assert named == {clusterer_version(m) for m in Method}
    assert len(named) == len(Method)


def test_rows_fulfil_the_contract() -> None:
    found = computed(stream(steady(40)), DAYS)
    assert found.height
    assert violations(found, TABLES["analysis_cluster"]) == []


def test_each_eligible_fragment_of_the_window_is_in_exactly_one_cluster() -> None:
    said = stream([*steady(40), Said(30, "refund", duplicate_of="fragment_x"), *[Said(33, "login", product="other")] * 9])
    found = computed(said, DAYS)
    eligible = eligible_fragments(said.fragments, said.classifications)
    for current in DAYS:
        window = eligible.filter(pl.col("event_date").is_between(current - timedelta(days=WINDOW_DAYS - 1), current))
        members = Counter(f for ids in found.filter(pl.col("event_date") == current)["member_fragment_ids"] for f in ids)
        assert members == Counter(window["fragment_id"].to_list())
        today = Counter(f for ids in found.filter(pl.col("event_date") == current)["day_fragment_ids"] for f in ids)
        assert today == Counter(window.filter(pl.col("event_date") == current)["fragment_id"].to_list())


def test_symptoms_are_told_apart() -> None:
    said = stream(steady(28, per_day=3))
    found = computed(said, DayRange(day(27), day(27))).filter(~pl.col("is_catch_all"))
    topics = [{said.topics[f] for f in ids} for ids in found["member_fragment_ids"]]
    assert all(len(of) == 1 for of in topics)
    assert {next(iter(of)) for of in topics} == {"refund", "login", "scanner"}
    labels = dict(zip((next(iter(of)) for of in topics), found["cluster_label"], strict=True))
    assert "refund" in labels["refund"]
    assert "password" in labels["login"] or "reset" in labels["login"]


@given(st.integers(0, 10_000))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    said = stream(steady(36))
    assert_frame_equal(computed(said.shuffled(seed), DAYS), computed(said, DAYS))


def test_days_one_by_one_equal_the_range() -> None:
    said = stream(steady(40))
    alone = pl.concat([computed(said.within(DayRange(d, d).widened(before=WINDOW_DAYS - 1)), DayRange(d, d)) for d in DAYS])
    assert_frame_equal(alone, computed(said, DAYS))


@given(st.sets(st.integers(20, 75), min_size=1, max_size=6))
@settings(max_examples=5, deadline=None)
def test_late_rows_touch_their_windows_only_and_end_in_the_same_table(late: set[int]) -> None:
    said = stream(steady(40))
    held = {said.fragments["fragment_id"][n] for n in late}
    touched = {
        d + timedelta(days=n)
        for d in said.fragments.filter(pl.col("fragment_id").is_in(list(held)))["event_date"]
        for n in range(WINDOW_DAYS)
    }
    days = DayRange(day(0), day(39))
    before, from_start = computed(said.without(held), days), computed(said, days)
    again = pl.concat([computed(said, DayRange(d, d)) for d in sorted(touched) if d in days])
    mended = pl.concat([before.filter(~pl.col("event_date").is_in(list(touched))), again])
    assert_frame_equal(mended.sort("event_date", "product", "cluster_id"), from_start)


def test_no_fragments_are_no_clusters() -> None:
    found = computed(stream([]), DAYS)
    assert found.height == 0
    assert violations(found, TABLES["analysis_cluster"]) == []


@pytest.mark.parametrize("count", [1, 2, 7])
def test_few_fragments_go_to_the_catch_all_of_their_class(count: int) -> None:
    found = computed(stream([Said(30, "refund")] * count), DayRange(day(30), day(30)))
    assert found.select("best_class", "is_catch_all", "member_count", "cluster_label").rows() == [("billing", True, count, "other billing")]


def test_a_day_without_new_fragments_still_has_the_clusters_of_its_window() -> None:
    found = computed(stream([Said(3, "refund")] * 12), DayRange(day(0), day(40)))
    assert found["event_date"].unique().sort().to_list() == list(DayRange(day(3), day(3 + WINDOW_DAYS - 1)))
    assert found.filter(pl.col("event_date") > day(3))["day_fragment_ids"].list.len().sum() == 0
    assert found["cluster_id"].is_unique().all()


def test_praise_and_duplicates_are_in_no_cluster() -> None:
    assert computed(stream([Said(30, "praise")] * 9 + [Said(30, "refund", duplicate_of="fragment_x")] * 9), DAYS).height == 0


def test_a_window_above_the_limit_is_grouped_by_a_sample_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SAMPLE_LIMIT", 60)
    said = stream(steady(28, per_day=6))
    found = computed(said, DayRange(day(27), day(27)))
    assert sum(found["member_count"]) == eligible_fragments(said.fragments, said.classifications).height
    topics = [{said.topics[f] for f in ids} for ids in found.filter(~pl.col("is_catch_all"))["member_fragment_ids"]]
    assert all(len(of) == 1 for of in topics)
    assert len(topics) >= 3
    assert found.filter(pl.col("is_catch_all"))["member_count"].sum() < 0.4 * sum(found["member_count"])


def test_vectors_of_another_model_are_never_mixed_in() -> None:
    said = stream([Said(30, "refund")] * 20 + [Said(30, "login")] * 12)
    odd = said.fragments["fragment_id"][0]
    mixed = said.embeddings.with_columns(
        pl.when(pl.col("fragment_id") == odd).then(pl.lit("m2")).otherwise("embedding_model_version").alias("embedding_model_version")
    )
    found = clusters(said.fragments, said.classifications, mixed, DayRange(day(30), day(30)))
    assert found["embedding_model_version"].unique().to_list() == ["m1"]
    home = found.filter(pl.col("member_fragment_ids").list.contains(odd))
    assert home["is_catch_all"].to_list() == [True]


def test_the_id_of_a_cluster_stays_when_the_open_day_brings_more() -> None:
    said = stream(steady(28, per_day=3) + [Said(28, "refund")] * 4)
    today = DayRange(day(28), day(28))
    late = set(said.fragments.filter(pl.col("event_date") == day(28))["fragment_id"].to_list()[2:])
    before, after = computed(said.without(late), today), computed(said, today)
    refunds = [f for f, topic in said.topics.items() if topic == "refund"]
    largest = [
        found.sort(pl.col("member_fragment_ids").list.set_intersection(refunds).list.len())["cluster_id"][-1] for found in (before, after)
    ]
    assert largest[0] == largest[1]
    assert sum(after["member_count"]) == sum(before["member_count"]) + 2


def test_languages_are_grouped_apart_and_an_unknown_one_with_english() -> None:
    said = stream(steady(28, per_day=3))
    ids = said.fragments["fragment_id"].to_list()
    tongue = {f: ("de", "en", None)[n % 3] for n, f in enumerate(ids)}
    mixed = said.fragments.with_columns(pl.col("fragment_id").replace_strict(tongue, return_dtype=pl.String).alias("language"))
    found = clusters(mixed, said.classifications, said.embeddings, DayRange(day(27), day(27))).filter(~pl.col("is_catch_all"))
    spoken = [{tongue[f] or "en" for f in members} for members in found["member_fragment_ids"]]
    assert {frozenset(of) for of in spoken} == {frozenset({"de"}), frozenset({"en"})}
