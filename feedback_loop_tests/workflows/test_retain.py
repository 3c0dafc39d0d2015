"""Retention: the file is linted whole, and rows go when their own jurisdiction says so, never earlier."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.erasure.eraser import HomeEraser
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.config import Settings
from feedback_loop.contracts.erasure import Unfinished
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ErasureUnfinished, RetentionRefused
from feedback_loop.workflows.erase import carry_out, rehearse
from feedback_loop.workflows.retain import Retention, parse_retention, plan_expired, read_retention
from feedback_loop_tests.adapters.erasure.planted import message
from feedback_loop_tests.contracts.rows import INSTANT, frame_of
from feedback_loop_tests.fakes import FakeClock

RECORD, QUARANTINE, STATEMENT = (TABLES[n] for n in ("bronze_feedback_record", "bronze_quarantine", "bronze_context_statement"))
NOW = INSTANT + timedelta(days=100)
POLICY = {
    "version": 1,
    "default": {"feedback": 200, "quarantine": 50, "customers": "keep"},
    "jurisdictions": [
        {"name": "eu", "regions": ["EU", "de"], "feedback": 30, "customers": 40},
        {"name": "us", "regions": ["us"], "feedback": "keep"},
    ],
}


def parsed(**changes: Any) -> Retention:
    return parse_retention(yaml.safe_dump(POLICY | changes), "retention.yaml")


@pytest.fixture
def home(tmp_path: Path) -> HomeEraser:
    settings = Settings(home=tmp_path)
    store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
    ages = {"old": 60, "young": 10, "ancient": 300}
    rows = []
    for region in ("eu", " DE ", "us", None):
        for name, days in ages.items():
            at = NOW - timedelta(days=days)
            rows.append(
                {"record_version_id": f"{region}-{name}", "region": region, "occurred_at": at, "event_date": at.date(), "customer_id": None}
            )
    store.append(RECORD, frame_of(RECORD, *rows))
    store.append(QUARANTINE, frame_of(QUARANTINE, {"quarantine_id": "q"}))
    told = '{{"known_customer_id":"c","region":"{}","stated_at":"2026-01-02T12:00:00.000000Z"}}'
    statements = [{"statement_id": region, "context_kind": "customer", "statement": told.format(region)} for region in ("eu", "us")]
    store.append(STATEMENT, frame_of(STATEMENT, *statements))
    return HomeEraser(settings, FakeClock(NOW))


def test_each_row_goes_when_its_own_jurisdiction_says_so(home: HomeEraser) -> None:
    plan = plan_expired(parsed(), "v", home, "ada", NOW)
    assert plan.erased.record_version_ids == {"eu-old", "eu-ancient", " DE -old", " DE -ancient", "None-ancient"}
    assert plan.erased.quarantine_ids == {"q"}
    assert plan.erased.statement_ids == {"eu"}


def test_the_boundary_is_kept_and_a_moment_later_goes(home: HomeEraser) -> None:
    exactly = NOW - timedelta(days=30) + timedelta(days=20)
    kept = plan_expired(parsed(), "v", home, "ada", exactly).erased.record_version_ids
    assert "eu-young" not in kept
    assert "eu-young" in plan_expired(parsed(), "v", home, "ada", NOW + timedelta(days=20, seconds=1)).erased.record_version_ids


def test_what_expired_is_gone_from_every_version_and_lands_again_until_the_next_call(home: HomeEraser) -> None:
    before = home.tables.read(RECORD)
    plan = plan_expired(parsed(), "v", home, "ada", NOW)
    rehearsed = rehearse(plan, home)
    certificate, _ = carry_out(plan, home)
    assert [c for c in certificate.stores if c.store.startswith("bronze")] == [c for c in rehearsed.stores if c.store.startswith("bronze")]
    assert (certificate.kind, certificate.policy_version, certificate.customer_hashes) == ("expired", "v", ())
    assert home.tables.read(RECORD).height == before.height - 5
    assert home.tables.append(RECORD, before).height == 5
    assert plan_expired(parsed(), "v", home, "ada", NOW).erased.record_version_ids == plan.erased.record_version_ids


def test_landed_files_go_by_their_age_and_waiting_ones_never(home: HomeEraser, tmp_path: Path) -> None:
    for place in ("inbox/.landed/a.csv", "inbox/records/b.csv"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("id\n1\n")
    far = NOW + timedelta(days=5000)
    carry_out(plan_expired(parsed(default={"landed_files": 30}, jurisdictions=[]), "v", home, "ada", far), home)
    assert sorted(file.name for file in (tmp_path / "inbox").rglob("*.csv")) == ["b.csv"]


def test_messages_go_by_the_region_of_their_customer(home: HomeEraser, tmp_path: Path) -> None:
    customer = TABLES["context_customer"]
    told = [{"statement_id": one, "known_customer_id": one, "region": one} for one in ("eu", "us")]
    home.tables.append(customer, frame_of(customer, *told))
    state = SqlStateStore(f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}", AnchorFile(tmp_path / "anchor.jsonl"), FakeClock())
    drafts = [{**message(one, INSTANT), "message_draft_id": one} for one in ("eu", "us", "unknown")]
    state.record(TABLES["remediation_message"], drafts, "loop", INSTANT)
    jurisdictions = [{"name": "eu", "regions": ["eu"], "messages": 30}, {"name": "us", "regions": ["us"], "messages": "keep"}]
    for default, gone in ((200, {"eu"}), (50, {"eu", "unknown"})):
        policy = parsed(default={"messages": default}, jurisdictions=jurisdictions)
        assert plan_expired(policy, "v", home, "ada", NOW).erased.message_draft_ids == gone


def test_the_policy_of_the_package_keeps_everything(home: HomeEraser, tmp_path: Path) -> None:
    policy, version = read_retention(tmp_path / "retention.yaml")
    assert len(version) == 64
    erased = plan_expired(policy, version, home, "ada", NOW + timedelta(days=100_000)).erased
    assert (erased.row_ids, erased.message_draft_ids) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "it is no YAML"),
        ("version: 2", "version"),
        ("version: 1\ndefault: {feedback: 0}", "default.feedback"),
        ("version: 1\ndefault: {feedbak: 3}", "default.feedbak"),
        ("version: 1\ndefault: {}\njurisdictions: [{name: a, regions: [eu]}, {name: b, regions: [EU]}]", "the region 'eu' occurs twice"),
        ("version: 1\ndefault: {}\njurisdictions: [{name: a, regions: [eu]}, {name: a, regions: [us]}]", "the name 'a' occurs twice"),
        ("version: 1\ndefault: {}\njurisdictions: [{name: a, regions: []}]", "jurisdictions.0.regions"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused_whole(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "retention.yaml").write_text(text)
    with pytest.raises(RetentionRefused) as refusal:
        read_retention(tmp_path / "retention.yaml")
    assert told in str(refusal.value)
    assert "Nothing was erased" in str(refusal.value)


def test_nothing_expires_while_customers_are_half_erased(home: HomeEraser) -> None:
    home.begin(Unfinished("erasure_1", "customers", ("h1",)), {}, [])
    with pytest.raises(ErasureUnfinished):
        plan_expired(parsed(), "v", home, "ada", NOW)
    assert home.unfinished() == Unfinished("erasure_1", "customers", ("h1",))
