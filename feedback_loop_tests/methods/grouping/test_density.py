import numpy as np
import pytest

from feedback_loop.methods.grouping.density import blur, dense_regions, neighbour_count, placed, smallest_group
from feedback_loop_tests.methods.grouping.scattered import scattered


def test_blurring_draws_a_topic_together() -> None:
    vectors, truth = scattered(topics=3, each=20)
    blurred = blur(vectors, 5)
    inside = truth[:, None] == truth[None, :]
    assert (blurred @ blurred.T)[inside].mean() > (vectors @ vectors.T)[inside].mean() + 0.1
    assert np.allclose(np.linalg.norm(blurred, axis=1), 1.0, atol=1e-5)


def test_a_row_is_placed_amid_the_rows_that_it_resembles() -> None:
    vectors, truth = scattered(topics=3, each=20)
    labels, blurred = dense_regions(vectors[::2])
    nearest = (placed(vectors[1::2], vectors[::2], blurred) @ blurred.T).argmax(axis=1)
    assert np.array_equal(truth[::2][nearest], truth[1::2])
    assert labels.max() == 2


@pytest.mark.parametrize(("rows", "neighbours", "smallest"), [(8, 5, 4), (200, 6, 4), (400, 7, 5), (20_000, 15, 35)])
def test_sizes_grow_slowly_with_the_rows(rows: int, neighbours: int, smallest: int) -> None:
    assert (neighbour_count(rows), smallest_group(rows)) == (neighbours, smallest)
