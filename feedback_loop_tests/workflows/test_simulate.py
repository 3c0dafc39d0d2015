"""Simulating: one company per seed, scored with the loop, without it and by the baseline, with its files and its truth."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.simulation import Score, Simulation, simulate, source_files, truth_files
from feedback_loop.simulation.score_report import COLUMNS
from feedback_loop.workflows.closed_loop import FIRST_DECIDED_DAY
from feedback_loop.workflows.simulate import BASELINE, START_DAY, WITH_LOOP, WITHOUT_LOOP, Models, SeedScores, report_of, scored_seed
from feedback_loop_tests.workflows.made_up_history import analysed
from feedback_loop_tests.workflows.short_company import SEED, short_company

DAYS = FIRST_DECIDED_DAY + 1
COMPANY = short_company(DAYS, volume=0.05)


@pytest.fixture(scope="module")
def told() -> list[date]:
    return []


@pytest.fixture(scope="module")
def lived(told: list[date]) -> SeedScores:
    return scored_seed(COMPANY, SEED, Models(analysed(), MemoryTableStore), told.append)


@pytest.fixture(scope="module")
def by_hand() -> Simulation:
    return simulate(COMPANY, SEED, START_DAY)


def test_a_seed_is_scored_with_the_loop_without_it_and_by_the_baseline(lived: SeedScores, told: list[date]) -> None:
    assert [*lived.scores] == [WITH_LOOP, WITHOUT_LOOP, BASELINE]
    assert {score.kind for scores in lived.scores.values() for score in scores} == {"release_regression"}
    assert told == [START_DAY + timedelta(days=FIRST_DECIDED_DAY)]


def test_who_does_nothing_detects_nothing(lived: SeedScores) -> None:
    (score,) = lived.scores[WITHOUT_LOOP]
    assert (score.is_detected, score.has_false_action) == (False, False)


def test_without_models_the_company_mends_its_faults_by_hand(lived: SeedScores, by_hand: Simulation) -> None:
    alone = scored_seed(COMPANY, SEED, None)
    assert alone.simulation == by_hand
    assert alone.scores == {name: lived.scores[name] for name in (WITHOUT_LOOP, BASELINE)}


def test_the_files_are_those_of_the_sources_and_the_truth_in_a_folder_of_its_own(by_hand: Simulation) -> None:
    files, truth = SeedScores(by_hand, {}).files(), truth_files(by_hand)
    assert {name: content for name, content in files.items() if not name.startswith("truth/")} == source_files(by_hand)
    assert {name: content for name, content in files.items() if name.startswith("truth/")} == {
        f"truth/{name}": content for name, content in truth.items()
    }


def test_every_figure_of_the_report_is_called_simulated(lived: SeedScores) -> None:
    head, _, *rows = report_of([lived.scores, lived.scores]).splitlines()
    assert head.count("(simulated)") == len(COLUMNS) - 2
    cells = [[cell.strip() for cell in row.strip("| ").split("|")] for row in rows]
    names = [name for name in (WITH_LOOP, BASELINE, WITHOUT_LOOP) for _ in range(2)]
    assert [row[:3] for row in cells] == [[name, kind, "2"] for name, kind in zip(names, ["release regression", "all"] * 3, strict=True)]


def test_a_report_without_a_loop_has_no_row_of_one(lived: SeedScores) -> None:
    scores: dict[str, list[Score]] = {name: lived.scores[name] for name in (WITHOUT_LOOP, BASELINE)}
    assert WITH_LOOP not in report_of([scores])
