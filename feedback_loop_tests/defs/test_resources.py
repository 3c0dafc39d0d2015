"""The world as resources: opened when asked, over the home that is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster_deltalake import LocalConfig, S3Config

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.defs.resources import ClockResource, EmbedderResource, HomeResource, StoreResource
from feedback_loop.errors import UnknownChoice


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
