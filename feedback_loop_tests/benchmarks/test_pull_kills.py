"""A short run of the killed pulls, and proof that a row that is lost or stands there twice is told."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.adapters.vendor_pages.mail_server import MailBox
from feedback_loop_tests.benchmarks.pull_kills import Found, _judge, run
from feedback_loop_tests.benchmarks.pull_kills_vendors import Vendors


def test_a_few_kills_lose_nothing_and_a_row_that_is_missed_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, kills=4, records=12, share=0.3, seed=3)
    assert found.broken == []
    assert {total.is_balanced for _, total in found.rows} == {True}
    judged, vendors, box = Found(), Vendors(13, 0.0, 3), MailBox(dict.fromkeys(range(12), b""))
    _judge(tmp_path / "home", vendors, box, judged)
    assert "app-store-connect: 12 of 13 records landed, of which 0 were spoilt once" in judged.broken


def test_a_row_that_nobody_told_of_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, kills=1, records=3, share=0.0, seed=3)
    assert found.broken == []
    settings = load_settings(tmp_path / "home", {})
    store, table = DeltaTableStore(settings.tables_folder, settings.locks_folder), TABLES["bronze_release"]
    rows = store.read(table)
    store.append(table, rows.head(1).with_columns(release_id=rows["release_id"].head(1) + "x"))
    judged = Found()
    _judge(tmp_path / "home", Vendors(3, 0.0, 3), MailBox(dict.fromkeys(range(3), b"")), judged)
    assert any(problem.startswith("github-releases: told") for problem in judged.broken)
