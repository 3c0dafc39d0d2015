"""`labels`: a person's word about a fragment, kept and listed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.test_label import fragments


@pytest.fixture
def labelled_home(home: Path) -> Path:
    open_store(Settings(home=home)).append(TABLES["silver_fragment"], fragments("fragment_1", date(2026, 1, 5)))
    (home / "people.yaml").write_text("ada: [support_lead]\n", encoding="utf-8")
    return home


def test_a_label_is_kept_and_listed(call: Call, labelled_home: Path) -> None:
    assert call("labels", "correct", "fragment_1", "billing", "--as", "ada").out == "fragment_1 is about billing, says ada.\n"
    assert json.loads(call("labels", "correct", "fragment_1", "auth", "--as", "ada", "--json").out)["label_id"].startswith("label_")
    rows = json.loads(call("labels", "list", "--json").out)
    assert sorted((row["labelled_class"], row["labelled_by"]) for row in rows) == [("auth", "ada"), ("billing", "ada")]
    assert "fragment_1" in call("labels", "list").out


@pytest.mark.parametrize("arguments", [("other", "billing", "ada"), ("fragment_1", "weather", "ada"), ("fragment_1", "billing", "bo")])
def test_what_is_unknown_is_bad_input(call: Call, labelled_home: Path, arguments: tuple[str, str, str]) -> None:
    fragment, word, person = arguments
    outcome = call("labels", "correct", fragment, word, "--as", person)
    assert outcome.code == 2
    assert outcome.error


def test_a_home_without_labels_says_so_and_makes_nothing(call: Call, home: Path) -> None:
    assert call("labels", "list").out == "Nobody gave a label yet.\n"
    assert not home.exists()


def test_an_empty_queue_says_what_comes_first(call: Call, home: Path) -> None:
    assert "then `feedback-loop run`" in call("labels", "queue").out


def test_statistics_and_the_queue_of_a_small_home(call: Call, labelled_home: Path) -> None:
    call("labels", "correct", "fragment_1", "billing", "--as", "ada", "--why", "charged twice")
    shown = call("labels", "stats").out
    assert "Krippendorff's alpha: not defined yet" in shown
    assert json.loads(call("labels", "stats", "--json").out)["by_person"] == {"ada": 1}
    assert call("labels", "queue").out == "Nobody needs to label anything.\n"
    assert json.loads(call("labels", "queue", "--as", "ada", "--json").out) == []
    assert call("labels", "queue", "--reason", "boredom").code == 2


def test_a_companys_words_are_the_words_of_its_labels(call: Call, labelled_home: Path) -> None:
    (labelled_home / "taxonomy.yaml").write_text("counts_as: other\nclasses: [refunds, slow, Late delivery]", encoding="utf-8")
    assert call("labels", "correct", "fragment_1", "refunds", "--as", "ada").code == 0
    outcome = call("labels", "correct", "fragment_1", "billing", "--as", "ada")
    assert "Choose one of: refunds, slow, late_delivery" in outcome.error
    assert call("labels", "correct", "fragment_1", "Late delivery", "--as", "ada").code == 0
    assert call("labels", "stats").out.count("late_delivery") == 1


def test_a_file_of_labels_is_taken_and_its_bad_rows_are_named(call: Call, labelled_home: Path) -> None:
    file = labelled_home / "labels.csv"
    file.write_text("fragment_id,label,why\nfragment_1,billing,charged twice\nfragment_2,billing,\nfragment_1,,\n", encoding="utf-8")
    outcome = call("labels", "import", file, "--as", "ada")
    assert outcome.code == 1
    assert "3 rows read = 1 stored + 0 known already + 1 left open + 1 refused\nrow 2 has a 'fragment_id'" in outcome.out
    assert outcome.error.startswith("error: 1 of 3 rows were refused. Mend them and import the file again")
    file.write_text("fragment_id,label\nfragment_1,billing\n", encoding="utf-8")
    again = call("labels", "import", file, "--as", "ada", "--json")
    assert (again.code, json.loads(again.out)) == (0, {"read": 1, "stored": 0, "known": 1, "open": 0, "refused": {}})
    assert call("labels", "import", file, "--as", "bo").code == 2


def test_many_refused_rows_are_counted(call: Call, labelled_home: Path) -> None:
    file = labelled_home / "labels.csv"
    file.write_text("fragment_id,label\n" + "nothing,billing\n" * 25, encoding="utf-8")
    outcome = call("labels", "import", file, "--as", "ada")
    assert outcome.out.count("\nrow ") == 20
    assert "5 more; --json names them all." in outcome.out


def test_the_queue_as_a_sheet_says_how_to_go_on(call: Call, labelled_home: Path) -> None:
    sheet = labelled_home / "sheet.csv"
    said = call("labels", "queue", "--csv", sheet).out
    assert said.startswith(f"0 questions in {sheet}. Fill in 'label' with one of: ")
    assert "labels import" in said
    assert sheet.read_text(encoding="utf-8-sig").startswith("fragment_id,label,why,kind,")
    assert call("labels", "queue", "--csv", sheet, "--json").code == 2
    assert json.loads(call("labels", "queue", "--csv", labelled_home / "other.csv", "--json").out)["written"] == 0


def test_hypotheses_wait_are_judged_and_listed(call: Call, labelled_home: Path) -> None:
    table = TABLES["analysis_hypothesis"]
    open_store(Settings(home=labelled_home)).append(table, frame_of(table, {"hypothesis_id": "h1", "cause_id": "web-6.4"}))
    assert "1 hypothesis waits" in call("labels", "hypotheses", "--waiting").out
    assert call("issues", "confirm", "h1", "--as", "ada", "--why", "the rollback ended it").out == "h1 is confirmed, says ada.\n"
    assert "known already" in call("issues", "confirm", "h1", "--as", "ada").out
    assert json.loads(call("issues", "reject", "h1", "--as", "ada", "--json").out)["hypothesis_label"] == "rejected"
    rows = json.loads(call("labels", "hypotheses", "--json").out)
    assert [row["hypothesis_label"] for row in rows] == ["rejected", "confirmed"]
    assert "29 more are needed" in call("labels", "hypotheses").out
    assert call("labels", "hypotheses", "--waiting").out == "0 hypotheses wait for somebody's word.\n"


@pytest.mark.parametrize(("hypothesis", "person"), [("h9", "ada"), ("h1", "eve")])
def test_nobody_judges_a_hypothesis_that_is_unknown_or_without_being_known(
    call: Call, labelled_home: Path, hypothesis: str, person: str
) -> None:
    outcome = call("issues", "confirm", hypothesis, "--as", person)
    assert outcome.code == 2
    assert outcome.error
