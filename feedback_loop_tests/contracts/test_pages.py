"""What is known of a kept page: its place, its name, and the sum of all that was read."""

from __future__ import annotations

from dataclasses import replace

from feedback_loop.contracts.pages import KeptPage
from feedback_loop.contracts.records import LandingReport
from feedback_loop_tests.fakes import START

BEFORE = LandingReport(read=5, landed=3, duplicates=1, quarantined=1)
PAGE = KeptPage(number=12, fetched_at=START, suffix=".json", cursor="a", next_cursor="b", is_last=False, before=BEFORE, content=b"[]")


def test_a_page_counts_once_it_has_landed() -> None:
    assert PAGE.total == BEFORE
    landed = replace(PAGE, content=None, report=LandingReport(read=1, landed=1, duplicates=0, quarantined=0))
    assert landed.total == LandingReport(read=6, landed=4, duplicates=1, quarantined=1)


def test_names_of_pages_stand_in_their_order() -> None:
    assert PAGE.file_name("desk") == "desk-000000012.json"
