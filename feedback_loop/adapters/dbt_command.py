"""How dbt is called: its environment, its arguments, and one build without Dagster.

Any dbt command costs about eight seconds before its first model, so one `build` per batch, never one per day. Dagster calls the same
command through dagster-dbt (`defs/`). Nothing is written into the project folder: target and logs go to the home.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback_loop.config import Settings
from feedback_loop.errors import StageFailed

PROJECT_FOLDER = Path(__file__).resolve().parents[2] / "dbt_project"
DBT_EXECUTABLE = Path(sys.executable).with_name("dbt")
BUILD_ARGUMENTS = ("build", "--exclude-resource-type", "unit_test")
"""Models and data tests; unit tests check the SQL, not the data, and run with the project's own tests."""


def dbt_environment(settings: Settings) -> dict[str, str]:
    """The variables that profiles.yml and dbt read, all paths absolute because dbt may run in any folder."""
    target = str(dbt_target(settings))
    return {
        "FEEDBACK_LOOP_HOME": str(settings.home.resolve()),
        "DBT_TARGET_PATH": target,
        "DBT_LOG_PATH": target,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_PROFILES_DIR": str(PROJECT_FOLDER),
        "DBT_PROJECT_DIR": str(PROJECT_FOLDER),
        "DO_NOT_TRACK": "1",
        # dbt imports our plugin in a process of its own, which must find the package where it runs from a checkout too.
        "PYTHONPATH": str(PROJECT_FOLDER.parent),
    }


def dbt_target(settings: Settings) -> Path:
    """Where dbt keeps what it compiled, and its log."""
    return settings.build_file.resolve().parent / "dbt"


@contextmanager
def dbt_variables(settings: Settings) -> Iterator[None]:
    """Sets dbt's environment for callers that start dbt themselves and pass their own environment on."""
    before = dict(os.environ)
    os.environ.update(dbt_environment(settings))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def start_afresh(settings: Settings) -> None:
    """Removes what an earlier build left, so that a build that was killed half-way can't spoil the next; readers use another file."""
    for file in (settings.build_file, settings.build_file.with_name(settings.build_file.name + ".wal")):
        file.unlink(missing_ok=True)


def build(settings: Settings, arguments: tuple[str, ...] = BUILD_ARGUMENTS) -> str:
    """The last line that dbt printed, such as `Done. PASS=41 WARN=0 ERROR=0 …`; raises StageFailed where a model or a test failed."""
    start_afresh(settings)
    environment = {**os.environ, **dbt_environment(settings)}
    run = subprocess.run(  # noqa: S603
        [str(DBT_EXECUTABLE), "--no-use-colors", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    lines = [line for line in run.stdout.splitlines() if line.strip()]
    if run.returncode != 0:
        raise StageFailed("dbt build", _what_failed(lines) or f"exit code {run.returncode}; see {dbt_target(settings)}")
    return lines[-1]


def _what_failed(lines: list[str]) -> str:
    """The names of the models and tests that failed; a message of DuckDB could quote a row, so none is passed on."""
    failed = [line.split("Failure in ", 1)[1] for line in lines if "Failure in " in line]
    failed += [line.split("Error in ", 1)[1] for line in lines if "Error in " in line]
    return ", ".join(failed)
