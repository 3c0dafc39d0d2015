"""A version is promoted by a person, on the hold-out, or not at all; and what happened to it can't be changed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput, ModelRefused
from feedback_loop.workflows.model_recipes import MODEL, SEED, promoted_version
from feedback_loop.workflows.model_versions import Home, evaluate_version, latest_version, promote_version, train_version
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import PEOPLE, label, labelled_home, names

HOUR = timedelta(hours=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return labelled_home(tmp_path)


def _events(home: Home) -> list[tuple[str, str]]:
    return [(row["model_event"], row["model_event_by"]) for row in home.state.snapshot(MODEL).to_dicts()]


def test_a_version_is_trained_once_however_often_it_is_asked_for(home: Home) -> None:
    label(home, range(80))
    first, again = train_version(home, START), train_version(home, START + HOUR)
    assert (first.is_new, again.is_new, first.model_version) == (True, False, again.model_version)
    assert latest_version(home.state.snapshot(MODEL)) == first.model_version
    assert (home.taxonomies_folder / f"{home.state.snapshot(MODEL)['taxonomy_version'][0]}.yaml").exists()


def test_evaluation_is_on_the_hold_out_and_beside_the_present_version(home: Home) -> None:
    label(home, range(80))
    version = train_version(home, START).model_version
    found = evaluate_version(home, version, START + HOUR)
    assert found.answers.counts["held_out_count"] == 40
    assert found.answers.counts["held_out_right_count"] == 40
    assert found.compared_version == SEED
    assert found.comparison is not None
    assert found.comparison.word == "best_class"  # the two speak different words
    (trained, evaluated) = home.state.snapshot(MODEL).to_dicts()
    assert (trained["held_out_count"], evaluated["held_out_count"]) == (None, 40)
    assert json.loads(evaluated["model_metrics"])["accuracy"]["share"] == 1.0
    assert violations(home.state.snapshot(MODEL), TABLES["state_model"]) == []


def test_a_person_promotes_and_the_history_says_who_and_why(home: Home) -> None:
    label(home, range(80))
    version = train_version(home, START).model_version
    promote_version(home, version, "bo", PEOPLE, " more labels ", START + HOUR)
    assert promoted_version(home.state.snapshot(MODEL)) == version
    assert home.state.snapshot(MODEL)["model_event_why"].to_list() == [None, "more labels"]
    assert _events(home) == [("trained", LOOP), ("promoted", "bo")]
    with pytest.raises(ModelRefused, match="is promoted already"):
        promote_version(home, version, "bo", PEOPLE, "again", START + 2 * HOUR)


@pytest.mark.parametrize(("person", "why"), [("nobody", "x"), (LOOP, "x"), ("bo", "  ")])
def test_nobody_else_promotes_and_nobody_without_grounds(home: Home, person: str, why: str) -> None:
    label(home, range(80))
    version = train_version(home, START).model_version
    with pytest.raises(BadInput):
        promote_version(home, version, person, {**PEOPLE, LOOP: ("owner",)}, why, START + HOUR)
    assert promoted_version(home.state.snapshot(MODEL)) is None


def test_too_few_held_out_labels_refuse_with_how_many_more(home: Home) -> None:
    held = [number for number, name in enumerate(names()) if is_held_out(name)][:12]
    for number in held:
        label(home, range(number, number + 1))
    version = train_version(home, START).model_version
    with pytest.raises(ModelRefused, match=r"only 12 held-out labels, 18 more are needed.*labels queue --reason held_out_sample"):
        promote_version(home, version, "bo", PEOPLE, "try", START + HOUR)
    assert _events(home) == [("trained", LOOP), ("refused", "bo")]


def test_what_is_worse_on_the_hold_out_is_refused_whoever_asks(home: Home) -> None:
    label(home, range(80))
    good = train_version(home, START).model_version
    promote_version(home, good, "bo", PEOPLE, "good", START + HOUR)
    # Somebody mislabels all that is learnt from; the hold-out stays as it was.
    learnt = frozenset(number for number, name in enumerate(names()) if not is_held_out(name))
    for number in sorted(learnt):
        label(home, range(number, number + 1), START + 2 * HOUR, learnt)
    bad = train_version(home, START + 3 * HOUR).model_version
    with pytest.raises(ModelRefused, match="exact McNemar test"):
        promote_version(home, bad, "bo", PEOPLE, "newer", START + 4 * HOUR)
    assert promoted_version(home.state.snapshot(MODEL)) == good
    assert _events(home)[-1] == ("refused", "bo")
    assert evaluate_version(home, good, START + 5 * HOUR).comparison is None
    found = evaluate_version(home, bad, START + 6 * HOUR).comparison
    assert found is not None
    assert found.word == "taxonomy_class"  # the two speak the same words


def test_nothing_to_evaluate_says_what_to_do(home: Home) -> None:
    with pytest.raises(BadInput, match="Run `model train` first"):
        latest_version(home.state.snapshot(MODEL))


def test_same_words_under_two_labels_are_named(home: Home) -> None:
    label(home, range(80))
    assert train_version(home, START).contradictions == ()
