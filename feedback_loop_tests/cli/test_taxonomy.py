"""`taxonomy`: the classes that count, a template that reads as the seed, and bad files in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.workflows.labelled_home import TAXONOMY


def test_the_seed_is_shown_and_written_out_as_a_template(call: Call, home: Path) -> None:
    assert "the package's own classes" in call("taxonomy", "show").out
    template = call("taxonomy", "show", "--template").out
    home.mkdir()
    (home / "taxonomy.yaml").write_text(template, encoding="utf-8")
    assert json.loads(call("taxonomy", "show", "--json").out)["version"] == seed_taxonomy().version


def test_a_companys_own_classes_are_shown(call: Call, home: Path) -> None:
    home.mkdir()
    (home / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    shown = call("taxonomy", "show").out
    assert "money_back" in shown
    assert "2 classes" in shown


def test_a_bad_file_is_refused_in_one_line(call: Call, home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "taxonomy.yaml").write_text("classes: [crash, mine]", encoding="utf-8")
    outcome = call("taxonomy", "show")
    assert outcome.code == 2
    assert "say under counts_as" in outcome.error
    assert "no such file" in call("taxonomy", "diff", tmp_path / "none.yaml").error


def test_an_empty_home_has_nothing_to_relabel(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    other = tmp_path / "other.yaml"
    other.write_text(TAXONOMY, encoding="utf-8")
    outcome = call("taxonomy", "diff", other)
    assert "0 of 0 fragments would get another label" in outcome.out
    assert "money_back" in outcome.out
    assert json.loads(call("taxonomy", "diff", other, "--json").out)["fragments"] == []
