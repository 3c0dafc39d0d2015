"""`run`: which days, what is printed, and what happens when a check fails or an asset does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedback_loop.cli import run as run_module
from feedback_loop.cli.run import Done, seconds_by_stage
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import StageFailed
from feedback_loop_tests.adapters.built_marts import DAY_1, DAY_3
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.sources.rows import play_file, play_row

SECONDS = {"silver_message": 1.0, "silver_message_fulfils_its_contract": 0.5, "context_release": 0.25, "marts": 8.0}


class FakeClock:
    """The evening of the third day."""

    def now(self) -> datetime:
        return datetime(2024, 3, 3, 20, tzinfo=UTC)


@pytest.fixture
def landed(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviews of the first day, and from devices whose clocks are a year ahead and half a century behind."""
    file = tmp_path / "reviews.csv"
    instants = {"r1": "2024-03-01 10:00:00", "r2": "2025-03-01 10:00:00", "r3": "1971-01-01 00:00:00"}
    file.write_bytes(play_file(*(play_row(reviewId=name, at=at) for name, at in instants.items())))
    assert call("ingest", "google-play", file, "--product", "shop").code == 0
    monkeypatch.setattr(run_module, "SystemClock", FakeClock)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[DayRange]]:
    """Takes the place of the assets; remembers the days."""

    def take_place(failed_checks: tuple[str, ...] = (), error: Exception | None = None) -> list[DayRange]:
        from feedback_loop.defs.drive import RunSummary

        asked: list[DayRange] = []

        def compute(_: Settings, days: DayRange) -> Done:
            asked.append(days)
            if error:
                raise error
            summary = RunSummary(days, {"silver_message": 7, "mart_issue": 2}, {"silver_message": 1}, SECONDS, list(failed_checks))
            return Done(summary, 12.34)

        monkeypatch.setattr(run_module, "run_days", compute)
        return asked

    return take_place


@pytest.mark.usefixtures("landed")
def test_json_is_the_summary(call: Call, computed: Callable[..., list[DayRange]]) -> None:
    computed()
    outcome = call("run", "--from", "2024-03-01", "--to", "2024-03-03", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "from": "2024-03-01",
        "to": "2024-03-03",
        "rows": {"silver_message": 7, "mart_issue": 2},
        "days_changed": {"silver_message": 1},
        "seconds": {"silver": 1.5, "context": 0.25, "mart": 8.0},
        "step_seconds": SECONDS,
        "failed_checks": [],
        "warnings": {},
        "total_seconds": 12.3,
    }


@pytest.mark.usefixtures("landed")
def test_days_left_out_are_those_that_landed_up_to_today(call: Call, computed: Callable[..., list[DayRange]]) -> None:
    asked = computed()
    assert call("run", "--json").code == 0
    assert asked == [DayRange(DAY_1, DAY_3)]


@pytest.mark.usefixtures("landed", "marts_home")
def test_people_read_rows_seconds_spikes_and_what_to_do_next(call: Call, computed: Callable[..., list[DayRange]]) -> None:
    computed()
    said = call("run").out
    assert "Ran 2024-03-01..2024-03-03 (3 days)" in said
    assert "not supported: Version 2.0" in said
    assert "label of issue_1" in said
    assert "`make dev`" in said


@pytest.mark.usefixtures("landed")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_failed_checks_are_printed_and_end_with_one(call: Call, computed: Callable[..., list[DayRange]], more: tuple[str, ...]) -> None:
    computed(failed_checks=("silver_fragment.no_personal_data_survives",))
    outcome = call("run", *more)
    assert outcome.code == 1
    assert "silver_fragment.no_personal_data_survives" in outcome.error
    assert not more or json.loads(outcome.out)["failed_checks"] == ["silver_fragment.no_personal_data_survives"]


@pytest.mark.usefixtures("landed")
def test_a_failed_asset_ends_with_one(call: Call, computed: Callable[..., list[DayRange]]) -> None:
    computed(error=StageFailed("silver_message", "KeyError"))
    outcome = call("run")
    assert outcome.code == 1
    assert "silver_message failed: KeyError" in outcome.error


@pytest.mark.usefixtures("landed")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "2024-03-04"), "Choose a --to of 2024-03-03 or before"),
        (("--from", "1999-01-01"), "Choose a --from of 2010-01-01 or after"),
        (("--from", "2024-03-03", "--to", "2024-03-01"), "Swap the two days"),
        (("--from", "soon"), "Write it as YYYY-MM-DD"),
    ],
)
def test_days_that_cannot_be_run_are_refused_in_one_line(call: Call, arguments: tuple[str, ...], told: str) -> None:
    outcome = call("run", *arguments)
    assert outcome.code == 2
    assert told in outcome.error


def test_a_home_without_records_says_how_to_land_some(call: Call, home: Path) -> None:
    outcome = call("run")
    assert outcome.code == 1
    assert "feedback-loop ingest" in outcome.error
    assert not home.exists()


def test_seconds_of_checks_count_for_the_stage_of_their_table() -> None:
    assert seconds_by_stage(SECONDS) == {"silver": 1.5, "context": 0.25, "mart": 8.0}


def test_a_real_run_fills_the_marts_and_its_history(call: Call, home: Path, tmp_path: Path) -> None:
    words = ("The app crashes when I open it", "I was charged twice", "Please add a dark theme", "Login code never arrives")
    rows = [play_row(reviewId=f"r{n}", content=words[n % 4], at=f"2024-03-0{1 + n % 3} 10:00:00") for n in range(24)]
    file = tmp_path / "reviews.csv"
    file.write_bytes(play_file(*rows))
    call("ingest", "google-play", file, "--product", "shop")
    outcome = call("run", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    summary = json.loads(outcome.out)
    assert (summary["from"], summary["to"]) == ("2024-03-01", "2024-03-03")
    assert summary["rows"]["silver_message"] == summary["rows"]["mart_complaint"] == 24
    assert set(summary["seconds"]) == {"context", "state", "silver", "analysis", "gold", "remediation", "outcomes", "mart"}
    assert json.loads(call("issues", "--json").out)
    assert _recorded(home) == {"2024-03-01", "2024-03-02", "2024-03-03"}
    assert b"charged twice" not in b"".join(path.read_bytes() for path in (home / "dagster").rglob("*") if path.is_file())


def _recorded(home: Path) -> set[str]:
    import dagster as dg

    from feedback_loop.defs.run_record import open_instance

    with open_instance(home / "dagster") as instance:
        return set(instance.get_materialized_partitions(dg.AssetKey("silver_message")))


@pytest.mark.usefixtures("landed")
def test_a_language_model_that_cannot_be_asked_is_told_before_anything_is_computed(
    call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_LLM_MODEL", "openai/my-model")
    monkeypatch.setenv("FEEDBACK_LOOP_LLM_RECORDING_FILE", str(tmp_path / "reviews.csv"))
    before = sorted(path.name for path in (home / "tables").iterdir())
    outcome = call("run")
    assert (outcome.code, "holds no answers of a language model" in outcome.error) == (2, True)
    assert sorted(path.name for path in (home / "tables").iterdir()) == before
