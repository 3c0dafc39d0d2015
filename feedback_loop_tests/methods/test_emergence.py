import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.emergence import SMALLEST_GROUP, new_groups

DIMENSIONS = 40


def said(subjects: list[tuple[int, int, int]], seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of (subject, old rows, recent rows): vectors, whether recent, and the subject of each."""
    rng = np.random.default_rng(seed)
    topics = np.array([topic for topic, old, recent in subjects for _ in range(old + recent)])
    is_recent = np.array([n >= old for _, old, recent in subjects for n in range(old + recent)])
    vectors = np.eye(DIMENSIONS)[topics] + rng.normal(0.0, 0.08, (len(topics), DIMENSIONS))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), is_recent, topics


STEADY = [(topic, 60, 5) for topic in range(8)]


def test_a_subject_without_a_past_is_found_on_its_first_day() -> None:
    vectors, is_recent, topics = said([*STEADY, (9, 0, 8)])
    found = new_groups(vectors, is_recent)
    assert [set(topics[rows]) for rows in found] == [{9}]
    assert len(found[0]) >= 6


def test_two_subjects_without_a_past_are_two_groups() -> None:
    vectors, is_recent, topics = said([*STEADY, (9, 0, 8), (10, 0, 9)])
    assert sorted(set(topics[rows]).pop() for rows in new_groups(vectors, is_recent)) == [9, 10]


@pytest.mark.parametrize("times", [2, 5, 10])
def test_a_burst_of_something_known_is_not_new(times: int) -> None:
    vectors, is_recent, _ = said([*STEADY[:-1], (7, 60, 5 * times)])
    assert new_groups(vectors, is_recent) == []


@given(st.integers(0, 400))
@settings(max_examples=15, deadline=None)
def test_ordinary_days_have_hardly_ever_anything_new(seed: int) -> None:
    vectors, is_recent, _ = said(STEADY, seed)
    assert len(new_groups(vectors, is_recent)) <= 1


def test_single_rows_about_something_known_are_not_taken_along() -> None:
    vectors, is_recent, topics = said([*((topic, 200, 1) for topic in range(8)), (9, 0, 12)])
    assert {topic for rows in new_groups(vectors, is_recent) for topic in topics[rows]} == {9}


@pytest.mark.parametrize("recent", [40, 400])
def test_chance_finds_no_more_where_there_is_more_to_look_at(recent: int) -> None:
    """Of rows without any subject, whose ages are drawn by lot, hardly any make a group, however many rows there are."""
    found = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        vectors = rng.normal(size=(4 * recent, DIMENSIONS)).astype(np.float32)
        found += len(new_groups(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rng.permutation(4 * recent) < recent))
    assert found <= 5


def test_found_rows_are_recent_and_in_order() -> None:
    vectors, is_recent, _ = said([*STEADY, (9, 0, 8)])
    for rows in new_groups(vectors, is_recent):
        assert is_recent[rows].all()
        assert (np.diff(rows) > 0).all()


def test_where_all_is_recent_or_too_little_is_nothing_can_be_told() -> None:
    vectors, is_recent, _ = said([(1, 0, 30)])
    assert new_groups(vectors, is_recent) == []
    vectors, is_recent, _ = said([(1, 30, SMALLEST_GROUP - 1)])
    assert new_groups(vectors, is_recent) == []
