"""A label is one of those that were offered, or unsure; nothing else is an answer."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from feedback_loop.analysis.prompts.classification import (
    UNSURE,
    LabelDefinition,
    LabelledTexts,
    classification_question,
    prompt_version,
)
from feedback_loop.analysis.prompts.untrusted import text_hash_of

LABELS = (LabelDefinition("crash", "It closes."), LabelDefinition("billing", "Money."))
QUESTION = classification_question("It closes.", LABELS)


@pytest.mark.parametrize("label", ["crash", "billing", UNSURE])
def test_an_offered_label_is_an_answer(label: str) -> None:
    assert QUESTION.answer_type.model_validate_json(f'{{"label": "{label}"}}').label == label  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "said",
    [
        '{"label": "refund"}',
        '{"label": "Crash"}',
        '{"label": null}',
        '{"label": ["crash"]}',
        "{}",
        '{"label": "crash", "action": "pay"}',
        '"crash"',
    ],
)
def test_anything_else_is_none(said: str) -> None:
    with pytest.raises(ValidationError):
        QUESTION.answer_type.model_validate_json(said)


def test_the_labels_are_part_of_the_words_and_the_version_is_not_theirs() -> None:
    other = classification_question("It closes.", LABELS[:1])
    assert other.request_hash != QUESTION.request_hash
    assert other.prompt_version == QUESTION.prompt_version == prompt_version()


def test_the_question_names_every_text_that_it_shows() -> None:
    shown = classification_question("It closes.", LABELS, [("Twice charged.", "billing"), ("It closes.", "crash")])
    assert shown.text_hashes == (text_hash_of("It closes."), text_hash_of("Twice charged."))


def test_the_nearest_examples_are_those_of_the_shortlist() -> None:
    vectors = np.asarray([[1, 0], [0.9, 0.1], [0, 1], [1, 0]], dtype=np.float32)
    known = LabelledTexts(("a", "b", "c", "x" * 501), ("crash", "billing", "crash", "crash"), vectors)
    assert known.nearest(vectors[0], ["crash"], 4) == [("a", "crash"), ("c", "crash")]
    assert known.nearest(vectors[0], ["billing", "crash"], 2) == [("a", "crash"), ("b", "billing")]
    assert known.nearest(vectors[0], ["latency"], 2) == []
