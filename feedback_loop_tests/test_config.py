"""Settings have a default for everything, an explicit choice before it, and are read when asked."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from feedback_loop.config import DEFAULT_HOME, ClusteringChoice, EmbedderChoice, LanguageModelSettings, Settings, load_settings
from feedback_loop.config.places import Places
from feedback_loop.errors import BadInput, UnknownChoice
from feedback_loop.methods.grouping import Method

_NAMES = {**vars(Places), **vars(Settings)}
PLACES = [name for name, what in _NAMES.items() if isinstance(what, property) and name.endswith(("_folder", "_file", "_home"))]


@pytest.mark.parametrize("choice", list(ClusteringChoice))
def test_the_way_of_clustering_is_chosen_and_is_a_method_of_grouping(choice: ClusteringChoice) -> None:
    assert load_settings(environment={"FEEDBACK_LOOP_CLUSTERING": choice}).clustering is choice
    assert Method(choice).value == choice.value
    with pytest.raises(UnknownChoice, match=r"FEEDBACK_LOOP_CLUSTERING 'kmeans'.*communities, hdbscan"):
        load_settings(environment={"FEEDBACK_LOOP_CLUSTERING": "kmeans"})


def test_nothing_has_to_be_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environment={})
    assert settings == Settings(home=tmp_path.resolve() / DEFAULT_HOME, embedder=EmbedderChoice.MINILM)


def test_the_environment_overrides_the_default_home(tmp_path: Path) -> None:
    assert load_settings(environment={"FEEDBACK_LOOP_HOME": str(tmp_path)}).home == tmp_path.resolve()


def test_the_signing_key_lies_in_the_home_unless_it_is_moved_out_of_it(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).signing_key_file == tmp_path.resolve() / "secrets" / "signing.key"
    moved = load_settings(tmp_path, {"FEEDBACK_LOOP_SIGNING_KEY_FILE": str(tmp_path / "safe" / "audit.key")})
    assert moved.signing_key_file == tmp_path.resolve() / "safe" / "audit.key"
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_SIGNING_KEY_FILE": ""}) == load_settings(tmp_path, {})


def test_an_explicit_home_goes_before_the_environment(tmp_path: Path) -> None:
    chosen = load_settings(tmp_path / "mine", {"FEEDBACK_LOOP_HOME": str(tmp_path / "other")})
    assert chosen.home == tmp_path.resolve() / "mine"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={"FEEDBACK_LOOP_HOME": ""}).home.name == DEFAULT_HOME.name


def test_the_environment_is_read_at_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        monkeypatch.setenv("FEEDBACK_LOOP_HOME", str(tmp_path / name))
        assert load_settings().home.name == name


def test_a_tilde_is_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings(Path("~/data"), {}).home == tmp_path.resolve() / "data"


def test_the_weaker_vectors_come_only_by_choice() -> None:
    assert load_settings(environment={}).embedder is EmbedderChoice.MINILM
    assert load_settings(environment={"FEEDBACK_LOOP_EMBEDDER": "tfidf"}).embedder is EmbedderChoice.TFIDF


def test_an_unknown_embedder_is_refused_with_the_choices() -> None:
    with pytest.raises(UnknownChoice, match=r"FEEDBACK_LOOP_EMBEDDER 'word2vec'.*minilm, minilm-int8, tfidf"):
        load_settings(environment={"FEEDBACK_LOOP_EMBEDDER": "word2vec"})


def test_another_encoder_is_a_folder_that_is_named(tmp_path: Path) -> None:
    assert load_settings(environment={"FEEDBACK_LOOP_ENCODER_FOLDER": ""}).encoder_folder is None
    assert load_settings(environment={"FEEDBACK_LOOP_ENCODER_FOLDER": str(tmp_path)}).encoder_folder == tmp_path.resolve()


def test_an_encoder_and_vectors_without_one_contradict_each_other(tmp_path: Path) -> None:
    for other in ("tfidf", "minilm-int8"):
        with pytest.raises(BadInput, match=f"FEEDBACK_LOOP_ENCODER_FOLDER.*{other} can't use it"):
            load_settings(environment={"FEEDBACK_LOOP_ENCODER_FOLDER": str(tmp_path), "FEEDBACK_LOOP_EMBEDDER": other})


@pytest.mark.parametrize("name", ["100%", "a*b", "what?", "[x]", "a=b", "a\\b"])
def test_a_home_that_delta_cannot_bear_is_refused_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="--home"):
        load_settings(tmp_path / name, {})


def test_blanks_and_umlauts_in_a_home_are_fine(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "mein Größe", {}).home.name == "mein Größe"


@pytest.mark.parametrize("place", PLACES)
def test_everything_lies_below_the_home_in_a_place_of_its_own(place: str) -> None:
    settings = Settings(home=Path("/h"))
    path: Path = getattr(settings, place)
    assert path.is_relative_to("/h")
    assert path != settings.home
    assert [other for other in PLACES if other != place and getattr(settings, other) == path] == []
    assert getattr(replace(settings, home=Path("/other")), place).is_relative_to("/other")


def test_the_settings_name_every_place_that_is_tested() -> None:
    assert len(PLACES) >= 7


def test_settings_are_never_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().home = Path("x")  # type: ignore[misc]


def test_decisions_lie_in_the_home_unless_another_database_is_named(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).state_url == f"sqlite:///{tmp_path.resolve() / 'state' / 'state.sqlite'}"
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_STATE_URL": ""}).state_url.startswith("sqlite:///")
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_STATE_URL": "postgresql://db/loop"}).state_url == "postgresql://db/loop"


def test_no_connector_is_switched_on_unless_its_address_is_given(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_CONNECTOR_URL": ""}).connector_url is None
    assert (
        load_settings(tmp_path, {"FEEDBACK_LOOP_CONNECTOR_URL": "https://cases.example.com"}).connector_url == "https://cases.example.com"
    )


def test_who_asks_a_vendor_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).credentials == {}
    said = {"FEEDBACK_LOOP_JIRA_BEARER_TOKEN": "b3arer", "FEEDBACK_LOOP_SLACK_CALLBACK_SECRET": "s3cret" * 5}
    chosen = load_settings(tmp_path, said)
    assert (chosen.credentials["jira"]["BEARER_TOKEN"], chosen.callback_secrets) == ("b3arer", {"slack": "s3cret" * 5})
    assert [secret for secret in ("b3arer", "s3cret") if secret in repr(chosen)] == []


def test_without_a_model_no_language_model_is_chosen(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_LLM_API_KEY": "sk-x", "FEEDBACK_LOOP_LLM_MODEL": ""}).language_model is None


def test_a_language_model_is_chosen_by_its_variables(tmp_path: Path) -> None:
    said = {"MODEL": "openai/x", "BASE_URL": "https://m.example/v1", "API_KEY": "sk-x", "USD_PER_RUN": "0.5", "CONCURRENCY": "8"}
    chosen = load_settings(tmp_path, {f"FEEDBACK_LOOP_LLM_{name}": value for name, value in said.items()}).language_model
    assert chosen == LanguageModelSettings("openai/x", "https://m.example/v1", "sk-x", usd_per_run=0.5, concurrency=8)


def test_the_key_of_a_language_model_is_in_no_representation(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"FEEDBACK_LOOP_LLM_MODEL": "openai/x", "FEEDBACK_LOOP_LLM_API_KEY": "sk-secret"})
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("USD_PER_RUN", "much"), ("USD_PER_DAY", "-1"), ("TIMEOUT_SECONDS", "nan"), ("CONCURRENCY", "0"), ("CONCURRENCY", "65")],
)
def test_a_number_that_is_none_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadInput, match=f"FEEDBACK_LOOP_LLM_{name}"):
        load_settings(tmp_path, {"FEEDBACK_LOOP_LLM_MODEL": "openai/x", f"FEEDBACK_LOOP_LLM_{name}": value})


def test_a_call_without_any_time_is_refused() -> None:
    with pytest.raises(BadInput, match="TIMEOUT_SECONDS is 0"):
        load_settings(environment={"FEEDBACK_LOOP_LLM_MODEL": "openai/m", "FEEDBACK_LOOP_LLM_TIMEOUT_SECONDS": "0"})


def test_domains_of_the_company_are_a_list_with_commas(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).own_domains == ()
    assert load_settings(tmp_path, {"FEEDBACK_LOOP_OWN_DOMAINS": " Acme.example, @acme.test,"}).own_domains == ("acme.example", "acme.test")
    with pytest.raises(BadInput, match="FEEDBACK_LOOP_OWN_DOMAINS"):
        load_settings(tmp_path, {"FEEDBACK_LOOP_OWN_DOMAINS": "acme example"})
