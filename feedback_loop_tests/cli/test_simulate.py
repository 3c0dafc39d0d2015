"""`simulate`: a company's files on disk, the truth beside them, a report whose figures are called simulated, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from feedback_loop_tests.cli.conftest import Call

ALONE = ("--without-loop", "--days", 20)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario of one's own: the company of the demo, smaller."""
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"based_on": "printwren", "volume": 0.1, "days": 24}), encoding="utf-8")
    return file


def test_each_seed_is_written_with_its_truth_and_the_report_says_simulated(call: Call, home: Path) -> None:
    outcome = call("simulate", "viral_complaint", "--seeds", 2, *ALONE)
    assert outcome.code == 0, outcome.err
    folder = home / "simulated" / "viral_complaint"
    assert {path.name for path in folder.iterdir()} == {"report.md", "scores.json", "seed-1", "seed-2"}
    for seed in ("seed-1", "seed-2"):
        assert (folder / seed / "tickets.jsonl").stat().st_size > 0
        assert (folder / seed / "truth" / "truth_fault.jsonl").is_file()
    assert (folder / "seed-1" / "tickets.jsonl").read_bytes() != (folder / "seed-2" / "tickets.jsonl").read_bytes()
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "without the loop" in report
    assert "(simulated)" in report
    assert report in outcome.out


def test_programs_read_the_scores_as_json(call: Call, scenario: Path, tmp_path: Path) -> None:
    told = json.loads(call("simulate", scenario, "--without-loop", "--out", tmp_path / "out", "--json").out)
    assert (told["folder"], told["is_simulated"]) == (str(tmp_path / "out" / "mine"), True)
    assert [*told["scores"][0]] == ["without the loop", "keyword and latest change"]
    assert json.loads((tmp_path / "out" / "mine" / "scores.json").read_text(encoding="utf-8")) == told["scores"]


def test_a_scenario_of_ones_own_may_live_shorter(call: Call, scenario: Path, tmp_path: Path) -> None:
    assert call("simulate", scenario, *ALONE, "--out", tmp_path).code == 0
    days = {json.loads(line)["occurred_at"][:10] for line in (tmp_path / "mine" / "seed-1" / "tickets.jsonl").read_text().splitlines()}
    assert max(days) == "2026-03-21"


def test_the_same_seed_gives_the_same_files(call: Call, scenario: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call("simulate", scenario, *ALONE, "--out", tmp_path / name).code == 0
    one, two = (sorted(path for path in (tmp_path / name).rglob("*") if path.is_file()) for name in ("one", "two"))
    assert {path.name for path in one} >= {"tickets.jsonl", "report.md"}
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_an_unknown_scenario_names_those_that_ship(call: Call) -> None:
    outcome = call("simulate", "earthquake")
    assert outcome.code == 2
    assert "release_regression" in outcome.error


def test_a_file_that_is_missing_is_named(call: Call, tmp_path: Path) -> None:
    outcome = call("simulate", tmp_path / "none.yaml")
    assert (outcome.code, "none.yaml" in outcome.error) == (2, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"days: [", "is no YAML"),
        (b"\xff\xfe", "is no YAML"),
        (b"- a\n- b\n", "the text: "),
        (b"", "the text: "),
        (b"name: x\n", "product"),
        (b"based_on: printwren\nvolume: loud\n", "volume"),
        (b"based_on: nothing\n", "based_on"),
    ],
    ids=["broken", "bytes", "a list", "empty", "too little", "a wrong value", "no such base"],
)
def test_a_file_that_is_no_scenario_is_bad_input_that_says_where(call: Call, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    outcome = call("simulate", file, "--without-loop")
    assert outcome.code == 2
    assert "bad.yaml" in outcome.error
    assert says in outcome.error


@pytest.mark.parametrize("wrong", [("--seeds", 0), ("--days", 3), ("--days", "soon")])
def test_too_few_seeds_or_days_are_wrong_usage(call: Call, wrong: tuple[object, ...]) -> None:
    assert call("simulate", "viral_complaint", *wrong).code == 2
