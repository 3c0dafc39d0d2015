"""The queue of a home, its doubts and its figures, over tables and labels as they are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.analysis.gold_labels import is_held_out, wants_second_reading
from feedback_loop.analysis.review_queue import Asked
from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import LabelKind, QueueReason
from feedback_loop.workflows.label import correct_label
from feedback_loop.workflows.model_recipes import LABEL, active_model, classified
from feedback_loop.workflows.model_versions import Home
from feedback_loop.workflows.review import doubted_labels, label_sets, label_statistics, open_questions, readers, with_texts
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.analysis.label_rows import labels
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import PEOPLE, TAXONOMY, label, labelled_home, names, true_class

LEARNT = [number for number, name in enumerate(names()) if not is_held_out(name)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return labelled_home(tmp_path)


def test_those_with_the_role_label_and_everybody_where_nobody_has_it() -> None:
    assert readers(PEOPLE) == ["ada"]
    assert readers({"cy": (), "bo": ()}) == ["bo", "cy"]
    assert readers({}) == []


def test_an_empty_home_asks_nobody(home: Home) -> None:
    assert open_questions(home.tables, home.state.snapshot(LABEL), read_taxonomy(home.taxonomy_file), PEOPLE) == []
    assert with_texts([], home.tables) == []


def test_two_names_of_one_class_are_no_dispute_and_a_name_of_none_is_no_label(home: Home) -> None:
    one, other = [name for number in LEARNT if not wants_second_reading(name := names()[number])][:2]
    renamed = read_taxonomy_text(TAXONOMY.replace("id: money_back,", "id: refund, formerly: [money_back],"))
    said = labels((one, "money_back", "ada"), (one, "refund", "bo", "second_reading"), (other, "closes_itself", "ada"))
    dropped = read_taxonomy_text(TAXONOMY.replace("closes_itself", "crashes"))
    for table in ("analysis_classification", "analysis_triage"):
        unsure = {"is_abstained": True, "abstention_reason": "low_confidence"} if table == "analysis_classification" else {}
        home.tables.append(TABLES[table], frame_of(TABLES[table], *({"fragment_id": name, **unsure} for name in (one, other))))
    assert open_questions(home.tables, said, renamed, PEOPLE) == []
    assert [place.fragment_id for place in open_questions(home.tables, said, dropped, PEOPLE)] == [other]


def test_the_unsure_are_shown_with_a_set_and_the_hold_out_without_any_word_of_the_model(home: Home) -> None:
    taxonomy, held_out = read_taxonomy(home.taxonomy_file), [number for number in range(80) if number not in LEARNT]
    for number in held_out:
        label(home, range(number, number + 1))
    model = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    rows = classified(home.tables.read(TABLES["silver_fragment"]), model, home.embedder)
    true = pl.Series([true_class(names().index(name)) for name in rows["fragment_id"]])
    rows = rows.with_columns(taxonomy_class=true, class_score=pl.lit(0.6), runner_up_score=pl.lit(0.3), is_abstained=pl.lit(True))
    home.tables.append(TABLES["analysis_classification"], rows)
    sets = label_sets(home.tables, home.state.snapshot(LABEL), taxonomy)
    assert sets.label_count == len(held_out) == 40
    places = [
        Asked(names()[number], reason, 1.0, "apps", None, None, 0.4)
        for number, reason in ((LEARNT[0], QueueReason.UNSURE), (held_out[0], QueueReason.HELD_OUT_SAMPLE))
    ]
    unsure, held = with_texts(places, home.tables, sets)
    assert unsure.label_set == (true_class(LEARNT[0]),)
    assert held.label_set == ()
    assert with_texts(places, home.tables)[0].label_set == ()


def test_a_planted_wrong_label_is_doubted_and_few_labels_say_nothing(home: Home) -> None:
    taxonomy, planted = read_taxonomy(home.taxonomy_file), LEARNT[3]
    label(home, range(8))
    assert doubted_labels(home.tables, home.state.snapshot(LABEL), taxonomy, home.embedder) == {}
    label(home, range(80), wrong=frozenset({planted}))
    doubts = doubted_labels(home.tables, home.state.snapshot(LABEL), taxonomy, home.embedder)
    assert list(doubts) == [names()[planted]]
    assert doubts[names()[planted]].likelier == true_class(planted)


def test_statistics_count_both_sides_persons_and_agreement(home: Home) -> None:
    taxonomy = read_taxonomy(home.taxonomy_file)
    label(home, range(80))
    correct_label(names()[0], "closes_itself", "bo", PEOPLE, home.tables, home.state, START, taxonomy, LabelKind.SECOND_READING)
    found = label_statistics(home.tables, home.state.snapshot(LABEL), taxonomy)
    assert sum(learnt for learnt, _ in found.by_class.values()) == sum(held for _, held in found.by_class.values()) == 40
    assert found.by_person == {"ada": 80, "bo": 1}
    assert found.agreement.disputed == (names()[0],)
    assert (found.unknown_count, found.lost_count, found.contradictions) == (0, 0, ())
