"""What the hold-out proves over a home: nothing is opened without labels, a fault stops carrying out, a language model's word counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ClassifierDistrusted
from feedback_loop.ports import Embedder
from feedback_loop.workflows.model_health import (
    abstention_judgement,
    held_out_answers,
    hold_out_judgements,
    require_trusted,
    scope_judgement,
)
from feedback_loop.workflows.model_recipes import ActiveModel
from feedback_loop.workflows.model_versions import Home, model_in_use
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.workflows.labelled_home import label, labelled_home, names

CLASSES, LABEL = TABLES["analysis_classification"], TABLES["state_label"]
HELD_OUT = [number for number, name in enumerate(names()) if is_held_out(name)]
DAY = date(2026, 1, 30)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = labelled_home(tmp_path)
    made.taxonomy_file.unlink()  # the seed's words
    return made


def say(home: Home, wrong: frozenset[int] = frozenset(), at: datetime = START) -> None:
    for number in HELD_OUT:
        label(home, range(number, number + 1), at, wrong, in_seed_words=True)


def test_without_a_label_no_model_is_opened(home: Home) -> None:
    def opened() -> tuple[ActiveModel, Embedder]:
        raise AssertionError("a model was opened")

    found = hold_out_judgements(home.state.snapshot(LABEL), home.tables, opened)
    assert {name: one.is_passed for name, one in found.items()} == {"precision": True, "calibration": True}
    require_trusted(home.state.snapshot(LABEL), home.tables, opened)


def test_only_a_classifier_that_labels_speak_against_is_distrusted(home: Home) -> None:
    say(home)
    require_trusted(home.state.snapshot(LABEL), home.tables, lambda: model_in_use(home))
    say(home, frozenset(HELD_OUT), START + timedelta(hours=1))
    with pytest.raises(ClassifierDistrusted, match=r"nothing is carried out.*Remediation waits"):
        require_trusted(home.state.snapshot(LABEL), home.tables, lambda: model_in_use(home))


def test_what_a_language_model_answered_under_the_present_version_counts_as_decided(home: Home) -> None:
    say(home)
    active, embedder = model_in_use(home)
    present, other = active.classifier.classifier_version, "model-of-before"
    said = {names()[HELD_OUT[0]]: f"{present}+some-model+prompt-1", names()[HELD_OUT[1]]: f"{other}+some-model+prompt-1"}
    rows = [{"fragment_id": name, "taxonomy_class": "praise", "classifier_version": version} for name, version in said.items()]
    home.tables.append(CLASSES, frame_of(CLASSES, *rows))
    found = held_out_answers(home.state.snapshot(LABEL), home.tables, active, embedder)
    assert found.height == len(HELD_OUT)
    assert found.filter(said="praise")["fragment_id"].to_list() == [names()[HELD_OUT[0]]]
    assert "praise" not in found["likeliest"].to_list()


def tables(last: int, days: int = 20, per_day: int = 20, **changes: Any) -> FakeTableStore:
    """Days on which two of twenty fragments are left open, and a last one on which so many are."""
    store = FakeTableStore()
    rows = [
        {"fragment_id": f"f{n}-{k}", "event_date": DAY - timedelta(days=days - 1 - n), "is_abstained": k < (last if n == days - 1 else 2),
         "abstention_reason": None, "class_score": 0.9} | (changes if n == days - 1 else {})
        for n in range(days) for k in range(per_day)
    ]  # fmt: skip
    store.append(CLASSES, frame_of(CLASSES, *rows))
    return store


ON_THE_DAY = DayRange(DAY, DAY)


def test_more_left_open_than_usual_is_a_warning_and_as_many_is_none() -> None:
    risen = abstention_judgement(tables(last=18), ON_THE_DAY)
    assert (risen.is_passed, risen.is_error) == (False, False)
    assert "2026-01-30: 90% of 20, usually 10%" in risen.said
    assert abstention_judgement(tables(last=2), ON_THE_DAY).is_passed
    assert abstention_judgement(FakeTableStore(), ON_THE_DAY).is_passed


def test_without_a_past_a_fixed_share_counts() -> None:
    assert not abstention_judgement(tables(last=19, days=1), ON_THE_DAY).is_passed
    assert abstention_judgement(tables(last=12, days=1), ON_THE_DAY).is_passed
    assert abstention_judgement(tables(last=5, days=1, per_day=5), ON_THE_DAY).is_passed  # five fragments say nothing


@pytest.mark.parametrize(
    "fault", [{"class_score": 0.0001}, {"abstention_reason": "no_words"}, {"abstention_reason": "language_unsupported"}]
)
def test_what_the_classifier_was_not_made_for_is_out_of_scope(home: Home, fault: dict[str, Any]) -> None:
    active, _ = model_in_use(home)
    assert 0 < active.classifier.lowest_usual_score < active.classifier.threshold
    assert not scope_judgement(tables(2, **fault), ON_THE_DAY, active).is_passed
    assert scope_judgement(tables(2), ON_THE_DAY, active).is_passed
    assert scope_judgement(tables(2, abstention_reason="ambiguous"), ON_THE_DAY, active).is_passed
