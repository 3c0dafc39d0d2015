"""What was found, as a simulation is scored by it: alerts with their messages, segments and causes, and what was done."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ActionKind, HypothesisVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.simulation import FoundAction, FoundCause
from feedback_loop.workflows.found import found_alerts, found_in
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import CAUSE, alert_row, cause_row, unknown_row
from feedback_loop_tests.workflows.made_up_findings import CLASS, FRAGMENT, TABLE_OF, findings, records
from feedback_loop_tests.workflows.outbox_world import DAY, FakeCaseSystem, World

NOON = START + timedelta(hours=3)


def test_an_alert_of_a_class_names_its_messages_as_their_source_does() -> None:
    (found,) = found_alerts(findings(START, alert_row()), records(), NOON)
    assert found.message_ids == {"r1-of-source", "r2-of-source"}
    assert (found.raised_at, found.subject, found.cohort) == (NOON, "class:crash", {"browser": "Safari 18"})
    assert found.causes == (FoundCause(CAUSE, 0.9, HypothesisVerdict.LIKELY),)


def test_an_alert_of_a_cluster_names_the_messages_of_its_members() -> None:
    of_cluster = alert_row(subject_kind="cluster", subject_id="cluster_1", alerted_cluster_id="cluster_1")
    (found,) = found_alerts(findings(START, of_cluster), records())
    assert found.message_ids == {"r2-of-source", "r3-of-source"}


@pytest.mark.parametrize("changes", [{"alert_kind": "urgent"}, {"alert_kind": "silence", "alerted_class": None}])
def test_alerts_that_no_playbook_follows_from_are_left_out(changes: dict[str, Any]) -> None:
    assert list(found_alerts(findings(START, alert_row(**changes)), records())) == []


def test_causes_are_named_likeliest_first() -> None:
    causes = [unknown_row(hypothesis_rank=2, hypothesis_score=0.3), cause_row(hypothesis_score=0.7)]
    (found,) = found_alerts(findings(START, alert_row(), causes=causes), records())
    assert [cause.cause_id for cause in found.causes] == [CAUSE, None]


def stored() -> FakeTableStore:
    """The same in the tables of a home, with one more complaint of the day after."""
    tables, found = FakeTableStore(), findings(START, alert_row())
    for name, table in TABLE_OF.items():
        tables.append(TABLES[table], getattr(found, name))
    tables.append(TABLES["bronze_feedback_record"], records())
    after = {"fragment_id": "f-late", "record_id": "r3", "occurred_at": START + timedelta(days=1)}
    day = {"event_date": DAY.last + timedelta(days=1)}
    tables.append(FRAGMENT, frame_of(FRAGMENT, after | day))
    tables.append(CLASS, frame_of(CLASS, {"fragment_id": "f-late", "best_class": "crash"} | day))
    return tables


def test_a_home_tells_the_same_of_its_alerts_at_their_own_instants(tmp_path: Path) -> None:
    told = found_in(stored(), World(tmp_path).state, DAY.widened(after=1), NOON)
    assert told.alerts == list(found_alerts(findings(START, alert_row()), records()))
    assert (told.alerts[0].raised_at, told.actions) == (START, [])


def test_a_home_tells_what_was_carried_out_and_whether_people_approved_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.approved()
    assert found_in(stored(), world.state, DAY, NOON).actions == []
    world.execute(FakeCaseSystem())
    assert found_in(stored(), world.state, DAY, NOON).actions == [FoundAction(START, ActionKind.ROLL_BACK_RELEASE, CAUSE, False)]
