"""The settings name a model or none; a key goes only where it was meant to go."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.llm.language_model import RecordedModel
from feedback_loop.adapters.llm.opening import check_text_model, model_version_of, open_text_model
from feedback_loop.config import LanguageModelSettings, Settings
from feedback_loop.contracts.vocab import UnansweredReason
from feedback_loop.errors import BadInput, InputFileMissing
from feedback_loop_tests.adapters.llm.conftest import KEY, World, question
from feedback_loop_tests.fakes import FakeClock

CHOSEN = LanguageModelSettings("openai/made-up", input_usd_per_million=1.0, output_usd_per_million=4.0)


def settings(home: Path, chosen: LanguageModelSettings | None) -> Settings:
    return Settings(home=home, language_model=chosen)


def test_without_a_model_there_is_none(tmp_path: Path) -> None:
    assert open_text_model(settings(tmp_path, None), FakeClock()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_key_is_refused_with_the_names_of_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(BadInput, match="FEEDBACK_LOOP_LLM_API_KEY"):
        open_text_model(settings(tmp_path, CHOSEN), FakeClock())


def test_the_key_is_sent_to_the_address_it_was_given_for(world: World) -> None:
    model = open_text_model(settings(world.home, replace(CHOSEN, base_url=world.server.url, api_key=KEY)), FakeClock())
    assert model is not None
    assert model.answer([question()])[0].answer is not None
    assert world.server.heard.keys == [f"Bearer {KEY}"]


def test_the_key_of_a_provider_never_reaches_another_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-provider")
    model = open_text_model(settings(world.home, replace(CHOSEN, base_url=world.server.url)), FakeClock())
    assert model is not None
    model.answer([question()])
    assert world.server.heard.keys == ["Bearer none"]


def test_a_model_without_known_prices_is_refused_because_no_budget_could_be_kept(world: World) -> None:
    unpriced = replace(CHOSEN, base_url=world.server.url, input_usd_per_million=None)
    model = open_text_model(settings(world.home, unpriced), FakeClock())
    assert model is not None
    with pytest.raises(BadInput, match="FEEDBACK_LOOP_LLM_INPUT_USD_PER_MILLION"):
        model.answer([question()])
    assert world.server.heard.bodies == []


@pytest.mark.parametrize("url", ["http://models.example.com/v1", "ftp://x", "https://user:word@models.example.com", "https://"])
def test_an_address_that_others_can_read_along_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInput) as refused:
        open_text_model(settings(tmp_path, replace(CHOSEN, base_url=url)), FakeClock())
    assert "word" not in str(refused.value)


def test_the_version_names_the_host_of_a_server_of_ones_own() -> None:
    assert model_version_of(CHOSEN) == "openai/made-up"
    assert model_version_of(replace(CHOSEN, base_url="https://models.example.com:8443/v1")) == "openai/made-up@models.example.com:8443"


def test_a_recording_needs_neither_key_nor_network(world: World, tmp_path: Path) -> None:
    chosen = replace(CHOSEN, base_url=world.server.url)
    model = open_text_model(settings(world.home, chosen), FakeClock())
    assert model is not None
    given = model.answer([question()])
    recording = Settings(home=world.home).answer_cache_file
    replayed = open_text_model(settings(tmp_path / "other", replace(chosen, recording_file=recording)), FakeClock())
    assert isinstance(replayed, RecordedModel)
    assert replayed.answer([question()])[0].answer == given[0].answer
    assert replayed.answer([question("new")])[0].reason is UnansweredReason.NOT_RECORDED
    assert len(world.server.heard.bodies) == 1


def test_a_recording_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileMissing):
        open_text_model(settings(tmp_path, replace(CHOSEN, recording_file=tmp_path / "gone.sqlite")), FakeClock())


def test_settings_that_suffice_are_checked_without_asking_anybody(world: World) -> None:
    check_text_model(settings(world.home, None))
    check_text_model(settings(world.home, replace(CHOSEN, base_url=world.server.url)))
    check_text_model(settings(world.home, replace(CHOSEN, api_key=KEY)))
    assert world.server.heard.bodies == []
    assert not world.home.exists() or list(world.home.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({}, "there is no key for it"),
        ({"base_url": "http://models.example.com/v1"}, "https"),
        ({"api_key": KEY, "output_usd_per_million": None}, "FEEDBACK_LOOP_LLM_INPUT_USD_PER_MILLION"),
        ({"recording_file": Path("gone.sqlite")}, "no such file"),
        ({"recording_file": Path(__file__)}, "holds no answers of a language model"),
    ],
)
def test_what_does_not_suffice_to_ask_a_model_is_told_when_it_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], told: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(BadInput, match=told):
        check_text_model(settings(tmp_path, replace(CHOSEN, **wrong)))


def test_opening_imports_neither_library() -> None:
    code = (
        "import sys; from feedback_loop.adapters.llm.opening import open_text_model; from feedback_loop.config import *;"
        "from pathlib import Path;"
        "open_text_model(Settings(Path('x'), language_model=LanguageModelSettings('openai/x', api_key='k')), None);"
        "assert not {'litellm', 'instructor', 'openai'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
