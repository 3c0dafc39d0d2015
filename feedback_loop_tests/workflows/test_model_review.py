"""The review of a home whose week drifted: wrong decisions and disputed labels with masked words, drift, cost, and the checks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.vocab import LabelKind
from feedback_loop.workflows.label import correct_label
from feedback_loop.workflows.model_review import EMPTY, Review, review_of
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.drifted_home import AFTER, drifted_home, label_held_out_refunds, promoted
from feedback_loop_tests.workflows.labelled_home import PEOPLE, labelled_home, names


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    made = drifted_home(tmp_path_factory.mktemp("review"))
    home = made.home
    label_held_out_refunds(home)
    promoted(home, made.bad, START + timedelta(hours=10))
    taxonomy, second = read_taxonomy(home.taxonomy_file), LabelKind.SECOND_READING
    correct_label(names()[0], "closes_itself", "bo", PEOPLE, home.tables, home.state, START + timedelta(hours=11), taxonomy, second)
    correct_label(names()[1], "money_back", "bo", PEOPLE, home.tables, home.state, START + timedelta(hours=11), taxonomy, second)
    return review_of(home, AFTER)


def test_wrong_decisions_are_told_with_their_words_the_surest_first(review: Review) -> None:
    assert review.of_model
    assert {(one.one_says, one.other_says) for one in review.of_model} == {("closes_itself", "money_back")}
    assert all(one.masked_text.startswith("my refund") for one in review.of_model)
    scores = [one.class_score or 0.0 for one in review.of_model]
    assert scores == sorted(scores, reverse=True)


def test_persons_who_disagree_are_named_with_both_words(review: Review) -> None:
    assert review.agreement is not None
    assert review.agreement.fragment_count == 2
    said = {one.one_says.split(":")[0] for one in review.of_people} | {one.other_says.split(":")[0] for one in review.of_people}
    assert said == {"ada", "bo"}


def test_the_week_has_its_drift_its_cost_and_its_checks(review: Review) -> None:
    assert review.drift is not None
    assert review.drift.before.last < review.drift.after.first == AFTER.first
    assert len(review.drift.before) == len(review.drift.after) == 7
    assert review.drift.drift.moves
    assert review.costs is not None
    assert sum(tier.fragment_count for tier in review.costs.tiers) == 70
    assert set(review.judgements) == {"precision", "calibration", "left open", "out of scope"}
    assert not review.judgements["precision"].is_passed


def test_a_home_without_labels_has_a_review_too(tmp_path: Path) -> None:
    found = review_of(labelled_home(tmp_path), AFTER)
    assert found.held_out is not None
    assert found.held_out.is_empty()
    assert (found.of_model, found.of_people) == ((), ())
    assert all(one.is_passed for one in found.judgements.values())
    assert EMPTY.week is None
