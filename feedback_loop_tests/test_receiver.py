"""The door: who is let in, what is refused in the same words, and what a press or a closed ticket leads to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.errors import StateUnavailable
from feedback_loop.receiver import MOST_BYTES, build_app, path_of
from feedback_loop.remediation.approval_buttons import DENY
from feedback_loop.remediation.callbacks.heard import Heard
from feedback_loop.workflows.callbacks import Answer
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.callback_world import (
    SECRETS,
    CallbackWorld,
    Desk,
    body_of,
    headers_for,
    pagerduty_body,
    zendesk_body,
)

SLACK, ZENDESK = CallbackVendor.SLACK, CallbackVendor.ZENDESK
REFUSED = {"status": "not accepted"}
MALFORMED = [b"", b"{", b"[]", b"payload=", b"payload=%7B%7D&payload=%7B%7D", b"\xff\xfe", b"[" * 50_000, b'{"a":' * 50_000]
EVERYONE = pytest.mark.parametrize("vendor", CallbackVendor)


@pytest.fixture
def world(tmp_path: Path, state_url: str) -> CallbackWorld:
    return CallbackWorld(tmp_path, state_url)


@pytest.fixture
def door(world: CallbackWorld) -> TestClient:
    return door_of(world)


def door_of(world: CallbackWorld, most_per_minute: int = 300) -> TestClient:
    return TestClient(build_app(SECRETS, world.hear, world.clock, most_per_minute=most_per_minute))


def send(door: TestClient, vendor: CallbackVendor, body: bytes, at: timedelta = timedelta(0), **changes: str) -> tuple[int, object]:
    answer = door.post(path_of(vendor), content=body, headers={**headers_for(vendor, body, START + at), **changes})
    return answer.status_code, answer.json()


@EVERYONE
def test_who_signs_as_documented_is_heard(door: TestClient, vendor: CallbackVendor) -> None:
    status, said = send(door, vendor, body_of(vendor))
    assert (status, said) == ((202, {"status": "ignored"}) if vendor is not SLACK else (200, said))


@EVERYONE
def test_what_is_forged_is_refused(door: TestClient, vendor: CallbackVendor) -> None:
    body = body_of(vendor)
    for headers in (headers_for(vendor, body, secret="another-secret-123"), headers_for(vendor, body + b" ")):
        answer = door.post(path_of(vendor), content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (403, REFUSED)


@EVERYONE
def test_without_a_signature_or_with_two_nobody_is_heard(door: TestClient, vendor: CallbackVendor) -> None:
    body = body_of(vendor)
    signed = headers_for(vendor, body)
    for name in [name for name in signed if name != "content-type"]:
        without = {other: value for other, value in signed.items() if other != name}
        assert door.post(path_of(vendor), content=body, headers=without).status_code == 403
        assert door.post(path_of(vendor), content=body, headers=[*signed.items(), (name, signed[name])]).status_code == 403


@EVERYONE
@pytest.mark.parametrize("minutes", [-24 * 60 - 1, 6])
def test_what_is_late_or_early_is_refused(door: TestClient, vendor: CallbackVendor, minutes: int) -> None:
    at = timedelta(minutes=minutes)
    assert send(door, vendor, body_of(vendor, START + at), at) == (400, REFUSED)


@pytest.mark.parametrize("vendor", [SLACK, ZENDESK, CallbackVendor.SERVICENOW])
def test_what_was_stamped_is_heard_for_five_minutes(door: TestClient, vendor: CallbackVendor) -> None:
    assert send(door, vendor, body_of(vendor), timedelta(minutes=-5))[0] < 300
    assert send(door, vendor, body_of(vendor), timedelta(minutes=-5, seconds=-1)) == (400, REFUSED)


@EVERYONE
@pytest.mark.parametrize("body", MALFORMED)
def test_what_is_malformed_is_refused(door: TestClient, vendor: CallbackVendor, body: bytes) -> None:
    assert send(door, vendor, body) == (400, REFUSED)


@EVERYONE
def test_another_type_is_refused(door: TestClient, vendor: CallbackVendor) -> None:
    for changes in ({"content-type": "text/plain"}, {"content-encoding": "gzip"}):
        assert send(door, vendor, body_of(vendor), **changes) == (415, REFUSED)


@EVERYONE
def test_a_body_that_is_too_large_is_refused_before_it_is_whole(door: TestClient, vendor: CallbackVendor) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(1_000):
            taken.append(number)
            yield b"x" * 65_536

    kind = headers_for(vendor, b"")["content-type"]
    answer = door.post(path_of(vendor), content=pieces(), headers={"content-type": kind})
    assert (answer.status_code, answer.json()) == (413, REFUSED)
    assert send(door, vendor, b"x" * (MOST_BYTES + 1)) == (413, REFUSED)
    for said, status in (("9" * 5_000, 413), ("-1", 400), ("1", 400), (str(MOST_BYTES), 400)):
        assert send(door, vendor, body_of(vendor), **{"content-length": said}) == (status, REFUSED)


def test_a_vendor_without_a_secret_has_no_door(world: CallbackWorld) -> None:
    door = TestClient(build_app({SLACK: SECRETS[SLACK], ZENDESK: ""}, world.hear, world.clock))
    for path in (path_of(ZENDESK), path_of(CallbackVendor.JIRA), "/", "/docs", "/openapi.json"):
        answer = door.post(path, content=b"{}")
        assert (answer.status_code, answer.json()) == (404, REFUSED)
    assert (door.get(path_of(SLACK)).status_code, door.get(path_of(SLACK)).json()) == (405, REFUSED)


def test_two_presses_of_two_people_lead_to_an_action_that_is_carried_out(world: CallbackWorld, door: TestClient) -> None:
    (proposal_id,) = world.propose()
    status, said = send(door, SLACK, world.pressed(proposal_id, "U0ADA"))
    words = {"response_type": "ephemeral", "replace_original": False, "text": f"{proposal_id} is awaiting approval (1 of 2 approvals)."}
    assert (status, said) == (200, words)
    assert send(door, SLACK, world.pressed(proposal_id, "U0BO"))[0] == 200
    proposal = world.state.proposal(proposal_id)
    assert proposal is not None
    assert proposal.proposal_status is ProposalStatus.APPROVED
    world.people = world.directory.people(world.clock.now())
    assert len(world.execute(Desk()).done) == 1


def test_one_press_denies(world: CallbackWorld, door: TestClient) -> None:
    (proposal_id,) = world.propose()
    assert send(door, SLACK, world.pressed(proposal_id, action_id=DENY))[0] == 200
    proposal = world.state.proposal(proposal_id)
    assert proposal is not None
    assert proposal.proposal_status is ProposalStatus.REFUSED


def test_what_was_heard_before_is_refused_also_after_a_restart(
    world: CallbackWorld, door: TestClient, tmp_path: Path, state_url: str
) -> None:
    (proposal_id,) = world.propose()
    body = world.pressed(proposal_id)
    assert send(door, SLACK, body)[0] == 200
    assert send(door, SLACK, body) == (400, REFUSED)
    again = CallbackWorld(tmp_path, state_url)
    assert send(door_of(again), SLACK, body) == (400, REFUSED)
    assert [kind for kind, *_ in again.callbacks()] == ["approved"]


def test_a_ticket_closed_there_closes_the_issue_and_reopened_there_opens_it(world: CallbackWorld, door: TestClient) -> None:
    world.ticket()
    for number, (now, before) in enumerate([("SOLVED", "OPEN"), ("OPEN", "SOLVED")]):
        world.clock.advance(timedelta(seconds=1))
        at = START + timedelta(seconds=number + 1)
        assert send(door, ZENDESK, zendesk_body(now, before, at, f"e{number}")) == (202, {"status": "done"})
    assert world.statuses() == [("resolved", "connector:desk"), ("reopened", "connector:desk")]


def test_more_than_so_many_in_a_minute_are_asked_to_come_again(world: CallbackWorld) -> None:
    door, body = door_of(world, most_per_minute=2), pagerduty_body("incident.annotated", START)
    assert [send(door, CallbackVendor.PAGERDUTY, body)[0] for _ in range(3)] == [202, 202, 429]
    assert send(door, ZENDESK, body_of(ZENDESK))[0] == 202
    world.clock.advance(timedelta(minutes=1))
    assert send(door, CallbackVendor.PAGERDUTY, body)[0] == 202


def test_a_home_that_can_not_be_used_is_said_to_be_so_in_the_same_words(world: CallbackWorld) -> None:
    def fails(_: Heard) -> Answer:
        raise StateUnavailable("postgresql://somewhere", "its disk is full")

    door = TestClient(build_app(SECRETS, fails, world.clock))
    assert send(door, ZENDESK, body_of(ZENDESK)) == (503, REFUSED)


def test_the_person_is_told_where_slack_says(world: CallbackWorld) -> None:
    told: list[tuple[str, str]] = []
    door = TestClient(build_app(SECRETS, world.hear, world.clock, lambda url, words: told.append((url, words))))
    (proposal_id,) = world.propose()
    send(door, SLACK, world.pressed(proposal_id, "U0NOBODY"))
    ((url, words),) = told
    assert url == "https://hooks.slack.com/actions/T/1/x"
    assert words.startswith("Refused: the slack account belongs to nobody here.")


def test_no_secret_and_nothing_that_came_in_is_logged_or_shown(world: CallbackWorld, caplog: pytest.LogCaptureFixture) -> None:
    door = door_of(world, most_per_minute=3)
    with caplog.at_level(logging.DEBUG):
        for vendor in CallbackVendor:
            for _ in range(5):
                door.post(path_of(vendor), content=b"words of a customer", headers=headers_for(vendor, b""))
    said = caplog.text + repr(door.app) + repr([vars(route) for route in door.app.routes])  # type: ignore[attr-defined]
    assert not [secret for secret in SECRETS.values() if secret in said]
    assert "words of a customer" not in said
    assert len([one for one in caplog.records if one.name == "feedback_loop.receiver"]) == 3 * len(CallbackVendor)
