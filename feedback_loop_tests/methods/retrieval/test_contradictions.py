"""Two documents that say nearly the same and differ in a figure or a negation are called to mind, others are not."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.retrieval.contradictions import doubtful_pairs
from feedback_loop_tests.methods.retrieval.made_up_documents import passage


def compared(one: str, other: str, cosine: float = 0.99, *, same: bool = False) -> list[str]:
    vectors = np.array([[1, 0], [cosine, (1 - cosine**2) ** 0.5]], dtype=np.float32)
    passages = [passage("a", one), passage("a" if same else "b", other, 1)]
    return [difference for _, _, difference in doubtful_pairs(passages, vectors)]


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ("Wait 20 minutes, then restart the export host.", ["figures 10, 20"]),
        ("Wait 10 minutes, then never restart the export host.", ["negation never"]),
        ("Don’t wait 10 minutes, then restart the export host.", ["negation don't"]),
        ("Wait 10 minutes, then restart the export host!", []),
        ("Buy 20 photo books and see them printed in our shop.", []),
    ],
)
def test_what_differs_is_named(other: str, difference: list[str]) -> None:
    assert compared("Wait 10 minutes, then restart the export host.", other) == difference


def test_texts_that_are_about_other_things_or_of_one_document_are_not_compared() -> None:
    assert compared("Wait 10 minutes.", "Wait 20 minutes.", cosine=0.5) == []
    assert compared("Wait 10 minutes.", "Wait 20 minutes.", same=True) == []


def test_pairs_are_found_across_blocks() -> None:
    vectors = np.eye(1_500, dtype=np.float32)
    vectors[1_400] = vectors[3]
    passages = [passage(f"d{n}", f"Wait {n} minutes at the export host.") for n in range(1_500)]
    assert [(one.document_id, other.document_id) for one, other, _ in doubtful_pairs(passages, vectors)] == [("d3", "d1400")]
