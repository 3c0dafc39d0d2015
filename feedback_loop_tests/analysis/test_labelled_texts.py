"""Labelled texts are sorted by what they are for, in an order that the file doesn't decide."""

from __future__ import annotations

import pytest

from feedback_loop.analysis.labelled_texts import OUT_OF_SCOPE, LabelledText, Split, Unexampled, lesson_of, unexampled
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


def test_of_a_label_without_a_text_its_name_is_learnt() -> None:
    labelled = [*LABELLED[:4], LabelledText("", "card_arrival"), LabelledText("?", "card_arrival"), LabelledText("", "47")]
    lesson = lesson_of(labelled)
    assert lesson.names == [LabelledText("card arrival", "card_arrival"), LabelledText("lost card", "lost_card")]
    assert lesson.inside == lesson_of(LABELLED).inside
    assert unexampled(labelled) == Unexampled(["card_arrival"], ["47"])
    assert unexampled(LABELLED) == Unexampled([], [])


def test_what_is_held_apart_for_the_proof_teaches_no_name() -> None:
    labelled = [LabelledText("", "late"), LabelledText("", "other", Split.CALIBRATION)]
    assert [one.label for one in lesson_of(labelled).taught] == ["late"]
    assert unexampled(labelled).named == ["late"]


@pytest.mark.parametrize("labelled", [[], LABELLED[2:4], [LabelledText("12", "7")], [LabelledText("", OUT_OF_SCOPE)]])
def test_nothing_to_learn_from_is_refused(labelled: list[LabelledText]) -> None:
    with pytest.raises(BadInput, match=r"no text with words.*Give each label a text or a name"):
        lesson_of(labelled)
