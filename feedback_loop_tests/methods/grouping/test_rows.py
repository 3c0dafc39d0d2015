import numpy as np
import pytest

from feedback_loop.methods.grouping.rows import centroids, in_order, nearest, neighbours, principal, totals
from feedback_loop_tests.methods.grouping.scattered import scattered


@pytest.mark.parametrize("digits", [1, 7])
def test_nearest_is_the_same_by_both_routes_also_among_equals(digits: int) -> None:
    similarity = np.round(np.random.default_rng(2).normal(size=(4, 1500)), digits).astype(np.float32)
    expected = np.argsort(-similarity, axis=1, kind="stable")[:, :9]
    assert np.array_equal(nearest(similarity, 9), expected)


def test_a_row_is_not_its_own_neighbour_and_the_nearest_come_first() -> None:
    vectors, truth = scattered(topics=30, each=40)
    found = neighbours(vectors, 7)
    assert not (found.rows == np.arange(len(vectors))[:, None]).any()
    assert (np.diff(found.similarity, axis=1) <= 0).all()
    assert np.allclose(found.similarity[5], vectors[found.rows[5]] @ vectors[5], atol=1e-5)
    assert (truth[found.rows] == truth[:, None]).mean() > 0.9


def test_main_directions_keep_their_sign_and_the_distances() -> None:
    vectors, _ = scattered(topics=3, each=20, dimension=10)
    turned = principal(vectors, 10)
    assert np.allclose(turned @ turned.T, (vectors - vectors.mean(0)) @ (vectors - vectors.mean(0)).T, atol=1e-4)
    assert np.array_equal(turned, principal(vectors.copy(), 10))


def test_groups_are_numbered_by_first_appearance_and_noise_stays_noise() -> None:
    assert in_order(np.array([4, -1, 2, 4, 0])).tolist() == [0, -1, 1, 0, 2]
    assert in_order(np.array([-1, -1])).tolist() == [-1, -1]


def test_a_centroid_is_the_direction_of_its_members_without_noise() -> None:
    rows = np.array([[1, 0], [0, 1], [0, -1], [1, 0]], dtype=np.float32)
    labels = np.array([0, 1, -1, 0])
    assert totals(rows, labels, 2).tolist() == [[2, 0], [0, 1]]
    assert centroids(rows, labels, 2).tolist() == [[1, 0], [0, 1]]
