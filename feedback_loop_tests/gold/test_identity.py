from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.gold.identity import DORMANT_DAYS, Carried, best_pairs, carried_identities
from feedback_loop_tests.complaint_stream import day

Spec = tuple[int, str, list[str]]
"""Day, meaning (the direction of the centroid; `rest` for a catch-all) and members, named so that their order is their age."""

MEANINGS = {"a": [1.0, 0.0, 0.0], "b": [0.0, 1.0, 0.0], "a-like": [0.95, 0.31, 0.0], "rest": [0.0, 0.0, 1.0]}


def table(rows: list[Spec], label: str = "word, other", model: str = "m1") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "product": ["app"] * len(rows),
            "event_date": [day(n) for n, _, _ in rows],
            "cluster_id": [stable_id("cluster", n, *members) for n, _, members in rows],
            "best_class": ["billing"] * len(rows),
            "cluster_label": [label] * len(rows),
            "is_catch_all": [meaning == "rest" for _, meaning, _ in rows],
            "member_fragment_ids": [members for _, _, members in rows],
            "centroid": pl.Series([MEANINGS[m] for _, m, _ in rows], dtype=pl.List(pl.Float32)),
            "embedding_model_version": [model] * len(rows),
        }
    )


def age(fragment: str) -> datetime:
    return datetime(2024, 3, 1, tzinfo=UTC) + timedelta(minutes=int("".join(c for c in fragment if c.isdigit()) or 0))


def carried(clusters: pl.DataFrame) -> list[Carried]:
    return list(carried_identities(clusters, {f: age(f) for ids in clusters["member_fragment_ids"] for f in ids}))


def names(clusters: pl.DataFrame) -> dict[tuple[date, str], str]:
    ids = dict(zip(clusters["cluster_id"], clusters["member_fragment_ids"], strict=True))
    return {(c.event_date, min(ids[c.cluster_id])): c.issue_id for c in carried(clusters)}


def members(letter: str, first: int, last: int) -> list[str]:
    return [f"{letter}{n:03d}" for n in range(first, last)]


def test_an_issue_is_named_after_its_earliest_fragment() -> None:
    assert carried(table([(0, "a", ["f009", "f003"])]))[0].issue_id == stable_id("issue", "app", "f003")


def test_an_issue_keeps_its_name_while_its_members_change() -> None:
    rolling: list[Spec] = [(n, m, members(m, n, n + 10)) for n in range(40) for m in ("a", "b")]
    found = carried(table(rolling))
    assert len({c.issue_id for c in found}) == 2
    assert [c.continuity_share for c in found if c.event_date == day(0)] == [None, None]
    assert all(c.continuity_share == 1.0 for c in found if c.event_date > day(0))


def test_the_larger_part_keeps_the_name_when_an_issue_splits() -> None:
    found = names(table([(0, "a", members("a", 0, 12)), (1, "a", members("a", 0, 4)), (1, "b", members("a", 4, 12))]))
    assert found[day(1), "a004"] == found[day(0), "a000"]
    assert found[day(1), "a000"] != found[day(0), "a000"]


@pytest.mark.parametrize(("shared", "carries"), [(4, True), (2, False)])
def test_members_carry_an_issue_when_three_in_ten_are_shared(shared: int, carries: bool) -> None:
    rest = ["z900", "z901", "z902", "z903", "z904", "z905", "z906", "z907"][: 10 - shared]
    found = names(
        table(
            [
                (0, "a", members("a", 0, 10)), (0, "rest", rest),
                (1, "b", members("a", 0, shared) + rest), (1, "rest", members("a", shared, 10)),
            ]
        )
    )  # fmt: skip
    assert (found[day(1), "a000"] == found[day(0), "a000"]) is carries


def test_a_second_issue_of_the_same_earliest_fragment_gets_a_name_of_its_own() -> None:
    found = carried(table([(0, "a", members("a", 0, 12)), (1, "b", members("a", 0, 4)), (1, "a", members("a", 4, 12))]))
    assert len({c.issue_id for c in found if c.event_date == day(1)}) == 2
    assert stable_id("issue", "app", "a001") in {c.issue_id for c in found}


