"""Vocabularies are closed lists of lower-case words, and the fixed ones hold what users rely on."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum

import pytest

from feedback_loop.contracts import (
    audit_vocab,
    autonomy_vocab,
    callback_vocab,
    issue_vocab,
    knowledge,
    loop_vocab,
    message_vocab,
    outcome_vocab,
    routes,
    vocab,
)
from feedback_loop.contracts.fields import FIELDS

VOCABULARIES = [
    v
    for words in (
        vocab,
        issue_vocab,
        loop_vocab,
        audit_vocab,
        autonomy_vocab,
        callback_vocab,
        message_vocab,
        outcome_vocab,
        knowledge,
        routes,
    )
    for _, v in inspect.getmembers(words, inspect.isclass)
    if issubclass(v, StrEnum) and v is not StrEnum
]


@pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)
def test_a_word_is_its_own_name_in_lower_case(words: type[StrEnum]) -> None:
    assert [word for word in words if word.value != word.name.lower() or not re.fullmatch(r"[a-z]+(_[a-z]+)*", word.value)] == []


@pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)
def test_a_vocabulary_says_what_it_is_about(words: type[StrEnum]) -> None:
    assert inspect.getdoc(words)


def test_the_seed_taxonomy_is_the_one_that_was_agreed() -> None:
    assert [c.value for c in vocab.ComplaintClass] == [
        "billing", "auth", "latency", "crash", "broken_workflow", "poor_ux", "feature_request", "praise", "other",
    ]  # fmt: skip


def test_praise_and_other_never_become_issues() -> None:
    assert set(vocab.ComplaintClass) - set(vocab.ISSUE_CLASSES) == {vocab.ComplaintClass.PRAISE, vocab.ComplaintClass.OTHER}


def test_severity_runs_from_least_to_most_urgent() -> None:
    assert next(iter(vocab.Severity)) == "low"
    assert list(vocab.Severity)[-1] == "urgent"


def test_no_column_takes_its_words_from_elsewhere() -> None:
    used = {field.vocabulary for field in FIELDS.values() if field.vocabulary is not None}
    assert used <= set(VOCABULARIES)
