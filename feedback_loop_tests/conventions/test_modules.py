"""What holds of each source file by itself: described, small, well named, and without what belongs elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from feedback_loop_tests.conventions.source_tree import MODULES, PACKAGE, TEST_MODULES, calls, place, tree_of

MAX_LINES = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "tools", "stuff"}
READS_ENVIRONMENT = {
    "feedback_loop/config/settings.py": "the settings",
    "feedback_loop/adapters/dbt_command.py": "dbt takes its settings from variables alone",
    "feedback_loop/adapters/llm/libraries.py": "LiteLLM takes its settings from variables when it is imported",
    "feedback_loop/cli/entry.py": "decides about tracebacks and warnings before there are settings",
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv", "environ", "getenv"}
PURE = ("analysis", "bronze", "contracts", "gold", "methods", "outcomes", "remediation", "silver", "simulation", "sources")
IMPURE_CALLS = re.compile(
    r"(^|\.)(now|utcnow|today|monotonic|perf_counter|write_text|write_bytes|unlink|mkdir|touch|sink_parquet|write_parquet|scan_delta)$|^open$"
)
"""Calls that reach for a clock or change the disk; reading the package's own data through importlib.resources is no reach."""


def is_command_line(file: Path) -> bool:
    parts = file.relative_to(PACKAGE).parts
    return parts[0] in ("cli", "cli.py") or parts[0].startswith("cli_")


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_a_module_says_what_lives_in_it(file: Path) -> None:
    assert ast.get_docstring(tree_of(file)), f"{place(file)}: begin with what lives here, what does not, and the rule that is easy to break"


@pytest.mark.parametrize("file", [*MODULES, *TEST_MODULES], ids=place)
def test_a_file_is_short_enough_to_read(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{place(file)} has {lines} lines: split it by subject, {MAX_LINES} are the most"


@pytest.mark.parametrize("file", [*MODULES, *TEST_MODULES], ids=place)
def test_a_name_tells_what_is_inside(file: Path) -> None:
    vague = VAGUE & set(file.with_suffix("").relative_to(PACKAGE.parent).parts)
    assert not vague, f"{place(file)}: '{vague}' names nothing. Use the verb of a transformation or the noun of a thing"


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_only_the_command_line_prints(file: Path) -> None:
    printed = [line for line, name in calls(file) if name in ("print", "pprint", "sys.stdout.write", "sys.stderr.write")]
    assert not printed or is_command_line(file), f"{place(file)} prints in lines {printed}: return the value and let cli.py show it"


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_only_the_settings_read_the_environment(file: Path) -> None:
    found = _lines_that_name_the_environment(file)
    assert not found or place(file) in READS_ENVIRONMENT, (
        f"{place(file)} reads the environment in lines {found}: add a field to config.Settings"
    )


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_nothing_reads_the_environment_at_import(file: Path) -> None:
    inside = [range(n.lineno, (n.end_lineno or n.lineno) + 1) for n in ast.walk(tree_of(file)) if isinstance(n, ast.FunctionDef)]
    lines = _lines_that_name_the_environment(file)
    early = [line for line in lines if not any(line in body for body in inside)]
    assert not early, f"{place(file)} reads the environment while it is imported, in lines {early}: read it in a function"


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_the_package_never_asserts(file: Path) -> None:
    lines = [node.lineno for node in ast.walk(tree_of(file)) if isinstance(node, ast.Assert)]
    assert not lines, f"{place(file)} asserts in lines {lines}: python -O drops it; raise an error of errors.py"


@pytest.mark.parametrize("file", [m for m in MODULES if m.relative_to(PACKAGE).parts[0] in PURE], ids=place)
def test_a_stage_is_a_function_of_its_arguments(file: Path) -> None:
    found = [f"{name} (line {line})" for line, name in calls(file) if IMPURE_CALLS.search(name)]
    assert not found, f"{place(file)} calls {', '.join(found)}: take the instant or the bytes as an argument"


def _lines_that_name_the_environment(file: Path) -> list[int]:
    named = (node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute | ast.Name))
    return sorted(node.lineno for node in named if ast.unparse(node) in ENVIRONMENT)
