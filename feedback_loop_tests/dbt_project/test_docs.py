"""The documentation that dbt builds for analysts: every mart with its columns, its example questions and who reads it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from feedback_loop.adapters.dbt_command import DBT_EXECUTABLE, build, dbt_environment, dbt_target
from feedback_loop.contracts.tables import marts
from feedback_loop.workflows.exposures import exposures
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames, write_home


def test_the_docs_are_built_and_hold_every_mart_column_and_reader(tmp_path: Path) -> None:
    settings = write_home(tmp_path, made_up_frames())
    build(settings, ("run",))
    environment = {**os.environ, **dbt_environment(settings)}
    done = subprocess.run([str(DBT_EXECUTABLE), "docs", "generate", "--static"], env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    target = dbt_target(settings)
    catalog = json.loads((target / "catalog.json").read_text(encoding="utf-8"))["nodes"]
    told = {node["metadata"]["name"]: list(node["columns"]) for node in catalog.values()}
    assert {table.name: list(table.columns) for table in marts()}.items() <= told.items()
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert {node["name"] for node in manifest["exposures"].values()} == {one.name for one in exposures()}
    assert "mart_roi_comparison" in (target / "static_index.html").read_text(encoding="utf-8")
