"""The command line, called in this process, and homes for it to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedback_loop.adapters.marts import publish
from feedback_loop.cli.entry import exit_code
from feedback_loop_tests.adapters.built_marts import (
    DAY_1,
    DAY_2,
    DAY_3,
    alert_row,
    build_file_of,
    complaint_row,
    daily_row,
    day_row,
    ledger_row,
)
from feedback_loop_tests.dbt_project.made_up_home import Row


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line on standard error; fails where there are more or none."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: "), lines
        return lines[0]


Call = Callable[..., Outcome]

CANDIDATE = {
    "candidate_kind": "release", "product_version": "2.0", "released_at": None, "is_inferred": False, "share_in_alert": 0.5,
    "share_before": 0.1, "complaint_share_with": 0.2, "complaint_share_without": 0.2, "verdict": "not_supported",
    "statement": "Version 2.0 was released the same day; not supported as the cause.",
}  # fmt: skip

WORDING = {"wording_summary": "The basket closes.", "wording_hypothesis": "No cause is known.", "wording_version": "model+prompt"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that does not exist yet."""
    monkeypatch.delenv("FEEDBACK_LOOP_HOME", raising=False)
    monkeypatch.delenv("FEEDBACK_LOOP_DEBUG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def call(home: Path, capfd: pytest.CaptureFixture[str]) -> Call:
    """Runs a command on the home."""

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = exit_code(["--home", str(home), *map(str, arguments)])
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def marts_home(home: Path) -> Path:
    """The home with marts of two issues over three days: one crash issue with alerts, one about billing."""
    quote = "it closes whenever I open my basket"
    rows: dict[str, list[Row]] = {
        "mart_issue": [ledger_row("issue_1"), ledger_row("issue_2", issue_class="billing", trend="steady")],
        "mart_issue_day": [
            *(day_row(i, d) for i in ("issue_1", "issue_2") for d in (DAY_1, DAY_2)),
            day_row("issue_1", DAY_3, **WORDING),
            day_row("issue_2", DAY_3),
        ],
        "mart_issue_daily": [
            daily_row("issue_1", DAY_1, 3, product_version="1.0", region="eu"),
            daily_row("issue_1", DAY_3, 9, product_version="2.0", region="us"),
            daily_row("issue_2", DAY_2, 5, product_version="1.0", region="us"),
        ],
        "mart_complaint": [
            complaint_row("fragment_1", "issue_1", quote, event_date=DAY_3, best_class="crash", class_score=0.9),
            complaint_row("fragment_2", "issue_2", "charged twice this month", event_date=DAY_2, best_class="billing", class_score=0.9),
        ],
        "mart_alert": [
            alert_row(
                "alert_1", "issue_1", DAY_3, 9.0, subject_kind="cluster", alerted_class="crash", expected_count=3.0, candidates=[CANDIDATE]
            ),
            alert_row("alert_2", None, DAY_3, 5.0, subject_kind="class", alerted_class="crash", expected_count=4.0),
            alert_row("alert_3", "issue_1", DAY_2, 4.0, subject_kind="cluster", alerted_class="crash", expected_count=4.0),
            alert_row("alert_4", "issue_2", DAY_2, 1000.0, alert_kind="urgent", subject_kind="cluster", alerted_class="billing"),
        ],
        "mart_feedback_daily": [
            {"event_date": d, "product": "Printwren", "channel": "ticket", "message_count": 9, "rated_count": 0, "negative_count": 0}
            for d in (DAY_1, DAY_2, DAY_3)
        ],
    }
    publish(build_file_of(home / "build", rows), home / "marts.duckdb")
    return home
