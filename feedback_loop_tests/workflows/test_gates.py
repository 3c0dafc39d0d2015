"""Gates rest on the hold-out alone, a person puts them in force, the trail keeps them, and history shuts them again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.analysis.gold_labels import is_held_out
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.routes import GateVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput
from feedback_loop.workflows.gates import GATE, gates_in_force, sensitive_words
from feedback_loop.workflows.model_recipes import LABEL, active_model, classified
from feedback_loop.workflows.model_versions import Home, evaluate_version, gates_now, promote_version, put_gates_in_force, train_version
from feedback_loop.workflows.taxonomies import read_taxonomy
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import PEOPLE, TAXONOMY, label, labelled_home, names

HOUR = timedelta(hours=1)
PER_SIDE = 120
HELD_OUT = [number for number, name in enumerate(names(PER_SIDE)) if is_held_out(name)]
OF_CRASH = [number for number in HELD_OUT if number % 2]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return labelled_home(tmp_path, PER_SIDE)


def promoted(home: Home, at: int = 1) -> str:
    """The version that all labels give, promoted by a person, and its rows stored as a run would."""
    _label_all(home)
    version = train_version(home, START).model_version
    promote_version(home, version, "bo", PEOPLE, "labels", START + at * HOUR)
    return version


def _label_all(home: Home, wrong: frozenset[int] = frozenset(), hours: int = 0) -> None:
    label(home, range(2 * PER_SIDE), START + hours * HOUR, wrong, per_side=PER_SIDE)


def _store_rows(home: Home) -> None:
    fragments = home.tables.read(TABLES["silver_fragment"])
    model = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    home.tables.append(TABLES["analysis_classification"], classified(fragments, model, home.embedder))


def in_force(home: Home) -> dict[str, tuple[str, float | None]]:
    held = gates_in_force(home.state.snapshot(GATE), home.state.snapshot(LABEL), home.tables, read_taxonomy(home.taxonomy_file))
    return {row["gate_class"]: (row["gate_verdict"], row["gate_score"]) for row in held.to_dicts()}


def test_a_class_that_people_call_sensitive_now_is_shut_before_any_version_is_promoted(home: Home) -> None:
    promoted(home)
    assert in_force(home)["closes_itself"][0] == GateVerdict.OPEN
    home.taxonomy_file.write_text(TAXONOMY.replace("counts_as: crash", "counts_as: auth"), encoding="utf-8")
    assert in_force(home)["closes_itself"] == (GateVerdict.SENSITIVE_CLASS, None)


def test_a_class_that_the_taxonomy_lost_is_shut_for_no_label_of_it_could_shut_it(home: Home) -> None:
    promoted(home)
    home.taxonomy_file.write_text(TAXONOMY.replace("closes_itself", "shuts_down"), encoding="utf-8")
    assert in_force(home)["closes_itself"] == (GateVerdict.TOO_FEW_LABELS, None)


def test_a_class_that_was_renamed_stays_open_where_its_old_name_is_kept(home: Home) -> None:
    promoted(home)
    renamed = TAXONOMY.replace("id: closes_itself,", "id: shuts_down, formerly: [closes_itself],")
    home.taxonomy_file.write_text(renamed, encoding="utf-8")
    assert in_force(home)["closes_itself"][0] == GateVerdict.OPEN


def test_a_hundred_copies_of_one_complaint_open_no_gate(tmp_path: Path) -> None:
    copied = "the app closes at once again"
    home = labelled_home(tmp_path, PER_SIDE, {"closes_itself": copied})
    promoted(home)
    (gate,) = [one for one in gates_now(home).gates if one.gate_class == "closes_itself"]
    assert (gate.score, gate.verdict, gate.own.label_count) == (None, GateVerdict.TOO_FEW_LABELS, 0)
    assert gate.labels_needed == 10


def test_without_labels_every_gate_is_shut_and_says_what_is_missing(home: Home) -> None:
    found = gates_now(home)
    assert (found.held_out_count, {one.score for one in found.gates}) == (0, {None})
    (crash,) = [one for one in found.gates if one.gate_class == "crash"]
    assert (crash.why, crash.missing) == ("too few held-out labels", "10 of its own")
    assert in_force(home) == {}


def test_promotion_puts_the_gates_of_the_version_in_force_and_the_trail_says_who(home: Home) -> None:
    version = promoted(home)
    kept = home.state.snapshot(GATE)
    assert violations(kept, GATE) == []
    assert set(kept["classifier_version"]) == {version}
    assert set(kept["gated_by"]) == {"bo"}
    assert home.state.records()[-1].event == "gate_recorded"
    found = in_force(home)
    assert found["money_back"] == (GateVerdict.SENSITIVE_CLASS, None)
    verdict, score = found["closes_itself"]
    assert verdict == GateVerdict.OPEN
    assert score is not None


def test_evaluation_tells_the_gates_and_puts_none_in_force(home: Home) -> None:
    _label_all(home)
    version = train_version(home, START).model_version
    found = evaluate_version(home, version, START + HOUR).gated
    assert found.classifier_version == version
    assert found.metrics["closes_itself"]["gate_label_count"] == len(OF_CRASH)
    assert home.state.snapshot(GATE).is_empty()
    recorded = json.loads(home.state.snapshot(TABLES["state_model"])["model_metrics"][-1])
    assert recorded["gates"] == found.metrics


def test_what_may_be_learnt_from_proves_nothing(home: Home) -> None:
    for number in set(range(2 * PER_SIDE)) - set(HELD_OUT):
        label(home, range(number, number + 1), per_side=PER_SIDE)
    train_version(home, START)
    assert gates_now(home).held_out_count == 0


def test_a_person_puts_gates_in_force_and_nobody_else(home: Home) -> None:
    _label_all(home)
    for person, why in (("nobody", "x"), (LOOP, "x"), ("bo", "  ")):
        with pytest.raises(BadInput):
            put_gates_in_force(home, person, {**PEOPLE, LOOP: ("owner",)}, why, START)
    assert home.state.snapshot(GATE).is_empty()
    put_gates_in_force(home, "bo", PEOPLE, "labels of May", START)
    assert set(home.state.snapshot(GATE)["gate_why"]) == {"labels of May"}


def test_history_below_the_target_shuts_a_gate_that_a_person_opened(home: Home) -> None:
    promoted(home)
    _store_rows(home)
    assert in_force(home)["closes_itself"][0] == GateVerdict.OPEN
    # Later three of the held-out fragments turn out to be about something else.
    _label_all(home, frozenset(OF_CRASH[:3]), hours=2)
    assert in_force(home)["closes_itself"] == (GateVerdict.LOW_HISTORICAL_PRECISION, None)
    assert home.state.snapshot(GATE)["gate_verdict"].to_list().count(str(GateVerdict.OPEN)) == 1  # what was decided stays as it was


def test_a_later_look_replaces_the_gates_of_the_version(home: Home) -> None:
    promoted(home)
    before = in_force(home)["closes_itself"]
    _label_all(home, frozenset(OF_CRASH[:20]), hours=2)
    put_gates_in_force(home, "ada", PEOPLE, "many were wrong", START + 3 * HOUR)
    assert in_force(home)["closes_itself"] == (GateVerdict.TARGET_NOT_REACHED, None) != before


def test_a_class_that_counts_as_a_sensitive_one_is_sensitive_under_any_name(home: Home) -> None:
    assert sensitive_words(read_taxonomy(home.taxonomy_file)) == {"money_back"}
    assert gates_in_force(pl.DataFrame(schema=pl.Schema(GATE.schema)), home.state.snapshot(LABEL), home.tables,
                          read_taxonomy(home.taxonomy_file)).is_empty()  # fmt: skip
