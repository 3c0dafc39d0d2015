import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from feedback_loop.methods.grouping.communities import (
    Partition,
    Ties,
    at_count,
    communities,
    judged,
    ladder,
    made_up,
    middle_of_best,
    neighbour_count,
    tied,
)
from feedback_loop.methods.grouping.rows import principal, unit
from feedback_loop_tests.methods.grouping.scattered import scattered


@pytest.mark.parametrize(("topics", "each"), [(4, 60), (12, 60), (30, 20)])
def test_as_many_communities_are_found_as_there_are_topics(topics: int, each: int) -> None:
    vectors, truth = scattered(topics, each)
    found = communities(unit(principal(vectors, 40)))
    assert found.max() + 1 == topics
    assert adjusted_rand_score(truth, found) > 0.95


def test_topics_of_very_different_sizes_are_found() -> None:
    vectors, truth = scattered(topics=8, each=200)
    kept = np.concatenate([np.flatnonzero(truth == t)[: 200 // (t + 1)] for t in range(8)])
    assert adjusted_rand_score(truth[kept], communities(unit(principal(vectors[kept], 40)))) > 0.95


def test_what_chance_draws_together_is_no_community() -> None:
    vectors = unit(np.random.default_rng(4).normal(size=(500, 40)).astype(np.float32))
    assert (communities(vectors) < 0).mean() > 0.9


def test_no_community_is_found_among_rows_that_cannot_be_told_apart() -> None:
    assert communities(np.ones((9, 3), dtype=np.float32)).tolist() == [-1] * 9


def test_the_ladder_goes_from_coarse_to_fine_and_ends_before_groups_are_crumbs() -> None:
    rows, _ = scattered(topics=8, each=30, noise=0.4)
    counts = [p.count for p in ladder(tied(rows, 10), rows, Ties.partition)]
    assert counts[0] < counts[-1] <= 240 / 4
    assert min(counts) >= 2


def test_made_up_rows_are_as_wide_as_the_rows_in_each_direction() -> None:
    rows = unit(principal(scattered(topics=6, each=400)[0], 30))
    assert np.allclose((made_up(rows) ** 2).mean(axis=0), (rows**2).mean(axis=0), rtol=0.35)
    assert np.array_equal(made_up(rows), made_up(rows))


def test_two_rows_that_are_near_to_each_other_are_tied_twice() -> None:
    graph = tied(unit(np.array([[1, 0], [0.9, 0.1], [0.8, 0.3]], dtype=np.float32)), 1).graph.toarray()
    assert graph.tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]


def test_a_higher_resolution_finds_more_communities() -> None:
    graph = tied(scattered(topics=8, each=30, noise=0.4)[0], 10)
    assert graph.partition(0.25).max() < graph.partition(16).max()


def test_a_row_in_its_own_group_has_a_silhouette_near_one_and_a_misplaced_one_below_zero() -> None:
    rows = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], dtype=np.float32)
    found = judged(rows, np.array([0, 0, 1, 1, 0]))
    assert found.silhouettes[2:4].tolist() == [1.0, 1.0]
    assert found.silhouettes[4] < 0
    assert found.by_group()[1] == 1.0


def test_a_row_alone_in_its_group_is_not_near_itself() -> None:
    rows = np.array([[1, 0], [0.6, 0.8], [0.6, 0.8]], dtype=np.float32)
    assert judged(rows, np.array([0, 1, 1])).silhouettes[0] < 0


def test_what_chance_reaches_is_read_at_the_same_number_of_groups() -> None:
    empty = [Partition(np.arange(4), np.zeros(4, np.float32)), Partition(np.arange(16), np.zeros(16, np.float32))]
    assert at_count(8, empty, [1.0, 3.0]) == pytest.approx(2.0)
    assert at_count(64, empty, [1.0, 3.0]) == 3.0


def test_runs_that_visit_rows_in_different_orders_agree_on_the_topics() -> None:
    rows, truth = scattered(topics=8, each=40, noise=0.2)
    graph = tied(rows, 10)
    assert adjusted_rand_score(truth, graph.agreed(1.0)) > 0.95
    assert np.array_equal(graph.agreed(4.0), Ties(graph.graph.copy()).agreed(4.0))


def test_no_single_step_decides_and_of_a_plateau_the_middle_is_kept() -> None:
    assert middle_of_best([0.0, 4.0, 0.0, 3.0, 3.0, 3.0, 3.0]) == 5
    assert middle_of_best([0.1, 0.5, 0.5, 0.499, 0.5, 0.5, 0.1]) == 3
    assert middle_of_best([-0.2, -0.1, -0.3]) == 1


def test_where_no_two_runs_agree_on_a_tie_every_row_is_alone() -> None:
    graph = tied(scattered(topics=4, each=10)[0], 5)
    assert graph.agreed(10_000.0).tolist() == list(range(40))


@pytest.mark.parametrize(("rows", "count"), [(5, 4), (18, 5), (64, 8), (400, 10), (1000, 20), (20_000, 30)])
def test_the_more_rows_the_more_each_is_tied_to_up_to_thirty(rows: int, count: int) -> None:
    assert neighbour_count(rows) == count