@pytest.mark.parametrize(("gap", "returns"), [(DORMANT_DAYS, True), (DORMANT_DAYS + 1, False)])
def test_an_issue_comes_back_within_its_dormant_days_when_it_says_the_same(gap: int, returns: bool) -> None:
    found = names(table([(0, "a", members("a", 0, 5)), (gap, "a-like", members("z", 500, 505))]))
    assert (found[day(gap), "z500"] == found[day(0), "a000"]) is returns


def test_an_issue_does_not_come_back_as_something_else() -> None:
    found = names(table([(0, "a", members("a", 0, 5)), (5, "b", members("z", 500, 505))]))
    assert found[day(5), "z500"] != found[day(0), "a000"]


def test_centroids_of_different_models_are_not_compared() -> None:
    first, second = table([(0, "a", members("a", 0, 5))]), table([(5, "a", members("z", 500, 505))], model="m2")
    assert len({c.issue_id for c in carried(pl.concat([first, second]))}) == 2


def test_members_carry_an_issue_over_a_change_of_model() -> None:
    first, second = table([(0, "a", members("a", 0, 5))]), table([(1, "b", members("a", 0, 6))], model="m2")
    assert len({c.issue_id for c in carried(pl.concat([first, second]))}) == 1


def test_a_catch_all_has_one_name_for_ever_and_takes_none() -> None:
    found = carried(table([(0, "rest", ["a001"]), (90, "rest", ["a900"]), (91, "a", ["a900"])]))
    assert [c.issue_id for c in found[:2]] == [stable_id("issue", "app", "billing", "catch_all")] * 2
    assert found[2].issue_id == stable_id("issue", "app", "a900")


def test_first_and_last_seen_span_all_days_so_far() -> None:
    found = carried(table([(n, "a", members("a", n, n + 10)) for n in range(20)]))
    assert (found[-1].first_seen_at, found[-1].last_seen_at) == (age("a000"), age("a028"))
    assert found[3].last_seen_at == age("a012")
    assert {c.founded_on for c in found} == {day(0)}


def test_the_label_is_that_of_most_days() -> None:
    days = [table([(n, "a", members("a", n, n + 10))], label="odd, one, out" if n in (4, 6) else "refund, late, again") for n in range(9)]
    assert {c.issue_label for c in carried(pl.concat(days))} == {"refund, late, again"}


def test_issues_of_two_products_never_meet() -> None:
    one = table([(0, "a", members("a", 0, 5))])
    other = one.with_columns(pl.lit("b").alias("product"), (pl.col("cluster_id") + "x").alias("cluster_id"))
    assert len({c.issue_id for c in carried(pl.concat([one, other]))}) == 2


@given(st.permutations(range(12)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    clusters = table([(n, m, members(m, n, n + 6)) for n in range(6) for m in ("a", "b")])
    assert names(clusters[order]) == names(clusters)


@given(st.integers(1, 11))
@settings(max_examples=11, deadline=None)
def test_a_day_is_named_the_same_whatever_follows(cut: int) -> None:
    clusters = table([(n, m, members(m, n, n + 6)) for n in range(12) for m in ("a", "b")])
    early = carried(clusters.filter(pl.col("event_date") < day(cut)))
    assert early == [c for c in carried(clusters) if c.event_date < day(cut)]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_best_pairs_have_the_largest_total_and_are_one_to_one(rows: int, columns: int, seed: int) -> None:
    weights = np.round(np.random.default_rng(seed).random((rows, columns)), 1)
    pairs = best_pairs(weights, 0.3)
    usable = np.where(weights >= 0.3, weights, 0.0)
    best = usable[linear_sum_assignment(-usable)].sum()
    assert sum(weights[p] for p in pairs) == pytest.approx(best)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)


def test_no_issues_or_no_clusters_make_no_pairs() -> None:
    assert best_pairs(np.zeros((0, 3)), 0.5) == best_pairs(np.zeros((3, 0)), 0.5) == []
