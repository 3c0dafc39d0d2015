"""Many labels at once: every row is accounted for, none decides over another, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.gold_labels import counting
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore
from feedback_loop.workflows.label_files import LabelLine
from feedback_loop.workflows.label_import import ImportReport, import_labels
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.workflows.test_label import fragments

LABEL, TAXONOMY = TABLES["state_label"], seed_taxonomy()
PEOPLE: Mapping[str, tuple[str, ...]] = {"ada": (), "bo": ()}


@pytest.fixture
def tables() -> FakeTableStore:
    return store_of(6)


def store_of(count: int) -> FakeTableStore:
    store = FakeTableStore()
    for number in range(1, count + 1):
        store.append(TABLES["silver_fragment"], fragments(f"fragment_{number}", START.date()))
    return store


def lines(*said: tuple[str, ...]) -> list[LabelLine]:
    """Rows of (fragment's number, label, why, kind), the last ones left out where they are empty."""
    return [LabelLine(number, f"fragment_{one[0]}", *one[1:]) for number, one in enumerate(said, 1)]


def taken(given_lines: Sequence[LabelLine], person: str, tables: FakeTableStore, state: StateStore, day: int = 0) -> ImportReport:
    return import_labels(given_lines, person, PEOPLE, tables, state, START + timedelta(days=day), TAXONOMY)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.stored, report.known, report.open, len(report.refused)


def test_rows_become_labels_in_one_change(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    report = taken(lines(("1", "Poor-UX", " twice "), ("2", "crash"), ("3", "")), "ada", tables, state)
    assert counts(report) == (2, 0, 1, 0)
    rows = state.snapshot(LABEL).sort("fragment_id").to_dicts()
    assert [(row["labelled_class"], row["label_why"], row["label_kind"]) for row in rows] == [
        ("poor_ux", "twice", "correction"),
        ("crash", None, "correction"),
    ]
    assert {(row["labelled_by"], row["labelled_at"], row["taxonomy_version"]) for row in rows} == {("ada", START, TAXONOMY.version)}
    assert len(state.records()) == 1


def test_the_same_file_again_adds_nothing(tables: FakeTableStore, tmp_path: Path) -> None:
    state, given_lines = open_state(tmp_path), lines(("1", "crash"), ("2", "billing"))
    taken(given_lines, "ada", tables, state)
    assert counts(taken(given_lines, "ada", tables, state, 1)) == (0, 2, 0, 0)
    assert len(state.records()) == 1
    assert counts(taken(given_lines, "bo", tables, state, 2)) == (2, 0, 0, 0), "what another person says is another label"


def test_a_file_that_was_corrected_since_does_not_undo_the_correction(tables: FakeTableStore, tmp_path: Path) -> None:
    state, given_lines = open_state(tmp_path), lines(("1", "crash"))
    taken(given_lines, "ada", tables, state)
    taken(lines(("1", "billing")), "ada", tables, state, 1)
    report = taken(given_lines, "ada", tables, state, 2)
    assert "before saying otherwise" in report.refused[1]
    assert counting(state.snapshot(LABEL))["labelled_class"].to_list() == ["billing"]


def test_each_bad_row_is_refused_alone_and_says_what_to_do(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    given_lines = lines(
        ("1", "weather"), ("99", "crash"), ("2", "crash", "", "guess"), ("3", "crash", "", "second_reading"), ("4", "", "why not"),
        ("5", "billing"),
    )  # fmt: skip
    report = taken([*given_lines, LabelLine(7, problem="can't be read")], "ada", tables, state)
    assert counts(report) == (1, 0, 0, 6)
    words = ("taxonomy show", "labels queue --csv", "correction or second_reading", "nobody labelled", "no 'label'")
    assert [word in report.refused[number] for number, word in enumerate(words, 1)] == [True] * 5
    assert state.snapshot(LABEL)["fragment_id"].to_list() == ["fragment_5"]


def test_what_a_file_says_of_one_fragment_twice_is_taken_once_and_what_contradicts_itself_not_at_all(
    tables: FakeTableStore, tmp_path: Path
) -> None:
    state = open_state(tmp_path)
    report = taken(lines(("1", "crash"), ("1", "Crash"), ("2", "crash"), ("3", "crash"), ("2", "billing")), "ada", tables, state)
    assert counts(report) == (2, 1, 0, 2)
    assert {number: why.split("; ")[0] for number, why in report.refused.items()} == {
        3: "says something else of its fragment than row 5",
        5: "says something else of its fragment than row 3",
    }


def test_a_second_reading_is_another_persons(tables: FakeTableStore, tmp_path: Path) -> None:
    state, second = open_state(tmp_path), lines(("1", "billing", "", "Second_Reading"))
    taken(lines(("1", "crash")), "ada", tables, state)
    assert "another person's" in taken(second, "ada", tables, state, 1).refused[1]
    assert counts(taken(second, "bo", tables, state, 2)) == (1, 0, 0, 0)
    assert counts(taken(second, "bo", tables, state, 3)) == (0, 1, 0, 0)
    assert counting(state.snapshot(LABEL))["labelled_class"].to_list() == ["crash"]


def test_a_label_under_an_earlier_name_of_the_class_is_known_under_the_present_one(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    before, now = (read_taxonomy_text(f"counts_as: other\nclasses: [slow, {one}]") for one in ("money", "{id: refunds, formerly: [money]}"))
    import_labels(lines(("1", "money")), "ada", PEOPLE, tables, state, START, before)
    again = import_labels(lines(("1", "refunds"), ("2", "money")), "ada", PEOPLE, tables, state, START + timedelta(days=1), now)
    assert counts(again) == (1, 1, 0, 0)
    assert sorted(state.snapshot(LABEL)["labelled_class"]) == ["money", "refunds"]


def test_nobody_unknown_labels_anything(tables: FakeTableStore, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    with pytest.raises(BadInput, match="nobody called 'cy'"):
        taken(lines(("1", "crash")), "cy", tables, state)
    assert state.records() == []


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(("1", "2", "3", "99")),
        st.sampled_from(("", "crash", "billing", "nonsense")),
        st.sampled_from(("", "why")),
        st.sampled_from(("", "correction", "second_reading", "x")),
    ),
    max_size=12,
)


@given(first=_ROWS, then=_ROWS)
def test_every_row_is_accounted_for_and_nothing_is_stored_twice(
    first: list[tuple[str, ...]], then: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    state, store = open_state(tmp_path_factory.mktemp("state")), store_of(3)
    reports = [
        taken(lines(*rows), person, store, state, day) for day, (rows, person) in enumerate([(first, "ada"), (then, "bo"), (first, "ada")])
    ]
    assert all(sum(counts(report)) == report.read for report in reports)
    assert reports[2].stored == 0 or any(kind == "second_reading" for *_, kind in first)
    assert state.snapshot(LABEL).height == sum(report.stored for report in reports)
