"""Kernel ridge regression says what fitting again without an example would say, whatever stands beside a row."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.kernel_ridge import BLOCK_ROWS, Singles, fit_kernel_ridge, kernel, thin_out

RNG = np.random.default_rng(5)
TRUTH = np.arange(40) % 3


def _unit(rows: np.ndarray) -> Singles:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


KNOWN = _unit(np.eye(3)[TRUTH] @ RNG.normal(size=(3, 8)) + RNG.normal(0, 0.4, (40, 8)))


def test_equal_rows_are_fully_alike() -> None:
    assert kernel(np.array([[1.0, 0.0, -1.0]], np.float32), 2.0)[0] == pytest.approx([1, np.exp(-2), np.exp(-4)])


def test_left_out_score_is_the_score_of_a_fit_without_the_example() -> None:
    fitted = fit_kernel_ridge(KNOWN @ KNOWN.T, TRUTH, 3, 2.0)
    for row in range(len(KNOWN)):
        others = np.delete(np.arange(len(KNOWN)), row)
        again = fit_kernel_ridge(KNOWN[others] @ KNOWN[others].T, TRUTH[others], 3, 2.0).model
        assert again.scores(KNOWN[row : row + 1] @ KNOWN[others].T)[0] == pytest.approx(fitted.left_out[row], abs=1e-3)


def test_example_scores_highest_for_its_own_label() -> None:
    fitted = fit_kernel_ridge(KNOWN @ KNOWN.T, TRUTH, 3, 2.0)
    assert (fitted.model.scores(KNOWN @ KNOWN.T).argmax(axis=1) == TRUTH).all()


def test_scores_of_a_row_do_not_depend_on_the_rows_beside_it() -> None:
    model = fit_kernel_ridge(KNOWN @ KNOWN.T, TRUTH, 3, 2.0).model
    cosines = np.asarray(_unit(RNG.normal(size=(2 * BLOCK_ROWS + 9, 8))) @ KNOWN.T)
    alone = np.concatenate([model.scores(cosines[row : row + 1]) for row in range(len(cosines))])
    assert np.array_equal(model.scores(cosines), alone)


def test_no_row_has_no_scores() -> None:
    assert fit_kernel_ridge(KNOWN @ KNOWN.T, TRUTH, 3, 2.0).model.scores(np.zeros((0, 40), np.float32)).shape == (0, 3)


def test_thinning_takes_from_frequent_labels_first() -> None:
    truth = np.asarray([0] * 50 + [1] * 4)
    kept = thin_out(truth, 10)
    assert np.bincount(truth[kept]).tolist() == [6, 4]
    assert kept.tolist() == sorted(set(kept.tolist()))


def test_few_examples_are_all_kept() -> None:
    assert thin_out(TRUTH, 40).tolist() == list(range(40))
