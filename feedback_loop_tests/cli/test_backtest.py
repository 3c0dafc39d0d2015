"""`backtest`: what it refuses, what it shows, and that a home stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.cli.backtest import hours_of
from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.test_policy import stricter
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, day
from feedback_loop_tests.sources.rows import play_file, play_row
from feedback_loop_tests.workflows.made_up_history import CHANGE, SPIKE, landed

DAYS = ("--from", day(SPIKE - 1), "--to", day(SPIKE))
FILLED = ("bronze_feedback_record", "bronze_release", "context_change", "context_incident", "context_document", "context_telemetry")


@pytest.fixture
def lived(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a past, and vectors of spelling."""
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    past, store = landed(), open_store(Settings(home=home))
    for name in FILLED:
        store.append(TABLES[name], past.read(TABLES[name]))
    return home


def files_of(home: Path) -> set[str]:
    """Every file of tables and decisions; the cache of vectors may grow."""
    return {str(file) for folder in ("tables", "state", "audit") for file in (home / folder).rglob("*")}


def test_it_shows_what_would_have_been_proposed_and_leaves_the_home_as_it_was(lived: Path, call: Call) -> None:
    before = files_of(lived)
    outcome = call("backtest", *DAYS)
    assert outcome.code == 0, outcome.err
    assert f"roll_back_release of {CHANGE}" in outcome.out
    assert "approved by people" in outcome.out
    assert "nothing was stored or carried out" in outcome.out
    assert files_of(lived) == before


def test_programs_read_the_same_as_json(lived: Path, call: Call) -> None:
    told = json.loads(call("backtest", *DAYS, "--json").out)
    rollback = next(row for row in told["proposals"] if row["playbook_id"] == "release-rollback")
    assert (rollback["day"], rollback["action_target"], rollback["approvals_required_count"]) == (str(day(SPIKE)), CHANGE, 2)
    assert (rollback["would_be"], rollback["verdict"], rollback["cause_id"]) == ("approved by people", "unjudged", CHANGE)
    assert {row["is_executable"] for row in told["proposals"]} == {False}
    assert (told["precision"][-1]["precision_share"], told["minutes_saved"], told["breaches"]["avoided_count"]) == (None, None, None)
    assert "labels correct" in told["advice"]


def test_days_without_an_alert_propose_nothing(lived: Path, call: Call) -> None:
    quiet = ("--from", day(SPIKE - 1), "--to", day(SPIKE - 1))
    assert call("backtest", *quiet).out.endswith("no proposal\n")
    assert json.loads(call("backtest", *quiet, "--json").out)["proposals"] == []


def test_a_history_by_event_is_asked_for_by_name(lived: Path, call: Call) -> None:
    assert call("backtest", *DAYS, "--by", "event").code == 0
    outcome = call("backtest", *DAYS, "--by", "magic")
    assert outcome.code == 2
    assert "landed, event" in outcome.error


def test_playbooks_come_from_a_folder_that_holds_some(lived: Path, call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "tried"
    folder.mkdir()
    empty = call("backtest", *DAYS, "--playbooks", folder)
    assert (empty.code, "holds no playbook" in empty.error) == (2, True)
    (folder / "mine.yaml").write_text("playbook_id: mine\n", encoding="utf-8")
    broken = call("backtest", *DAYS, "--playbooks", folder)
    assert (broken.code, "mine" in broken.error) == (2, True)
    (folder / "mine.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in call("backtest", *DAYS, "--playbooks", folder).error


def test_without_any_data_it_says_what_to_do(call: Call) -> None:
    outcome = call("backtest")
    assert outcome.code == 1
    assert "ingest" in outcome.error


def test_days_before_anything_had_landed_are_refused_with_the_way_out(lived: Path, call: Call) -> None:
    outcome = call("backtest", "--from", day(-9), "--to", day(-8))
    assert outcome.code == 1
    assert "--by event" in outcome.error


def test_another_policy_is_tried_instead_of_the_one_in_force(lived: Path, call: Call, tmp_path: Path) -> None:
    file = stricter(tmp_path, "high: 2}", "high: 3}")
    told = json.loads(call("backtest", *DAYS, "--policy", file, "--json").out)
    rollback = next(row for row in told["proposals"] if row["playbook_id"] == "release-rollback")
    assert rollback["approvals_required_count"] == 3
    assert told["policy_version"] != json.loads(call("policy", "show", "--json").out)["policy_version"]
    assert not (lived / "policy.yaml").exists()


@pytest.mark.parametrize(
    ("text", "named"), [(None, "no such file"), ("approvals: {low: 0, high: 1}", "sensitive_classes is missing"), ("a: [", "YAML")]
)
def test_a_policy_that_cannot_be_tried_is_refused_as_by_policy_compare(
    lived: Path, call: Call, tmp_path: Path, text: str | None, named: str
) -> None:
    file = tmp_path / "tried.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    outcome = call("backtest", *DAYS, "--policy", str(file))
    assert (outcome.code, named in outcome.error) == (2, True)
    assert outcome.error == call("policy", "compare", "--limits", str(file)).error


def test_days_before_the_first_of_the_platform_are_refused_in_a_line(lived: Path, call: Call) -> None:
    outcome = call("backtest", "--from", "0001-01-01", "--to", "0001-01-02")
    assert outcome.code == 2
    assert "lies before the first day of the platform" in outcome.error


@pytest.mark.parametrize(("every", "hours"), [(24, [24]), (8, [8, 16, 24]), (9, [9, 18, 24]), (1, list(range(1, 25)))])
def test_a_day_is_looked_at_every_few_hours_and_always_at_its_end(every: int, hours: list[int]) -> None:
    assert hours_of(every) == hours


def test_looks_of_less_than_an_hour_or_more_than_a_day_are_refused(call: Call) -> None:
    assert call("backtest", *DAYS, "--every", "0").code == 2
    assert call("backtest", *DAYS, "--every", "25").code == 2


def test_an_export_that_was_just_ingested_is_replayed_by_event_and_says_what_to_label(home: Path, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    calm = [play_row(reviewId=f"c{n}", content="Works well, thank you.", score="5", at=f"{day(n)} 10:00:00") for n in range(SPIKE)]
    crash = [play_row(reviewId=f"r{n}", content=SAYINGS["crash"][n % 2], score="1", at=f"{day(SPIKE)} 10:{n:02d}:00") for n in range(40)]
    file.write_bytes(play_file(*calm, *crash))
    assert call("ingest", "google-play", file, "--product", "Acme").code == 0
    told = call("backtest", *DAYS, "--by", "event")
    assert told.code == 0, told.err
    assert "Nothing of what would have been done is judged yet" in told.out
    assert not (home / "state").exists()
