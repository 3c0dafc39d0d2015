"""All sources of a home: each has its turn whatever becomes of the others, and none is asked before it is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.pages import KeptPage, Page
from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import BadInput, ConnectorUnreachable, SourcesRefused
from feedback_loop.ports import SourceClient
from feedback_loop.sources.pulled_kinds import PulledKind
from feedback_loop.sources.pulled_rules import PulledRule
from feedback_loop.workflows.pulled_sources import due, land_all_kept, pull_all, read_sources, source_of, standing_of
from feedback_loop_tests.fakes import START, FakeClock, FakeTableStore
from feedback_loop_tests.workflows.test_pull import Spool, Vendor

FEED = b'{"incidents": []}'


def rule(**more: object) -> PulledRule:
    said = {
        "kind": PulledKind.STATUSPAGE,
        "address": "https://s.example.com",
        "product": "P",
        "since": date(2026, 1, 1),
        "switched_on": True,
    }
    return PulledRule.model_validate(said | {"switched_on": True} | more)


class Feed(Vendor):
    def page(self, cursor: str | None, since: object) -> Page:
        return Page(FEED, ".json", None, is_last=True)


@contextmanager
def opened(name: str, _: PulledRule) -> Iterator[SourceClient]:
    if name == "unknown":
        raise BadInput("nobody says who asks.")
    if name == "down":
        raise ConnectorUnreachable("down", "a read", "status 500")
    yield Feed()


def test_a_source_that_gives_nothing_keeps_none_from_its_turn() -> None:
    rules, told = {name: rule() for name in ("down", "unknown", "up")}, []
    outcome = pull_all(rules, opened, lambda _: Spool(), FakeTableStore(), FakeClock(), lambda name, done: told.append((name, done.pages)))
    assert (list(outcome.pulled), list(outcome.refused)) == (["up"], ["down", "unknown"])
    assert told == [("up", 1)]


def test_a_source_is_due_when_it_was_never_asked_has_more_or_was_left_alone_for_long_enough() -> None:
    spools, clock = {name: Spool() for name in ("never", "lately", "off")}, FakeClock()
    rules = {"never": rule(), "lately": rule(every_minutes=10), "off": rule(switched_on=False)}
    pull_all({"lately": rules["lately"]}, opened, spools.__getitem__, FakeTableStore(), clock)
    assert list(due(rules, spools.__getitem__, clock.now())) == ["never"]
    assert list(due(rules, spools.__getitem__, clock.now() + timedelta(minutes=10))) == ["never", "lately"]


def test_how_far_a_source_was_read_is_told() -> None:
    spool = Spool()
    assert standing_of("status", rule(), spool).total is None
    pull_all({"status": rule()}, opened, lambda _: spool, FakeTableStore(), FakeClock())
    found = standing_of("status", rule(), spool)
    assert (found.pages, found.fetched_at, found.is_behind) == (1, START, False)
    assert found.total == LandingReport(read=0, landed=0, duplicates=0, quarantined=0)


def test_pages_that_killed_pulls_left_land_for_all_sources() -> None:
    spools = {"status": Spool(), "other": Spool()}
    kept = KeptPage(1, START, ".json", None, None, True, LandingReport(read=0, landed=0, duplicates=0, quarantined=0), content=FEED)
    spools["status"].kept = kept
    rules = {name: rule() for name in spools}
    assert land_all_kept(rules, spools.__getitem__, FakeTableStore(), FakeClock()) == 1
    assert land_all_kept(rules, spools.__getitem__, FakeTableStore(), FakeClock()) == 0


def test_what_pulling_has_to_know_is_in_the_rule() -> None:
    assert source_of("status", rule()).reader == "statuspage"
    assert source_of("status", rule()).product == "P"


def test_no_file_asks_nobody_and_a_bad_one_names_itself(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    assert read_sources(file) == {}
    file.write_text("sources: {status: {kind: fax}}")
    with pytest.raises(SourcesRefused, match=r"sources\.yaml"):
        read_sources(file)
