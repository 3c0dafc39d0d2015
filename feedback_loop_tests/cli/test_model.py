"""`model`: train, evaluate, promote and history, as a person meets them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.cli.places import open_state, open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.label import correct_label
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.labelled_home import SEED_WORDS, WORDS, names, true_class
from feedback_loop_tests.workflows.test_label import fragments


@pytest.fixture
def labelled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    settings = Settings(home=home)
    store, state = open_store(settings), open_state(settings)
    rows = [_fragment(name, number) for number, name in enumerate(names(35))]
    store.append(TABLES["silver_fragment"], pl.concat(rows))
    (home / "people.yaml").write_text("ada: [labeller]\n", encoding="utf-8")
    for number, name in enumerate(names(35)):
        correct_label(name, SEED_WORDS[true_class(number)], "ada", {"ada": ()}, store, state, START)
    return home


def _fragment(name: str, number: int) -> pl.DataFrame:
    text = WORDS[true_class(number)].format(number)
    return fragments(name, START.date()).with_columns(pl.lit(text).alias("masked_text"), pl.lit("en").alias("language"))


def test_a_version_lives_from_training_to_promotion(call: Call, labelled: Path) -> None:
    trained = call("model", "train").out
    version = trained.split(":")[0]
    assert "9 classes, 35 gold labels learnt, 35 held out" in trained
    evaluated = call("model", "evaluate").out
    assert "Beside seed" in evaluated
    assert f"Next: `feedback-loop model promote {version}" in evaluated
    assert call("model", "promote", version, "--as", "zoe", "--why", "x").code == 2
    assert "and its gates are in force, says ada" in call("model", "promote", version, "--as", "ada", "--why", "labels").out
    events = json.loads(call("model", "history", "--json").out)
    assert [event["model_event"] for event in events] == ["promoted", "evaluated", "trained"]
    assert events[0]["held_out_count"] == 35
    assert "ada" in call("model", "history").out
    assert call("model", "promote", version, "--as", "ada", "--why", "again").code == 1


def test_gates_are_shown_and_a_person_puts_them_in_force(call: Call, labelled: Path) -> None:
    shown = call("model", "gates").out
    assert "sensitive: a person always decides" in shown
    assert "10 of its own" in shown
    assert "Nothing was changed" in shown
    assert call("model", "gates", "--as", "ada").code == 2  # on no grounds
    assert call("model", "gates", "--as", "zoe", "--why", "x").code == 2
    assert "In force from the next run on, says ada" in call("model", "gates", "--as", "ada", "--why", "35 held-out labels").out
    found = json.loads(call("model", "gates", "--json").out)
    assert found["gates"]["billing"]["gate_verdict"] == "sensitive_class"
    assert found["gates"]["latency"]["labels_needed_count"] == 10
    kept = open_state(Settings(home=labelled)).snapshot(TABLES["state_gate"])
    assert kept.height == 9
    assert set(kept["gated_by"]) == {"ada"}
    assert set(kept["classifier_version"]) == {found["classifier_version"]}


def test_an_untouched_home_says_so_and_makes_nothing(call: Call, home: Path) -> None:
    assert call("model", "history").out.startswith("No version was trained yet")
    assert not home.exists()


def test_what_nobody_trained_is_refused(call: Call, labelled: Path) -> None:
    assert "Run `model train` first" in call("model", "evaluate").error
    assert "no such version was trained here" in call("model", "evaluate", "model-x").error
