"""The code location that workspace.yaml names, as Dagster loads it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import yaml

from feedback_loop import definitions

WORKSPACE = Path(__file__).resolve().parents[1] / "workspace.yaml"


def test_workspace_names_the_module_of_the_definitions() -> None:
    [location] = yaml.safe_load(WORKSPACE.read_text(encoding="utf-8"))["load_from"]
    assert location["python_module"] == {"module_name": definitions.__name__, "location_name": "feedback_loop"}


def test_module_holds_one_repository_of_definitions_that_loads() -> None:
    found = [value for value in vars(definitions).values() if isinstance(value, dg.Definitions)]
    assert found == [definitions.defs]
    dg.Definitions.validate_loadable(definitions.defs)
