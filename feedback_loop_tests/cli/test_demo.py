"""`demo`: its scenes in their order over a company cut down to four days. The assets themselves run in the test of the whole loop.

Here a stand-in puts the rows of one look into the tables; all that decides, carries out, tells and undoes is real.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.marts import publish
from feedback_loop.cli import demo as demo_module
from feedback_loop.cli.places import open_state, open_store
from feedback_loop.cli.run import Done
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.drive import RunSummary
from feedback_loop.ports import TableStore
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows import demo as story
from feedback_loop.workflows.propose import propose_for
from feedback_loop_tests.adapters.built_marts import build_file_of
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.remediation.made_up_case import Row, alert_row, all_documents, cause_row, cohort_row
from feedback_loop_tests.workflows.short_company import FAULT_DAY, fault_of, short_company

COMPANY = short_company(days=4, volume=0.3)
FAULT = fault_of(COMPANY)
CAUSE = FAULT.cause.reference
TICKS = (15, 21)


@dataclass
class FakeRun:
    """Computes nothing, but for the last tick, at which an alert about the planted fault is there with its cause and a proposal."""

    failed_checks: list[str] = field(default_factory=list)
    calls: list[tuple[DayRange, datetime, bool]] = field(default_factory=list)

    def __call__(self, settings: Settings, days: DayRange, now: datetime, *, with_marts: bool) -> Done:
        self.calls.append((days, now, with_marts))
        if now == story.at_hour(FAULT_DAY, TICKS[-1]):
            store = open_store(settings)
            for name, rows in of_the_fault(store, now).items():
                store.append(TABLES[name], frame_of(TABLES[name], *rows))
            propose_for(days, store, open_state(settings), now, Rules())
        if with_marts:
            said = {"event_date": days.last, "product": COMPANY.product, "channel": "ticket"}
            counts = {"message_count": 4, "rated_count": 0, "negative_count": 0}
            publish(build_file_of(settings.home / "made_up", {"mart_feedback_daily": [said | counts]}), settings.marts_file)
        return Done(RunSummary(days, {"silver_fragment": 7}, {}, {}, self.failed_checks), 1.0)


def of_the_fault(store: TableStore, now: datetime) -> dict[str, list[Row]]:
    """What the tables say at the tick: the messages of the fault that landed, their customers, the alert, its segment and cause."""
    planted = {message.message_id for message in story.Company(store).simulation.messages if message.fault == FAULT.fault}
    landed = store.read(TABLES["bronze_feedback_record"]).sort("record_id")
    said = [row for row in landed.iter_rows(named=True) if row["source_record_id"] in planted]
    day, began = {"event_date": day_of(now)}, now - timedelta(hours=12)
    customers = [{"known_customer_id": name, "consent": "yes" if name == "anna" else "no"} for name in ("anna", "ben")]
    return {
        "silver_fragment": [*_fragments(said, day)],
        "analysis_classification": [{"fragment_id": f"f{n}", "best_class": "crash", **day} for n in range(len(said))],
        "context_customer": [
            {"statement_id": f"s{n}", "product": COMPANY.product, "locale": "en-GB", "landed_at": began, **row, "event_date": began.date()}
            for n, row in enumerate(customers)
        ],
        "context_document": [row | {"event_date": row["started_at"].date()} for row in all_documents()],
        "analysis_alert": [alert_row(alert_kind="share", raised_at=now, **day)],
        "analysis_cohort": [cohort_row(**day)],
        "analysis_hypothesis": [cause_row(cause_id=CAUSE, cause_started_at=began, onset_at=began, **day)],
    }


def _fragments(said: list[Row], day: Row) -> Iterator[Row]:
    for n, record in enumerate(said):
        same = {name: record[name] for name in ("record_id", "record_version_id", "occurred_at", "landed_at", "product")}
        yield {"fragment_id": f"f{n}", "customer_id": "anna" if n % 2 else "ben", "browser": "Safari 18", **same, **day}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    """The story of four days, whose third is watched."""
    fake = FakeRun()
    monkeypatch.setattr(demo_module, "run_days", fake)
    monkeypatch.setattr(story, "load_scenario", lambda _: COMPANY)
    monkeypatch.setattr(story, "WATCHED_DAY", FAULT_DAY)
    monkeypatch.setattr(story, "TICK_HOURS", TICKS)
    return fake


def test_the_story_is_told_in_its_order(call: Call, run: FakeRun) -> None:
    outcome = call("demo")
    assert outcome.code == 0, outcome.err
    in_order = (
        "is made up", "lands, each row at its own time", "15:00: the five-minute run", "21:00: the five-minute run", "Safari 18",
        "proposes roll_back_release", "bo: approved (1 of 2)", "bo: refused (same approver twice)", "ada: approved (2 of 2)",
        f"carried out once: roll_back_release of {CAUSE}", "0 customers were told; to 1 nothing was sent",
        "1 wait: quiet hours", "1 customers were told once their quiet hours were over",
        "The remaining days land",
        "195 are back where they were, 5 were changed since", "Did it help?", f"right  {FAULT.fault}", "the chain is whole",
        "reports/pilot-", "make dev",
    )  # fmt: skip
    places = [outcome.out.find(text) for text in in_order]
    assert -1 not in places, in_order[places.index(-1)]
    assert places == sorted(places)
    watched = story.at_hour(FAULT_DAY, 0).date()
    assert [(days, with_marts) for days, _, with_marts in run.calls] == [
        (DayRange(story.START_DAY, watched - timedelta(days=1)), False),
        (DayRange(watched, watched), False),
        (DayRange(watched, watched), False),
        (DayRange(watched - timedelta(days=1), watched + timedelta(days=1)), True),  # late rows touch the day before
    ]


def test_a_second_telling_changes_no_decision_and_compares_the_same(call: Call, home: Path, run: FakeRun) -> None:
    first: dict[str, Any] = json.loads(call("demo", "--json").out)
    truth = (home / "demo" / "truth" / "truth_message.jsonl").read_bytes()
    decided = open_state(Settings(home=home)).snapshot(TABLES["remediation_action"])
    again: dict[str, Any] = json.loads(call("demo", "--json").out)
    assert open_state(Settings(home=home)).snapshot(TABLES["remediation_action"]).equals(decided)
    assert (home / "demo" / "truth" / "truth_message.jsonl").read_bytes() == truth
    assert [told["planted_faults"] for told in (first, again)] == [first["planted_faults"]] * 2
    assert [told["undone"] for told in (first, again)] == [{"moved": 200, "restored": 195, "reported": 5}] * 2
    assert [told["audit"]["is_whole"] for told in (first, again)] == [True, True]
    (planted,) = first["planted_faults"]
    assert (planted["found_cause"], planted["mended_by"]) == (CAUSE, "roll_back_release")
    assert truth.count(FAULT.fault.encode()) == planted["message_count"] < planted["message_count_without_loop"]


def test_a_failed_check_ends_the_story_with_one(call: Call, run: FakeRun) -> None:
    run.failed_checks = ["silver_fragment.no_personal_data_survives"]
    outcome = call("demo", "--json")
    assert outcome.code == 1
    assert "no_personal_data_survives" in outcome.error
    assert outcome.out == ""
