"""The import rules of pyproject.toml hold, and each of them catches a violation that is put into a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from feedback_loop_tests.conventions.source_tree import MODULES, PROJECT

LINTER = Path(sys.executable).with_name("lint-imports")
CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
NAMES = [contract["name"] for contract in CONTRACTS]
DIRECTION, DAGSTER, DRIVERS, UNUSED, PURITY, PARTS, SERVING, TERMINAL, METHODS, CYCLES = NAMES

VIOLATIONS = {
    "a stage imports a stage": ("silver/latest.py", "import feedback_loop.gold.issues", DIRECTION),
    "a method imports a stage": ("methods/normal_text/normalising.py", "import feedback_loop.silver.latest", DIRECTION),
    "a workflow imports an adapter": ("workflows/checks.py", "import feedback_loop.adapters.charts", DIRECTION),
    "an adapter imports a workflow": ("adapters/charts.py", "import feedback_loop.workflows.checks", DIRECTION),
    "a contract imports the settings": ("contracts/days.py", "import feedback_loop.config", DIRECTION),
    "a folder without a place": ("extras/__init__.py", '"""New."""', DIRECTION),
    "a stage imports Dagster": ("silver/latest.py", "import dagster", DAGSTER),
    "an adapter imports Dagster": ("adapters/charts.py", "from dagster import asset", DAGSTER),
    "a workflow imports a driver": ("workflows/checks.py", "import duckdb", DRIVERS),
    "defs import a driver": ("defs/jobs.py", "from deltalake import DeltaTable", DRIVERS),
    "a workflow asks a model past the port": ("workflows/checks.py", "import litellm", DRIVERS),
    "an adapter imports torch": ("adapters/charts.py", "import torch", UNUSED),
    "a stage reads a clock": ("gold/issues.py", "import time", PURITY),
    "a method reads the environment": ("methods/normal_text/normalising.py", "import os", PURITY),
    "defs take an adapter apart": ("defs/jobs.py", "import feedback_loop.adapters.minilm.weights", PARTS),
    "a workflow hears the network": ("workflows/callbacks.py", "import fastapi", SERVING),
    "defs import the receiver": ("defs/jobs.py", "import feedback_loop.receiver", DIRECTION),
    "a workflow draws on the terminal": ("workflows/ingest.py", "import rich", TERMINAL),
    "a mail asks what is personal in it": ("methods/mail/lines.py", "import feedback_loop.methods.personal_data.masking", METHODS),
    "two modules import each other": ("contracts/vocab.py", "import feedback_loop.contracts.fields", CYCLES),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's Python files and settings, to be spoilt."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copy(PROJECT / "pyproject.toml", root)
    for module in MODULES:
        target = root / module.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, target)
    return root


def lint(root: Path) -> tuple[int, str]:
    """Exit code and output of the linter over the package in the folder."""
    run = subprocess.run(
        [str(LINTER), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_the_package_keeps_every_import_rule(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in output


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_caught_by_name(copy: Path, violation: str) -> None:
    place, line, contract = VIOLATIONS[violation]
    file = copy / "feedback_loop" / place
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        code, output = lint(copy)
    finally:
        shutil.rmtree(file.parent) if before is None else file.write_text(before, encoding="utf-8")
    assert code == 1, output
    assert f"{contract} BROKEN" in output


def test_each_import_rule_has_a_violation_that_proves_it() -> None:
    assert {contract for _, _, contract in VIOLATIONS.values()} == set(NAMES), "seed a violation of the new contract here"


def test_each_import_rule_says_what_to_do_instead() -> None:
    assert [c["name"] for c in CONTRACTS if not c.get("broken_contract_guidance")] == []
