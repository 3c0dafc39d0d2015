import numpy as np

from feedback_loop.analysis.cluster_labels import cluster_labels


def test_a_catch_all_is_named_by_its_class_and_a_cluster_by_its_words() -> None:
    found = cluster_labels(
        [["blank", "page"], ["blank", "page"], ["odd"]], np.array([0, 0, 1]), ["broken_workflow", "poor_ux"], [False, True]
    )
    assert found == ["blank, page", "other poor ux"]


def test_a_cluster_without_words_is_named_by_its_class() -> None:
    assert cluster_labels([[], []], np.array([0, 0]), ["crash"], [False]) == ["crash"]


def test_an_empty_window_has_no_labels() -> None:
    assert cluster_labels([], np.zeros(0, dtype=np.int64), [], []) == []
