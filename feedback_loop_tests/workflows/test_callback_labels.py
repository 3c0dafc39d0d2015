"""A complaint that was corrected elsewhere: which one it is, and that what was said last counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.callbacks.heard import Correction, Heard
from feedback_loop.workflows.label import correct_label
from feedback_loop_tests.fakes import START
from feedback_loop_tests.outcomes.one_loop import table
from feedback_loop_tests.workflows.callback_world import FIELD, TICKET, CallbackWorld

LABEL = TABLES["state_label"]


@pytest.fixture
def world(tmp_path: Path) -> CallbackWorld:
    made = CallbackWorld(tmp_path)
    landed(made, "f1")
    return made


def landed(world: CallbackWorld, *fragment_ids: str, source: str = "zendesk") -> None:
    """The ticket with these complaints."""
    record = {"record_version_id": "v1", "record_id": "r1", "source": source, "thread_id": TICKET}
    world.tables.replace_all(TABLES["bronze_feedback_record"], table("bronze_feedback_record", record))
    rows = [{"fragment_id": one, "record_id": "r1"} for one in fragment_ids]
    world.tables.replace_all(TABLES["silver_fragment"], table("silver_fragment", *rows))


def chosen(world: CallbackWorld, word: str, minutes: float = 0, account: str = "U0ADA", event_id: str | None = None) -> str:
    """Somebody chose the class in Slack, at that minute."""
    said = Correction(account, word, fragment_id="f1")
    heard = Heard(CallbackVendor.SLACK, event_id or f"{word} {minutes}", START + timedelta(minutes=minutes), said)
    world.clock.advance(timedelta(seconds=1))
    return str(world.hear(heard).outcome)


def entered(world: CallbackWorld, word: str, field: str = FIELD, account: str = "7001") -> str:
    """Somebody entered the class into a field of the ticket."""
    said = Correction(account, word, ticket_id=TICKET, field_id=field)
    return str(world.hear(Heard(CallbackVendor.ZENDESK, f"{word} {field}", START, said)).outcome)


def labels(world: CallbackWorld) -> list[tuple[str, str, str]]:
    return list(world.state.snapshot(LABEL).select("fragment_id", "labelled_class", "labelled_by").iter_rows())


def test_a_choice_in_slack_is_a_label_of_the_person_who_chose(world: CallbackWorld) -> None:
    assert chosen(world, "billing") == "done"
    assert labels(world) == [("f1", "billing", "ada")]
    ((kind, outcome, about),) = world.callbacks()
    assert (kind, outcome, about) == ("labelled", "done", world.state.snapshot(LABEL)["label_id"].item())


def test_the_agreed_field_of_a_ticket_is_one_too(world: CallbackWorld) -> None:
    assert entered(world, "billing") == "done"
    assert labels(world) == [("f1", "billing", "ada")]


def test_another_field_changes_nothing(world: CallbackWorld) -> None:
    assert entered(world, "billing", field="1") == "ignored"
    assert (labels(world), world.callbacks()) == ([], [])


@pytest.mark.parametrize(("fragments", "source"), [((), "zendesk"), (("f1", "f2"), "zendesk"), (("f1",), "intercom")])
def test_a_ticket_that_is_not_of_one_complaint_says_nothing_of_any(world: CallbackWorld, fragments: tuple[str, ...], source: str) -> None:
    landed(world, *fragments, source=source)
    assert entered(world, "billing") == "ignored"
    assert labels(world) == []


@pytest.mark.parametrize("account", ["U0CY", "U0EVE", "U0NOBODY", "7001"])
def test_who_may_not_label_is_refused_and_the_trail_keeps_it(world: CallbackWorld, account: str) -> None:
    assert chosen(world, "billing", account=account) == "refused"
    assert labels(world) == []
    ((record, content),) = world.state.told("callback_refused")
    assert (record.actor, content["account"]) == ("connector:slack", account)


def test_a_word_of_no_class_is_refused(world: CallbackWorld) -> None:
    assert chosen(world, "nonsense") == "refused"
    assert labels(world) == []


def test_what_was_said_last_counts_whenever_it_is_told(world: CallbackWorld) -> None:
    assert [chosen(world, "billing", 5), chosen(world, "crash", 3), chosen(world, "login", 6)][:2] == ["done", "outdated"]
    assert "crash" not in {word for _, word, _ in labels(world)}


def test_a_label_that_was_given_here_since_goes_before(world: CallbackWorld) -> None:
    world.clock.advance(timedelta(minutes=10))
    correct_label("f1", "crash", "ada", world.people, world.tables, world.state, world.clock.now())
    assert chosen(world, "billing", 9) == "outdated"
    assert chosen(world, "billing", 11) == "done"
