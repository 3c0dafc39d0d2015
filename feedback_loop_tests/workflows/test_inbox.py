import os
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.bronze.landing import FEEDBACK_RECORD, RELEASE
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import Table
from feedback_loop.workflows.inbox import land_inbox, waiting_files
from feedback_loop_tests.fakes import FakeClock, FakeTableStore
from feedback_loop_tests.sources.mail_texts import mail
from feedback_loop_tests.sources.rows import play_file, play_row

RECORD = b'{"source_record_id":"a","channel":"chat","product":"P","occurred_at":"2026-03-01"}\n'


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    files = {
        "google_play/Acme/new.csv": play_file(play_row()),
        "releases/Acme/r.csv": b"version,released_at\n1.0,2026-01-01\n",
        "records/r.jsonl": RECORD,
    }
    for name, data in files.items():
        put(tmp_path, name, data)
    return tmp_path


def put(inbox: Path, name: str, data: bytes) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_waiting_files_are_landed_and_put_away(inbox: Path) -> None:
    store = FakeTableStore()
    outcome = land_inbox(inbox, store, FakeClock())
    assert list(outcome.landed) == ["google_play/Acme/new.csv", "records/r.jsonl", "releases/Acme/r.csv"]
    assert outcome.total == LandingReport(read=3, landed=3, duplicates=0, quarantined=0)
    assert (store.read(FEEDBACK_RECORD).height, store.read(RELEASE).height) == (2, 1)
    assert waiting_files(inbox) == []
    assert (inbox / ".landed/google_play/Acme/new.csv").read_bytes() == play_file(play_row())


def test_inbox_that_is_empty_or_absent_lands_nothing(tmp_path: Path) -> None:
    assert land_inbox(tmp_path / "absent", FakeTableStore(), FakeClock()).total.read == 0


def test_file_that_can_not_be_read_stays_and_stops_no_other(inbox: Path) -> None:
    put(inbox, "google_play/Acme/a.csv", b"\x1f\x8b")
    put(inbox, "google_play/lost.csv", play_file())
    put(inbox, "fax/Acme/a.csv", b"x")
    outcome = land_inbox(inbox, FakeTableStore(), FakeClock())
    assert len(outcome.landed) == 3
    assert sorted(outcome.refused) == ["fax/Acme/a.csv", "google_play/Acme/a.csv", "google_play/lost.csv"]
    assert [p.name for p in waiting_files(inbox)] == ["a.csv", "a.csv", "lost.csv"]
    assert all("\n" not in message for message in outcome.refused.values())


def test_crash_before_the_file_is_put_away_is_mended_by_landing_again(inbox: Path) -> None:
    store = FakeTableStore()
    copies = {path: path.read_bytes() for path in waiting_files(inbox)}
    land_inbox(inbox, store, FakeClock())
    for path, data in copies.items():
        path.write_bytes(data)
    assert land_inbox(inbox, store, FakeClock()).total == LandingReport(read=3, landed=0, duplicates=3, quarantined=0)
    assert waiting_files(inbox) == []


def test_another_file_of_the_same_name_overwrites_none_that_was_put_away(inbox: Path) -> None:
    land_inbox(inbox, FakeTableStore(), FakeClock())
    put(inbox, "google_play/Acme/new.csv", play_file(play_row(reviewId="r2")))
    land_inbox(inbox, FakeTableStore(), FakeClock())
    kept = sorted(p.read_bytes() for p in (inbox / ".landed/google_play/Acme").iterdir())
    assert kept == sorted([play_file(play_row()), play_file(play_row(reviewId="r2"))])


def test_file_that_grows_while_it_is_landed_stays_for_the_next_time(inbox: Path) -> None:
    path = inbox / "google_play/Acme/new.csv"

    class Slow(FakeTableStore):
        def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
            if table is FEEDBACK_RECORD:
                path.write_bytes(play_file(play_row(), play_row(reviewId="r2")))
            return super().append(table, frame)

    store = Slow()
    land_inbox(inbox, store, FakeClock())
    assert waiting_files(inbox) == [path]
    assert land_inbox(inbox, FakeTableStore(), FakeClock()).total.read == 2


@pytest.mark.parametrize("name", [".hidden.csv", ".landed/google_play/Acme/old.csv"])
def test_hidden_files_and_links_are_not_waiting(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"x")
    os.symlink("/etc/hostname", tmp_path / "link.csv")  # noqa: PTH211 - as an intruder would
    assert waiting_files(tmp_path) == []


def test_mails_that_the_company_sent_are_known_by_its_domains(tmp_path: Path) -> None:
    put(tmp_path, "mail/Acme/ours.eml", mail(changed={"From": "help@acme.example"}))
    put(tmp_path, "mail/Acme/theirs.eml", mail())
    total = land_inbox(tmp_path, FakeTableStore(), FakeClock(), own_domains=("acme.example",)).total
    assert total == LandingReport(read=2, landed=1, duplicates=0, quarantined=1)
