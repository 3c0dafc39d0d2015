from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from feedback_loop.gold.ledger import Cluster, Issue
from feedback_loop.gold.matching import best_pairs, by_meaning, by_members
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.gold.made_up_ledger import MEANINGS

AT = datetime(2024, 3, 1, tzinfo=UTC)


def issue(name: str, core: str, meaning: str = "a", model: str = "m1") -> Issue:
    centroid = np.array(MEANINGS[meaning], dtype=np.float32)
    return Issue(name, day(0), day(0), AT, AT, centroid, model, core=frozenset(core))


def cluster(name: str, members: str, meaning: str = "a", model: str = "m1") -> Cluster:
    return Cluster(name, "crash", "words", False, frozenset(members), np.array(MEANINGS[meaning], dtype=np.float32), model)


@pytest.mark.parametrize(("shared", "carries"), [("abc", True), ("ab", False)])
def test_members_carry_an_issue_when_three_in_ten_are_shared(shared: str, carries: bool) -> None:
    window = frozenset("abcdefghijuvwxyz")
    found = by_members([issue("i", "abcdefghij")], [cluster("c", shared + "uvwxyz")], window, window)
    assert found == ({"c": "i"} if carries else {})


def test_what_only_one_of_the_days_can_have_does_not_count() -> None:
    found = by_members([issue("i", "abcdefgh")], [cluster("c", "ab123456")], frozenset("ab123456"), frozenset("abcdefgh"))
    assert found == {"c": "i"}


def test_meaning_carries_an_issue_when_both_are_of_one_model() -> None:
    assert by_meaning([issue("i", "a")], [cluster("c", "z", "a-like")]) == {"c": "i"}
    assert by_meaning([issue("i", "a")], [cluster("c", "z", "b")]) == {}
    assert by_meaning([issue("i", "a")], [cluster("c", "z", "a", model="m2")]) == {}


def test_issue_of_a_model_whose_vectors_have_another_length_is_left_out() -> None:
    other = issue("j", "b", model="m2")
    other.centroid = np.ones(8, dtype=np.float32)
    assert by_meaning([other, issue("i", "a")], [cluster("c", "z", "a-like")]) == {"c": "i"}


@pytest.mark.parametrize("name", ["a", "z"])
def test_part_that_forms_in_an_issue_without_a_cluster_goes_on_whatever_the_names(name: str) -> None:
    everything = frozenset("abcdefghijklmnopqr")
    found = by_members([issue("n", "".join(everything)), issue(name, "abcdefgh")], [cluster("c", "abcdefgh")], everything, everything)
    assert found == {"c": name}


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
