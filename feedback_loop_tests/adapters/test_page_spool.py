"""The last page of a source on disk: whole or not at all, alone, and without customers' words once they have landed."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_loop.adapters.page_spool import FilePageSpool
from feedback_loop.contracts.pages import KeptPage
from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import Refused, UnreadableFile
from feedback_loop_tests.fakes import START

NOTHING, ONE = LandingReport(read=0, landed=0, duplicates=0, quarantined=0), LandingReport(read=1, landed=1, duplicates=0, quarantined=0)
FETCHED = KeptPage(
    number=7, fetched_at=START, suffix=".json", cursor=None, next_cursor='a "cursor"\nof theirs', is_last=False, before=ONE,
    told_fields=("mood",), content=b'{"text": "my card"}\n\nsecond line\n',
)  # fmt: skip


def test_what_was_kept_is_what_is_read(tmp_path: Path) -> None:
    spool = FilePageSpool(tmp_path / "pulled", "desk")
    assert spool.latest() is None
    for page in (FETCHED, replace(FETCHED, content=b"")):
        spool.keep(page)
        assert FilePageSpool(tmp_path / "pulled", "desk").latest() == page


def test_nothing_that_customers_said_is_left_once_the_page_has_landed(tmp_path: Path) -> None:
    spool = FilePageSpool(tmp_path, "desk")
    spool.keep(FETCHED)
    landed = replace(FETCHED, content=None, report=ONE)
    spool.keep(landed)
    assert spool.latest() == landed
    assert b"my card" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert landed.total == LandingReport(read=2, landed=2, duplicates=0, quarantined=0)
    assert landed.file_name("desk") == "desk-000000007.json"


def test_only_whoever_owns_the_home_may_read_a_page(tmp_path: Path) -> None:
    spool = FilePageSpool(tmp_path, "desk")
    spool.keep(FETCHED)
    assert stat.S_IMODE(spool.file.stat().st_mode) == 0o600


def test_two_pulls_of_one_source_never_run_at_once_and_those_of_two_do(tmp_path: Path) -> None:
    one, other = FilePageSpool(tmp_path, "desk"), FilePageSpool(tmp_path, "shop")
    with one.alone(), other.alone(), pytest.raises(Refused, match="desk is being pulled by another process"), one.alone():
        pass
    with one.alone():
        pass


@pytest.mark.parametrize("content", [b"", b"no json\n", b"[]\n", b"{}\n", b'{"is_landed": true}\n', b"\xff\n"])
def test_a_file_that_somebody_changed_is_told_and_not_overwritten(tmp_path: Path, content: bytes) -> None:
    spool = FilePageSpool(tmp_path, "desk")
    spool.file.write_bytes(content)
    with pytest.raises(UnreadableFile, match="no page that was kept"):
        spool.latest()
    assert spool.file.read_bytes() == content
