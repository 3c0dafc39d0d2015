"""The dbt models as assets: published whole or not at all. That they are published when all is well, test_whole_loop.py shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pytest

from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.marts_assets import Translator
from feedback_loop.defs.wiring import build_defs
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.spoilt import CONTRACTS, spoil

MODELS = [dg.AssetKey(name) for name in ("stg_gold_issue", "mart_issue_day")]


def test_readers_keep_their_file_when_a_data_test_fails_and_the_failure_names_no_row(computed: Home, new_home: NewHome) -> None:
    home = computed.copied_to(new_home())
    marts_file = load_settings(home.folder).marts_file
    marts_file.write_bytes(b"what readers have")
    spoil(home.store, next(s for s in CONTRACTS if s.table == "gold_issue"))
    job = build_defs(home.resources()).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=MODELS, raise_on_error=False)
        logged = " ".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert not result.success
    [failure] = [e for e in result.all_events if e.is_step_failure]
    assert failure.step_failure_data.user_failure_data is not None
    assert "dbt.log" in str(failure.step_failure_data.user_failure_data.description)
    assert [text for text in home.table("silver_fragment")["masked_text"] if text in logged] == []
    assert marts_file.read_bytes() == b"what readers have"


NAMES: list[Mapping[str, Any]] = [
    {"name": "gold_issue", "resource_type": "source", "source_name": "feedback_loop"},
    {"name": "mart_issue", "resource_type": "model"},
]


@pytest.mark.parametrize("properties", NAMES, ids=lambda properties: properties["name"])
def test_dbt_node_is_the_asset_of_its_table(properties: Mapping[str, Any]) -> None:
    assert Translator().get_asset_key(properties) == dg.AssetKey(properties["name"])
    assert properties["name"] in TABLES
    assert Translator().get_group_name(properties) == "mart"
