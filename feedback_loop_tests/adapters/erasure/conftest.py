"""One planted home for all tests, and what is left of it after the customer was erased; whoever changes one takes a copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.contracts.erasure import Certificate
from feedback_loop.workflows.erase import carry_out, plan_customers, rehearse
from feedback_loop_tests.adapters.erasure.planted import ERASED_AT, MINE, STRINGS, PlantedHome, planted
from feedback_loop_tests.traces import files_with


@dataclass(frozen=True)
class Story:
    """What the home held before, what a rehearsal and the erasure said, and what is there now."""

    home: PlantedHome
    held: tuple[str, ...]
    before: dict[str, pl.DataFrame]
    rehearsed: Certificate
    certificate: Certificate
    file: Path


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> PlantedHome:
    """The planted home; not to be changed."""
    return planted(tmp_path_factory.mktemp("planted") / "home")


@pytest.fixture
def home(full: PlantedHome, tmp_path: Path) -> PlantedHome:
    """A copy of it."""
    return PlantedHome(Path(shutil.copytree(full.folder, tmp_path / "home")))


@pytest.fixture(scope="session")
def erased(full: PlantedHome, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story of one erasure; not to be changed."""
    copy = PlantedHome(Path(shutil.copytree(full.folder, tmp_path_factory.mktemp("erased") / "home")))
    before, held = copy.frames(), tuple(files_with(copy.folder, STRINGS, [MINE]))
    eraser = copy.eraser
    rehearsed = rehearse(plan_customers([MINE], eraser, "ada", ERASED_AT), eraser)
    certificate, file = carry_out(plan_customers([MINE], eraser, "ada", ERASED_AT), eraser)
    return Story(copy, held, before, rehearsed, certificate, file)
