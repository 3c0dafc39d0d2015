"""What the local tier leaves open is shown to the language model with what people said; all else stays as the local tier said it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.analysis.prompts.classification import SHORTLIST
from feedback_loop.analysis.routes import ANSWERED_MARK, is_answered
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ModelStage
from feedback_loop.workflows.model_recipes import ActiveModel, active_model, classified, recipe_of, trained
from feedback_loop.workflows.model_versions import Home, train_version
from feedback_loop.workflows.second_opinions import second_opinions, what_is_known
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.asked_fragments import fragments_of, obliging
from feedback_loop_tests.workflows.labelled_home import label, labelled_home

TEXTS = ["my refund of order 7 is not here", "the app closes at screen 8 at once", "zebra quartz jumble", "quartz vexing nymph"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return labelled_home(tmp_path)


@pytest.fixture
def active(home: Home) -> ActiveModel:
    """The company's own taxonomy, with forty gold labels."""
    label(home, range(80))
    version = train_version(home, START).model_version
    return trained(recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder), home.embedder)


def embedded(home: Home) -> pl.DataFrame:
    return fragments_of(TEXTS).with_columns(pl.Series("vector", home.embedder.embed(TEXTS).tolist(), dtype=pl.List(pl.Float32)))


def said_by_both(home: Home, active: ActiveModel, word: str = "closes_itself") -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of the local tier, all of them left open, and those after the language model said the word to everything."""
    fragments = embedded(home)
    classes = classified(fragments, active, home.embedder).with_columns(
        pl.lit(None, pl.String).alias("complaint_class"),
        pl.lit(value=True).alias("is_abstained"),
        pl.lit("ambiguous").alias("abstention_reason"),
    )
    return classes, second_opinions(fragments, classes, active, home.embedder, obliging(word)).classes


def test_an_answer_is_the_companys_word_and_counts_as_the_platforms(home: Home, active: ActiveModel) -> None:
    before, after = said_by_both(home, active)
    assert after["taxonomy_class"].to_list() == ["closes_itself"] * 4
    assert after["complaint_class"].to_list() == ["crash"] * 4
    assert after.filter(is_answered()).height == 4
    assert after.select("best_class", "class_score", "threshold_applied").equals(
        before.select("best_class", "class_score", "threshold_applied")
    )
    assert violations(after, TABLES["analysis_classification"]) == []


def test_without_a_language_model_nothing_is_computed_and_nothing_changes(home: Home, active: ActiveModel) -> None:
    without_vectors = fragments_of(TEXTS)
    classes, _ = said_by_both(home, active)
    opinions = second_opinions(without_vectors, classes, active, home.embedder, None)
    assert opinions.classes is classes
    assert opinions.counts() == {}


def test_the_model_is_shown_the_likeliest_classes_first_and_the_nearest_gold_texts(home: Home, active: ActiveModel) -> None:
    fragments = embedded(home)
    known = what_is_known(fragments, active, home.embedder)
    assert known.shortlists["fragment_0"] == ("money_back", "closes_itself")
    assert known.shortlists["fragment_1"] == ("closes_itself", "money_back")
    assert known.examples is not None
    nearest = known.examples.nearest(home.embedder.embed(TEXTS)[1], ["closes_itself", "money_back"])
    assert {word for _, word in nearest} == {"closes_itself"}


def test_before_anybody_labelled_there_are_no_gold_texts_and_a_shortlist_of_the_seed(home: Home) -> None:
    seed = active_model(None, home.tables, home.taxonomies_folder, home.embedder)
    fragments = embedded(home)
    known = what_is_known(fragments, seed, home.embedder)
    assert known.examples is None
    assert {len(names) for names in known.shortlists.values()} == {SHORTLIST}
    assert all(definition.definition for definition in known.labels)


def test_counts_say_what_was_asked_answered_and_left_to_people_and_why(home: Home, active: ActiveModel) -> None:
    fragments = embedded(home)
    classes, _ = said_by_both(home, active)
    model = obliging("unsure")
    opinions = second_opinions(fragments, classes, active, home.embedder, model)
    assert opinions.counts() == {"asked_count": 4, "answered_count": 0, "left_to_people_model_unsure": 4}
    assert opinions.classes.equals(classes)
    assert {question.stage for question in model.asked} == {ModelStage.CLASSIFICATION}


def test_the_version_of_an_answered_row_names_all_who_had_a_word(home: Home, active: ActiveModel) -> None:
    _, after = said_by_both(home, active)
    local, model, prompt = after["classifier_version"][0].split(ANSWERED_MARK)
    assert (local, model) == (active.model_version, "scripted")
    assert prompt
