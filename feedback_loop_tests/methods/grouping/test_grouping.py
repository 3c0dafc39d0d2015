import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from feedback_loop.methods import grouping
from feedback_loop.methods.grouping import Method, group
from feedback_loop.methods.grouping.rows import unit
from feedback_loop_tests.methods.grouping.scattered import scattered

both = pytest.mark.parametrize("method", list(Method))


@both
def test_topics_are_found_when_they_are_apart(method: Method) -> None:
    vectors, truth = scattered(topics=6, each=25)
    found = group(vectors, method)
    assert found.count == 6
    assert adjusted_rand_score(truth, found.filled()) > 0.95


@both
def test_topics_are_found_when_there_are_more_texts_than_a_matrix_should_hold(method: Method) -> None:
    vectors, truth = scattered(topics=12, each=110)
    assert adjusted_rand_score(truth, group(vectors, method).filled()) > 0.9


@both
def test_rows_beyond_the_sample_join_the_group_of_their_topic(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "SAMPLE_LIMIT", 120)
    monkeypatch.setattr(grouping, "_CHUNK", 100)
    vectors, truth = scattered(topics=5, each=60)
    found = group(vectors, method)
    assert found.count == 5
    assert adjusted_rand_score(truth, found.filled()) > 0.95


@both
@pytest.mark.parametrize("rows", range(8))
def test_too_few_texts_are_all_noise(rows: int, method: Method) -> None:
    found = group(scattered(topics=1, each=8)[0][:rows], method)
    assert found.count == 0
    assert found.labels.tolist() == found.filled().tolist() == found.filled_when_near().tolist() == [-1] * rows


@both
def test_the_same_rows_give_the_same_groups_again(method: Method) -> None:
    vectors, _ = scattered(topics=5, each=30, noise=0.3)
    assert np.array_equal(group(vectors, method).labels, group(vectors.copy(), method).labels)


@both
def test_identical_texts_fall_into_one_group(method: Method) -> None:
    vectors, _ = scattered(topics=3, each=12)
    repeated = np.concatenate([vectors, np.repeat(vectors[:1], 20, axis=0)])
    assert len(set(group(repeated, method).filled()[-20:].tolist())) == 1


def test_texts_that_are_all_identical_are_one_group() -> None:
    assert group(np.repeat(scattered(1, 1)[0], 40, axis=0)).labels.tolist() == [0] * 40


def test_all_texts_identical_is_no_error_for_hdbscan() -> None:
    assert len(group(np.repeat(scattered(1, 1)[0], 40, axis=0), Method.HDBSCAN).filled()) == 40


@pytest.mark.parametrize("each", [10, 60])
def test_copies_of_one_text_are_a_group_also_where_nothing_else_is(each: int) -> None:
    vectors, _ = scattered(topics=1, each=each, noise=5.0)
    labels = group(np.concatenate([vectors, np.repeat(vectors[3:4], 5, axis=0)])).labels
    (of_copies,) = set(labels[[3, *range(each, each + 5)]].tolist())
    assert of_copies >= 0


def test_rows_without_groups_are_noise() -> None:
    vectors = unit(np.random.default_rng(3).normal(size=(600, 64)).astype(np.float32))
    assert (group(vectors).labels < 0).mean() > 0.9


def test_a_row_far_from_every_group_is_noise() -> None:
    vectors, _ = scattered(topics=4, each=60)
    strangers = unit(np.random.default_rng(8).normal(size=(8, vectors.shape[1])).astype(np.float32))
    labels = group(np.concatenate([vectors, strangers])).labels
    assert (labels[:-8] >= 0).mean() > 0.9
    assert (labels[-8:] < 0).mean() >= 0.75


@both
@given(rows=st.integers(8, 60), seed=st.integers(0, 5))
@settings(max_examples=10, deadline=None)
def test_labels_are_numbered_by_first_appearance(method: Method, rows: int, seed: int) -> None:
    labels = group(scattered(topics=4, each=15, noise=0.25, seed=seed)[0][:rows], method).labels
    first = [labels.tolist().index(g) for g in range(int(labels.max()) + 1)]
    assert first == sorted(first)
    assert labels.min() >= -1


@both
def test_noise_joins_only_a_group_that_it_is_as_near_to_as_most_members(method: Method) -> None:
    topics, _ = scattered(topics=4, each=25)
    strangers = unit(np.random.default_rng(8).normal(size=(60, topics.shape[1])).astype(np.float32))
    found = group(np.concatenate([topics, strangers]), method)
    near, was_noise = found.filled_when_near(), found.labels < 0
    assert np.array_equal(near[~was_noise], found.labels[~was_noise])
    for number in range(found.count):
        members = found.rows[found.labels == number]
        centroid = unit(members.mean(axis=0, keepdims=True))[0]
        joined = found.rows[was_noise & (near == number)] @ centroid
        assert (joined >= np.sort(members @ centroid)[len(members) // 4] - 1e-5).all()
    assert (found.filled() >= 0).all()


@both
def test_rows_not_grouped_are_given_the_group_of_their_topic(method: Method) -> None:
    vectors, truth = scattered(topics=5, each=40)
    extended = group(vectors[::2], method).extended(vectors[1::2])
    placed = extended >= 0
    assert placed.mean() > 0.6
    assert adjusted_rand_score(truth[1::2][placed], extended[placed]) > 0.95


def test_nothing_is_near_where_there_is_no_group() -> None:
    vectors, _ = scattered(topics=1, each=5)
    assert group(vectors).extended(vectors).tolist() == [-1] * 5
