"""The world as resources: opened when asked, over the home that is named."""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster_deltalake import LocalConfig, S3Config

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.resources import (
    CaseSystemResource,
    ClockResource,
    EmbedderResource,
    HomeResource,
    LanguageModelResource,
    StateResource,
    StoreResource,
)
from feedback_loop.errors import UnknownChoice
from feedback_loop_tests.contracts.rows import valid_row
from feedback_loop_tests.remediation.test_connectors import FULL
from feedback_loop_tests.workflows.outbox_world import made_up_action


def test_home_that_is_named_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_HOME", str(tmp_path / "other"))
    assert HomeResource(home=str(tmp_path / "named")).settings().home == tmp_path / "named"
    assert HomeResource().settings().home == tmp_path / "other"


def test_environment_is_read_when_asked_and_not_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = HomeResource()
    for name in ("first", "second"):
        monkeypatch.setenv("FEEDBACK_LOOP_HOME", str(tmp_path / name))
        assert home.settings().home == tmp_path / name


def test_store_lies_under_the_home_or_where_its_root_says(tmp_path: Path) -> None:
    home = HomeResource(home=str(tmp_path))
    for root, place in (("", str(tmp_path / "tables")), ("s3://bucket/tables", "s3://bucket/tables")):
        store = StoreResource(home=home, root=root).open()
        assert isinstance(store, DeltaTableStore)
        assert store._root == place


def test_storage_options_of_a_cloud_reach_the_store_without_the_name_of_the_provider(tmp_path: Path) -> None:
    cloud = S3Config(provider="s3", endpoint="http://localhost:9000", region="eu-central-1", allow_unsafe_rename=True)
    store = StoreResource(home=HomeResource(home=str(tmp_path)), root="s3://bucket", storage=cloud).open()
    assert isinstance(store, DeltaTableStore)
    assert store._options is not None
    assert store._options["endpoint"] == "http://localhost:9000"
    assert "provider" not in store._options


def test_local_store_has_no_storage_options(tmp_path: Path) -> None:
    store = StoreResource(home=HomeResource(home=str(tmp_path)), storage=LocalConfig()).open()
    assert isinstance(store, DeltaTableStore)
    assert not store._options


def test_embedder_is_the_one_that_the_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = EmbedderResource(home=HomeResource(home=str(tmp_path)))
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    spelling = resource.open().model_version
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "minilm")
    assert resource.open().model_version != spelling
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "guess")
    with pytest.raises(UnknownChoice, match="minilm"):
        resource.open()


def test_clock_stands_still_where_it_is_fixed_and_goes_otherwise() -> None:
    fixed = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert ClockResource(fixed=fixed.isoformat()).now() == fixed
    assert ClockResource().now().utcoffset() == timedelta(0)


def state_of(home: Path) -> StateResource:
    return StateResource(home=HomeResource(home=str(home)), clock=ClockResource())


def test_state_is_empty_and_no_database_is_made_until_something_is_decided(tmp_path: Path) -> None:
    state, table = state_of(tmp_path), TABLES["state_label"]
    assert not state.exists()
    assert state.snapshot(table).schema == pl.Schema(table.schema)
    assert list(tmp_path.iterdir()) == []
    assert state.open().record(table, [valid_row(table)], "ada", datetime(2024, 3, 1, tzinfo=UTC)) == 1
    assert state.exists()
    assert state.snapshot(table).height == 1


def test_state_lies_in_the_database_that_is_chosen_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_STATE_URL", f"sqlite:///{tmp_path}/elsewhere.sqlite")
    assert state_of(tmp_path / "home").exists()
    assert state_of(tmp_path / "home").snapshot(TABLES["state_label"]).is_empty()
    assert (tmp_path / "elsewhere.sqlite").exists()


def test_no_case_system_is_asked_until_its_address_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_LOOP_CONNECTOR_URL", raising=False)
    assert opened(CaseSystemResource(home=HomeResource(home=str(tmp_path)))) == {"dry run": None}
    assert opened(CaseSystemResource(home=HomeResource(home=str(tmp_path)), url="http://127.0.0.1:9")) == {"case_api": CaseApiClient}
    monkeypatch.setenv("FEEDBACK_LOOP_CONNECTOR_URL", "http://127.0.0.1:9")
    assert opened(CaseSystemResource(home=HomeResource(home=str(tmp_path)))) == {"case_api": CaseApiClient}


def test_connectors_of_the_home_go_before_the_settings_and_an_explicit_address_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_CONNECTOR_URL", "http://127.0.0.1:9")
    (tmp_path / "connectors.yaml").write_text(FULL, encoding="utf-8")
    resource = CaseSystemResource(home=HomeResource(home=str(tmp_path)))
    assert opened(resource) == {"desk": CaseApiClient, "ops-jira": None}
    queued = ActionStatus.QUEUED
    assert resource.may_send(made_up_action(queued, kind=ActionKind.ROUTE_WITH_CONTEXT))
    assert not resource.may_send(made_up_action(queued, kind=ActionKind.OPEN_INCIDENT))
    explicit = CaseSystemResource(home=HomeResource(home=str(tmp_path)), url="http://127.0.0.1:9")
    assert opened(explicit) == {"case_api": CaseApiClient}
    assert explicit.may_send(made_up_action(queued, kind=ActionKind.OPEN_INCIDENT))


def opened(resource: CaseSystemResource) -> dict[str, type | None]:
    """What kind of client answers in which lane."""
    with resource.lanes(ClockResource()) as lanes:
        return {lane.name: None if lane.system is None else type(lane.system) for lane in lanes.lanes}


def test_language_model_is_none_until_the_settings_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resource = LanguageModelResource(home=HomeResource(home=str(tmp_path)), clock=ClockResource())
    assert resource.open("run") is None
    monkeypatch.setenv("FEEDBACK_LOOP_LLM_MODEL", "openai/made-up")
    monkeypatch.setenv("FEEDBACK_LOOP_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    opened = resource.open("run")
    assert opened is not None
    assert opened.model_version == "openai/made-up@127.0.0.1:9"


def test_a_run_holds_the_home_until_it_ends(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    held = []

    @dg.asset
    def computed(store: StoreResource) -> None:
        held.append(is_free(tmp_path))

    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([computed], instance=instance, resources={"store": StoreResource(home=HomeResource(home=str(tmp_path)))})
    assert held == [False]
    assert is_free(tmp_path)


def is_free(home: Path) -> bool:
    """Whether an erasure could begin now."""
    with (home / "locks" / ".home.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
