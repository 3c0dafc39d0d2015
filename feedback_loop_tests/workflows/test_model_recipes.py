"""A version follows from its recipe alone, never learns what is held out, and is refused where it can't be made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ModelRefused
from feedback_loop.workflows.model_recipes import (
    LABEL,
    SEED,
    Gold,
    active_model,
    classified,
    examples_of,
    gold_of,
    recipe,
    recipe_of,
    trained,
)
from feedback_loop.workflows.model_versions import Home, promote_version, train_version
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import PEOPLE, label, labelled_home, names, true_class

LATER = START + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return labelled_home(tmp_path)


def test_nothing_that_is_held_out_is_learnt(home: Home) -> None:
    label(home, range(80))
    gold = gold_of(home.state.snapshot(LABEL), home.tables, read_taxonomy(home.taxonomy_file))
    made = recipe(read_taxonomy(home.taxonomy_file), gold, home.embedder)
    learnt = {example.text for example in made.taxonomy.gold}
    held = gold.rows.filter(pl.col("fragment_id").map_elements(is_held_out, return_dtype=pl.Boolean))["masked_text"]
    assert made.gold_count == 40
    assert not learnt & set(held)
    assert gold.part(held_out=True).height == held.len() == 40


def test_the_version_follows_from_labels_taxonomy_and_vectors(home: Home) -> None:
    taxonomy = read_taxonomy(home.taxonomy_file)

    def version() -> str:
        return recipe(taxonomy, gold_of(home.state.snapshot(LABEL), home.tables, taxonomy), home.embedder).model_version

    before = version()
    label(home, range(10))
    after = version()
    assert after not in (before, recipe(replace(taxonomy, classes=taxonomy.classes[:2][::-1]), _none(home), home.embedder).model_version)
    label(home, range(10), LATER)  # the same again
    assert version() == after


def _none(home: Home) -> Gold:
    return gold_of(home.state.snapshot(LABEL).clear(), home.tables, read_taxonomy(home.taxonomy_file))


def test_a_trained_version_is_made_again_from_the_labels_of_its_time(home: Home) -> None:
    label(home, range(20))
    version = train_version(home, START).model_version
    label(home, range(20, 60), LATER)
    home.taxonomy_file.unlink()
    again = recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder)
    assert again.model_version == version


def test_what_can_not_be_made_again_is_refused_with_what_to_do(home: Home) -> None:
    label(home, range(20))
    version = train_version(home, START).model_version

    def remade(some: Home) -> None:
        recipe_of(version, some.state, some.tables, some.taxonomies_folder, some.embedder)

    class OtherVectors(type(home.embedder)):  # type: ignore[misc]
        model_version = "other"

    with pytest.raises(ModelRefused, match="no such version"):
        recipe_of("model-x", home.state, home.tables, home.taxonomies_folder, home.embedder)
    with pytest.raises(ModelRefused, match="vectors of fake-words-1, the settings name other"):
        remade(replace(home, embedder=OtherVectors()))
    with pytest.raises(ModelRefused, match="no longer kept"):
        remade(replace(home, taxonomies_folder=home.taxonomies_folder / "elsewhere"))
    home.tables.replace_all(TABLES["silver_fragment"], home.tables.read(TABLES["silver_fragment"]).head(0))
    with pytest.raises(ModelRefused, match="gold texts that it learnt from are gone"):
        remade(home)


def test_one_erased_text_is_forgotten_and_the_version_says_so(home: Home) -> None:
    label(home, range(80))
    version = train_version(home, START).model_version
    gone = next(name for name in names() if not is_held_out(name))
    rest = home.tables.read(TABLES["silver_fragment"]).filter(pl.col("fragment_id") != gone)
    home.tables.replace_all(TABLES["silver_fragment"], rest)
    again = recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder)
    assert again.gold_count == 39
    assert again.model_version != version


def test_the_seed_counts_until_somebody_promotes(home: Home) -> None:
    assert active_model(None, home.tables, home.taxonomies_folder, home.embedder).model_version == SEED
    label(home, range(80))
    version = train_version(home, START).model_version
    assert active_model(home.state, home.tables, home.taxonomies_folder, home.embedder).model_version == SEED
    promote_version(home, version, "bo", PEOPLE, "better", LATER)
    found = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    assert (found.model_version, found.classifier.classifier_version) == (version, version)
    assert found.classifier.policy == active_model(None, home.tables, home.taxonomies_folder, home.embedder).classifier.policy


def test_a_version_classifies_in_its_own_words_and_learns_without_masks(home: Home) -> None:
    label(home, range(80))
    gold = gold_of(home.state.snapshot(LABEL), home.tables, read_taxonomy(home.taxonomy_file))
    model = trained(recipe(read_taxonomy(home.taxonomy_file), gold, home.embedder), home.embedder)
    held = gold.part(held_out=True)
    rows = classified(held, model, home.embedder).sort("fragment_id")
    assert rows["taxonomy_class"].to_list() == held["labelled_class"].to_list()
    assert set(rows["best_class"]) == {"billing", "crash"}
    assert classified(held.head(0), model, home.embedder).is_empty()
    masked = held.head(1).with_columns(pl.lit("call [PHONE] now").alias("masked_text"), pl.lit(None, pl.String).alias("language"))
    assert [(e.language, e.text.split()) for e in examples_of(masked)] == [("und", ["call", "now"])]
    assert true_class(0) == "money_back"
