"""Labelled texts are sorted by what they are for, in an order that the file doesn't decide."""

from __future__ import annotations

import pytest

from feedback_loop.analysis.labelled_texts import OUT_OF_SCOPE, LabelledText, Split, lesson_of
from feedback_loop.errors import BadInput

LABELLED = [
    LabelledText("lost my card", "lost_card"),
    LabelledText("card is gone", "lost_card", Split.TRAIN),
    LabelledText("where is it", "lost_card", Split.CALIBRATION),
    LabelledText("nice weather", OUT_OF_SCOPE),
    LabelledText("12345", "lost_card"),
]


def test_every_text_with_words_has_one_use() -> None:
    lesson = lesson_of(LABELLED)
    assert {one.text for one in lesson.inside} == {"lost my card", "card is gone"}
    assert (lesson.outside, [one.text for one in lesson.calibration]) == (["nice weather"], ["where is it"])


def test_name_of_a_rare_label_is_taught_after_its_examples() -> None:
    lesson = lesson_of(LABELLED)
    assert lesson.taught[-1] == LabelledText("lost card", "lost_card")
    assert lesson_of([LabelledText(f"lost card {n}", "lost_card") for n in range(20)]).names == []


def test_order_of_the_file_changes_nothing() -> None:
    assert lesson_of(LABELLED) == lesson_of(LABELLED[::-1])


@pytest.mark.parametrize("labelled", [[], LABELLED[2:]])
def test_nothing_to_learn_from_is_refused(labelled: list[LabelledText]) -> None:
    with pytest.raises(BadInput, match="no text with words"):
        lesson_of(labelled)
