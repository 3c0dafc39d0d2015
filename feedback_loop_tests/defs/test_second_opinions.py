"""The whole chain with a language model over real HTTP, by replay of what was recorded, and without any: the same assets each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feedback_loop.analysis.routes import ANSWERED_MARK, is_answered
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.made_up_feedback import days, record
from feedback_loop_tests.language_model_server import ModelServer, running_model

CLEAR = "The app crashes as soon as I open the gallery."
OPEN = ("Quux blorps on my Pixel 7 again and again", "Zork zork frobnicates quietly here")


def answer(body: dict[str, Any]) -> str:
    """A label for who asks for one, and a quotation for who asks for that."""
    properties = body["response_format"]["json_schema"]["schema"]["properties"]
    if "label" in properties:
        return json.dumps({"label": properties["label"]["enum"][0]})
    if "summary" in properties:
        return json.dumps({"summary": "The gallery cannot be opened [q1].", "hypothesis": "No cause is known."})
    return json.dumps({"phrases": ["quietly here"], "error_strings": [], "versions": [], "devices": ["Pixel 9"]})


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model(answer) as running:
        yield running


def with_model(monkeypatch: pytest.MonkeyPatch, **chosen: str) -> None:
    prices = {"INPUT_USD_PER_MILLION": "1", "OUTPUT_USD_PER_MILLION": "4", "TIMEOUT_SECONDS": "120"}
    for name, value in {"MODEL": "openai/made-up", **prices, **chosen}.items():
        monkeypatch.setenv(f"FEEDBACK_LOOP_LLM_{name}", value)


def landed(home: Home) -> Home:
    home.land([record(f"r{n}", 0, text) for n, text in enumerate((CLEAR, *OPEN))])
    return home


def said(home: Home) -> pl.DataFrame:
    return home.table("analysis_classification").sort("fragment_id")


def test_without_a_key_nobody_is_asked_and_people_get_what_is_open(home: Home, server: ModelServer) -> None:
    assert landed(home).run(days(0, 0)).failed_checks == []
    assert said(home).filter(is_answered()).is_empty()
    assert said(home)["is_abstained"].sum() == 2
    assert server.heard.bodies == []


def test_what_is_open_is_classified_quoted_and_paid_once(home: Home, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with_model(monkeypatch, BASE_URL=server.url)
    assert landed(home).run(days(0, 0)).failed_checks == []
    answered = said(home).filter(is_answered())
    assert answered.height == 2
    assert answered["is_abstained"].to_list() == [False, False]
    quoted = home.table("analysis_evidence").filter(pl.col("extractor_version").str.contains(ANSWERED_MARK, literal=True))
    assert quoted["evidence_text"].to_list() == ["quietly here"], "the device that no text names was dropped"
    calls = home.state().snapshot(TABLES["state_model_call"])
    assert (calls.height, calls["call_outcome"].unique().to_list()) == (4, ["answered"])
    before = said(home)
    assert home.run(days(0, 0)).failed_checks == []
    assert (len(server.heard.bodies), said(home).equals(before)) == (4, True), "computed again, nothing is asked again"


def test_an_issue_with_an_alert_is_worded_for_readers_and_stays_so_unasked(
    home: Home, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(monkeypatch, BASE_URL=server.url)
    home.land([record(f"r{n}", 0, CLEAR, severity="urgent") for n in range(3)])
    assert home.run(days(0, 0)).failed_checks == []
    [worded] = home.table("gold_issue_wording").iter_rows(named=True)
    assert (worded["wording_summary"], worded["wording_withheld_reason"]) == (
        f"The gallery cannot be opened [{worded['worded_fragment_ids'][0]}].",
        None,
    )
    heard = len(server.heard.bodies)
    assert home.run(days(0, 0)).failed_checks == []
    assert len(server.heard.bodies) == heard


def test_what_was_recorded_is_replayed_without_a_server(home: Home, new_home: NewHome, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_model(answer) as running:
        with_model(monkeypatch, BASE_URL=running.url)
        landed(home).run(days(0, 0))
    recording: Path = load_settings(home.folder).answer_cache_file
    with_model(monkeypatch, RECORDING_FILE=str(recording))
    other = landed(new_home())
    assert other.run(days(0, 0)).failed_checks == []
    assert said(other).equals(said(home))
    assert other.table("analysis_evidence").sort("evidence_id").equals(home.table("analysis_evidence").sort("evidence_id"))


@pytest.mark.parametrize("is_gone", [False, True], ids=["answered", "gone"])
def test_the_key_is_in_no_file_of_the_home(home: Home, monkeypatch: pytest.MonkeyPatch, is_gone: bool) -> None:
    key = "sk-walrus-4711-never-written"
    monkeypatch.setattr("feedback_loop.adapters.llm.rounds._FIRST_WAIT_SECONDS", 0.0)
    with running_model(answer) as running:
        with_model(monkeypatch, BASE_URL=running.url, API_KEY=key)
        if not is_gone:
            landed(home).run(days(0, 0))
            assert running.heard.bodies
    if is_gone:
        landed(home).run(days(0, 0))
    holding = [file for file in home.folder.rglob("*") if file.is_file() and key.encode() in file.read_bytes()]
    assert holding == []


def test_a_server_that_is_gone_leaves_the_loop_running_and_the_texts_to_people(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_model(answer) as running:
        pass
    with_model(monkeypatch, BASE_URL=running.url)
    monkeypatch.setattr("feedback_loop.adapters.llm.rounds._FIRST_WAIT_SECONDS", 0.0)
    assert landed(home).run(days(0, 0)).failed_checks == []
    assert said(home).filter(is_answered()).is_empty()
    assert said(home)["is_abstained"].sum() == 2
