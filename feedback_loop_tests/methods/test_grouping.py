import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from feedback_loop.methods import grouping
from feedback_loop.methods.grouping import Vectors, blur, group, neighbour_count, principal, smallest_group, unit


def scattered(topics: int, each: int, dimension: int = 48, noise: float = 0.12, seed: int = 5) -> tuple[Vectors, np.ndarray]:
    chance = np.random.default_rng(seed)
    directions = np.linalg.qr(chance.normal(size=(dimension, dimension)))[0][:topics]
    truth = np.repeat(np.arange(topics), each)
    return unit((directions[truth] + chance.normal(scale=noise, size=(topics * each, dimension))).astype(np.float32)), truth


def test_topics_are_found_when_they_are_apart() -> None:
    vectors, truth = scattered(topics=6, each=25)
    found = group(vectors)
    assert found.count == 6
    assert adjusted_rand_score(truth, found.filled()) > 0.95


def test_topics_are_found_when_there_are_more_texts_than_a_matrix_should_hold() -> None:
    vectors, truth = scattered(topics=12, each=110)
    assert len(vectors) > grouping._DENSE_LIMIT
    assert adjusted_rand_score(truth, group(vectors).filled()) > 0.9


@pytest.mark.parametrize("rows", range(8))
def test_too_few_texts_are_all_noise(rows: int) -> None:
    found = group(scattered(topics=1, each=8)[0][:rows])
    assert found.count == 0
    assert found.labels.tolist() == found.filled().tolist() == found.filled_when_near().tolist() == [-1] * rows


def test_the_same_rows_give_the_same_groups_again() -> None:
    vectors, _ = scattered(topics=5, each=30, noise=0.3)
    assert np.array_equal(group(vectors).labels, group(vectors.copy()).labels)


def test_identical_texts_fall_into_one_group() -> None:
    vectors, _ = scattered(topics=3, each=12)
    repeated = np.concatenate([vectors, np.repeat(vectors[:1], 20, axis=0)])
    labels = group(repeated).filled()
    assert len(set(labels[-20:].tolist())) == 1


def test_all_texts_identical_is_no_error() -> None:
    assert len(group(np.repeat(scattered(1, 1)[0], 40, axis=0)).filled()) == 40


@given(st.integers(8, 60), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_labels_are_numbered_by_first_appearance(rows: int, seed: int) -> None:
    labels = group(scattered(topics=4, each=15, noise=0.25, seed=seed)[0][:rows]).labels
    first = [labels.tolist().index(g) for g in range(int(labels.max()) + 1)]
    assert first == sorted(first)
    assert labels.min() >= -1


def test_noise_joins_only_a_group_that_it_is_as_near_to_as_most_members() -> None:
    topics, _ = scattered(topics=4, each=25)
    strangers = unit(np.random.default_rng(8).normal(size=(60, topics.shape[1])).astype(np.float32))
    found = group(np.concatenate([topics, strangers]))
    near = found.filled_when_near()
    was_noise = found.labels < 0
    assert np.array_equal(near[~was_noise], found.labels[~was_noise])
    assert (near < 0).any()
    for number in range(found.count):
        members = found.blurred[found.labels == number]
        centroid = unit(members.mean(axis=0, keepdims=True))[0]
        joined = found.blurred[was_noise & (near == number)] @ centroid
        assert (joined >= np.sort(members @ centroid)[len(members) // 4] - 1e-6).all()
    assert (found.filled() >= 0).all()


def test_rows_not_grouped_are_given_the_group_of_their_topic() -> None:
    vectors, truth = scattered(topics=5, each=40)
    found = group(vectors[::2])
    extended = found.extended(vectors[1::2])
    placed = extended >= 0
    assert placed.mean() > 0.6
    assert adjusted_rand_score(truth[1::2][placed], extended[placed]) > 0.95


def test_nothing_is_near_where_there_is_no_group() -> None:
    vectors, _ = scattered(topics=1, each=5)
    assert group(vectors).extended(vectors).tolist() == [-1] * 5


def test_blurring_draws_a_topic_together() -> None:
    vectors, truth = scattered(topics=3, each=20)
    blurred = blur(vectors, 5)
    inside = truth[:, None] == truth[None, :]
    assert (blurred @ blurred.T)[inside].mean() > (vectors @ vectors.T)[inside].mean() + 0.1
    assert np.allclose(np.linalg.norm(blurred, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("digits", [1, 7])
def test_nearest_is_the_same_by_both_routes_also_among_equals(digits: int) -> None:
    similarity = np.round(np.random.default_rng(2).normal(size=(4, 1500)), digits).astype(np.float32)
    expected = np.argsort(-similarity, axis=1, kind="stable")[:, :9]
    assert np.array_equal(grouping._nearest(similarity, 9), expected)


def test_main_directions_keep_their_sign_and_the_distances() -> None:
    vectors, _ = scattered(topics=3, each=20, dimension=10)
    turned = principal(vectors, 10)
    assert np.allclose(turned @ turned.T, (vectors - vectors.mean(0)) @ (vectors - vectors.mean(0)).T, atol=1e-4)
    assert np.array_equal(turned, principal(vectors.copy(), 10))


@pytest.mark.parametrize(("rows", "neighbours", "smallest"), [(8, 5, 4), (200, 6, 4), (400, 7, 5), (20_000, 15, 35)])
def test_sizes_grow_slowly_with_the_rows(rows: int, neighbours: int, smallest: int) -> None:
    assert (neighbour_count(rows), smallest_group(rows)) == (neighbours, smallest)
