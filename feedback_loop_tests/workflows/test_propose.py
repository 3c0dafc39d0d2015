"""Proposing: recorded once, changed never, and harmless where it comes from a backfill."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.contracts.decisions import PROPOSAL_TABLE
from feedback_loop.contracts.knowledge import IndexedPassages
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import KnowledgeUnavailable
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.propose import propose
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, cause_row, proposed
from feedback_loop_tests.workflows.outbox_world import World, grounds


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_proposing_twice_records_once(world: World) -> None:
    first = propose(world.grounds, world.state, START, is_live=True)
    assert (len(first.proposal_ids), first.statuses) == (1, {"awaiting_approval": 1})
    assert propose(world.grounds, world.state, START, is_live=True).proposal_ids == ()


def test_a_backfill_changes_nothing_and_makes_nothing_executable(world: World) -> None:
    world.approved()
    before = world.state.snapshot(PROPOSAL_TABLE)
    more = grounds([alert_row(), alert_row(alert_id="a2")], [cause_row(), cause_row(alert_id="a2", cause_id="other")])
    made = propose(more, world.state, START + timedelta(hours=1), is_live=False).proposal_ids
    after = world.state.snapshot(PROPOSAL_TABLE)
    assert len(made) == 1
    assert after.filter(after["proposal_id"].is_in(before["proposal_id"].implode())).equals(before)
    assert after.filter(after["proposal_id"].is_in(list(made)))["is_executable"].to_list() == [False]


def test_a_threshold_that_was_set_holds_from_its_instant(world: World) -> None:
    row = {
        "threshold_id": "t", "playbook_id": "release-rollback", "threshold_score": 0.95, "precision_share": None, "judged_count": 0,
        "promoted_by": "ada", "effective_at": START,
    }  # fmt: skip
    world.state.record(TABLES["state_threshold"], [row], "ada", START)
    found = propose(world.grounds, world.state, START, is_live=True)
    assert found.statuses == {"refused": 1, "approved": 1}


def shelf(world: World) -> Library:
    return Library(world.grounds.documents.with_columns(audience_roles=pl.lit(["staff"])), SqlitePassageIndex(), TfidfEmbedder())


def test_with_a_library_people_are_shown_what_documents_say_and_what_is_proposed_stays_the_same(world: World) -> None:
    (proposal_id,) = propose(world.grounds, world.state, START, is_live=True, open_library=lambda: shelf(world)).proposal_ids
    made = world.state.proposal(proposal_id)
    assert made is not None
    assert made.evidence["reading"][0]["document_id"] == "rollback-release"
    [without] = proposed()
    assert (without.proposal_id, without.evidence_hash, without.arguments_hash) == (proposal_id, made.evidence_hash, made.arguments_hash)


class BrokenIndex(SqlitePassageIndex):
    """Holds everything and gives nothing."""

    def read(self, content_keys: Collection[str]) -> IndexedPassages:
        raise KnowledgeUnavailable("passages.sqlite", "SQLITE_IOERR")


@pytest.mark.parametrize("is_opened", [True, False])
def test_where_the_index_can_not_be_used_what_is_proposed_stays_the_same(world: World, is_opened: bool) -> None:
    broken = Library(shelf(world).documents, BrokenIndex(), TfidfEmbedder()) if is_opened else None
    (proposal_id,) = propose(world.grounds, world.state, START, is_live=True, open_library=lambda: broken).proposal_ids
    made = world.state.proposal(proposal_id)
    assert made is not None
    assert "reading" not in made.evidence


def test_where_nothing_is_proposed_no_library_is_opened(world: World) -> None:
    def never() -> Library:
        raise AssertionError("opened")

    world.propose()
    assert propose(world.grounds, world.state, START, is_live=True, open_library=never).proposal_ids == ()
