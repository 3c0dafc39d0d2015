"""The client over real HTTP against a LaunchDarkly that is held to the documented form: a flag is set back once, or left as it is."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, KnowingSince, LateKnowing
from feedback_loop_tests.adapters.launchdarkly.launchdarkly_desk import FLAG, RULES, TOKEN
from feedback_loop_tests.adapters.launchdarkly.running import RunningLaunchDarkly
from feedback_loop_tests.adapters.vendor_server import ELSEWHERE, HTML, PATIENCE_BY_DATE, Answered, Asked, Plan

AFTER_WRITE: tuple[Plan, ...] = (
    Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.ANSWER_OF_ANOTHER,
    Answered(200, raw=b"<html>", is_after_write=True), Answered(202, {}, is_after_write=True), Answered(302, is_after_write=True),
    Answered(200, [[]], is_after_write=True), Answered(200, {"key": FLAG, "environments": {"production": {"on": 1}}}, is_after_write=True),
)  # fmt: skip
BEFORE_WRITE: tuple[Plan, ...] = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, HTML, ELSEWHERE, Answered(408))
SECOND = timedelta(seconds=1)


def asked(*change_ids: str, **arguments: object) -> ActionRequest:
    """As the playbook `config-rollback` asks for it."""
    return ActionRequest(
        "key_1", ActionKind.ROLL_BACK_CONFIG, change_ids[0], {"change_ids": list(change_ids), "product": "Shop", **arguments}
    )


def test_it_sets_back_and_knows_late_and_since(launchdarkly: RunningLaunchDarkly) -> None:
    system: ActionSystem = launchdarkly.client()
    assert system.connector == "flags"
    assert isinstance(system, LateKnowing)
    assert isinstance(system, KnowingSince)


def test_a_flag_is_what_it_was_before_the_change_and_the_comment_bears_the_key(launchdarkly: RunningLaunchDarkly) -> None:
    desk = launchdarkly.desk
    change = desk.switch(on=True, fallthrough={"rollout": {"variations": [{"variation": 0, "weight": 100_000}]}}, debugEventsUntilDate=9)
    receipt = launchdarkly.client().perform(asked(change))
    assert receipt == Receipt(f"{FLAG}/production/9", "key_1", is_repeat=False)
    assert (desk.now()["on"], desk.now()["fallthrough"], desk.now()["rules"]) == (False, {"variation": 1}, RULES)
    assert desk.log[-1]["comment"] == f"The feedback loop asks to roll back config: {change}\nSent once under the key key_1"
    assert desk.now(environment="staging")["version"] == 7


def test_rules_targets_and_what_was_added_or_taken_away_are_set_back_without_the_vendors_own_ids(launchdarkly: RunningLaunchDarkly) -> None:
    desk = launchdarkly.desk
    desk.now()["targets"] = [{"values": ["u1"], "variation": 0, "_count": 1}]
    change = desk.switch(rules=[], targets=[], contextTargets=[{"values": [], "variation": 0, "contextKind": "org"}])
    del desk.now()["offVariation"]
    desk.log[-1]["currentVersion"]["environments"]["production"].pop("offVariation")
    launchdarkly.client().perform(asked(change))
    assert desk.now()["rules"] == [{"variation": 0, "clauses": [{"attribute": "email", "op": "in", "values": ["eve@example.com"]}]}]
    assert (desk.now()["targets"], desk.now()["offVariation"]) == ([{"values": ["u1"], "variation": 0}], 1)
    assert "contextTargets" not in desk.now()


def test_the_steps_of_a_rollout_are_set_back_as_one(launchdarkly: RunningLaunchDarkly) -> None:
    steps = []
    for percent in (10, 50, 100):
        steps.append(launchdarkly.desk.switch(on=True, fallthrough={"rollout": {"weight": percent}}))
        launchdarkly.clock.advance(SECOND)
    launchdarkly.client().perform(asked(*reversed(steps)))
    assert (launchdarkly.desk.now()["on"], launchdarkly.desk.now()["fallthrough"]) == (False, {"variation": 1})


def test_a_change_of_somebody_else_between_the_steps_is_not_set_back_with_them(launchdarkly: RunningLaunchDarkly) -> None:
    steps = []
    for percent in (10, 50, 100):
        steps.append(launchdarkly.desk.switch(fallthrough={"rollout": {"weight": percent}}))
        launchdarkly.clock.advance(SECOND)
    with pytest.raises(ConnectorRefused, match="somebody else's change"):
        launchdarkly.client().perform(asked(steps[0], steps[2]))


def test_a_flag_that_somebody_changed_since_is_left_as_it_is(launchdarkly: RunningLaunchDarkly) -> None:
    change = launchdarkly.desk.switch(on=True)
    launchdarkly.desk.switch(trackEvents=True)
    with pytest.raises(ConnectorRefused, match="somebody changed the flag since"):
        launchdarkly.client().perform(asked(change))
    assert launchdarkly.desk.now()["on"] is True


def test_a_flag_that_somebody_changes_at_the_same_moment_is_left_as_it_is(
    launchdarkly: RunningLaunchDarkly, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = launchdarkly.desk
    change, answer = desk.switch(on=True), desk.answer

    def meanwhile(asked_: Asked) -> Answered:
        if asked_.method == "PATCH":
            desk.switch(trackEvents=True)
        return answer(asked_)

    monkeypatch.setattr(desk, "answer", meanwhile)
    client = launchdarkly.client()
    with pytest.raises(WriteInDoubt, match="another by now"):
        client.perform(asked(change))
    launchdarkly.clock.advance(SETTLING)
    with pytest.raises(ConnectorRefused, match="somebody changed the flag since"):
        client.perform(asked(change))
    assert (desk.now()["on"], desk.keys()) == (True, [])


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(launchdarkly: RunningLaunchDarkly) -> None:
    request = asked(launchdarkly.desk.switch(on=True))
    client = launchdarkly.client()
    first = client.perform(request)
    assert [one.perform(request).receipt_id for one in (client, launchdarkly.client())] == [first.receipt_id] * 2
    assert launchdarkly.client().receipt_for("key_1") == Receipt(first.receipt_id, "key_1", is_repeat=True)
    assert launchdarkly.client().receipt_for("key_11") is None
    assert launchdarkly.desk.keys() == ["key_1"]


def test_two_processes_at_once_set_back_once(launchdarkly: RunningLaunchDarkly) -> None:
    request = asked(launchdarkly.desk.switch(on=True))

    def performed() -> None:
        with suppress(WriteInDoubt, ConnectorRefused):
            launchdarkly.client().perform(request)

    threads = [Thread(target=performed) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (launchdarkly.desk.keys(), launchdarkly.desk.now()["on"]) == (["key_1"], False)


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_a_flag_is_set_back_once_whatever_goes_wrong_with_any_request(launchdarkly: RunningLaunchDarkly, position: int, plan: Plan) -> None:
    """The requests are the list of the audit log, the entry, the flag, and the patch; a read is tried again, so it fails four times."""
    request = asked(launchdarkly.desk.switch(on=True))
    launchdarkly.desk.log_lag = SETTLING - SECOND
    launchdarkly.clock.advance(SETTLING)
    launchdarkly.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 3 else 4))
    client = launchdarkly.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(request)
    launchdarkly.plans.clear()
    launchdarkly.clock.advance(SETTLING)
    assert client.perform(request).receipt_id == f"{FLAG}/production/9"
    assert launchdarkly.desk.keys() == ["key_1"]


def test_a_patch_that_is_answered_too_late_is_in_doubt(launchdarkly: RunningLaunchDarkly) -> None:
    request = asked(launchdarkly.desk.switch(on=True))
    launchdarkly.plans.extend([Fault.NONE] * 3 + [Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        launchdarkly.client(timeout_seconds=0.3).perform(request)
    assert launchdarkly.client().perform(request).is_repeat is True


def test_it_waits_where_it_is_asked_for_patience_but_not_for_a_day(launchdarkly: RunningLaunchDarkly) -> None:
    request, client = asked(launchdarkly.desk.switch(on=True)), launchdarkly.client()
    launchdarkly.plans.extend([Fault.NONE] * 3 + [Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        client.perform(request)
    assert launchdarkly.desk.keys() == []
    launchdarkly.plans.extend([PATIENCE_BY_DATE, Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.NONE, Fault.NONE, PATIENCE_BY_DATE])
    assert client.perform(request).is_repeat is False


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("seconds", [0, 1])
def test_a_key_is_found_behind_many_entries_of_others(launchdarkly: RunningLaunchDarkly, seconds: int, *, has_links: bool) -> None:
    desk, since = launchdarkly.desk, launchdarkly.clock.now()
    desk.has_links = has_links
    launchdarkly.client().perform(asked(desk.switch(on=True)))
    launchdarkly.clock.advance(SECOND)
    for n in range(15 if seconds == 0 else 70):
        desk.switch("other", trackEvents=bool(n % 2))
        launchdarkly.clock.advance(seconds * SECOND)
    found = launchdarkly.client().receipt_since("key_1", since)
    assert found is not None
    assert found.receipt_id == f"{FLAG}/production/9"
    launchdarkly.plans.extend([Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        launchdarkly.client().receipt_since("key_1", since)


def test_what_is_older_than_the_claim_is_not_looked_through(launchdarkly: RunningLaunchDarkly) -> None:
    launchdarkly.client().perform(asked(launchdarkly.desk.switch(on=True)))
    launchdarkly.clock.advance(timedelta(hours=2))
    assert launchdarkly.client().receipt_since("key_1", launchdarkly.clock.now()) is None
    assert launchdarkly.client().receipt_for("key_1") is not None


@pytest.mark.parametrize(
    ("environments", "named", "is_sent"),
    [
        (None, {}, True),
        (("production",), {"environment": "production"}, True),
        (("staging",), {}, False),
        (("staging",), {"environment": "production"}, False),
        (None, {"environment": "staging"}, False),
    ],
)
def test_only_an_environment_is_changed_that_is_allowed_and_named(
    launchdarkly: RunningLaunchDarkly, environments: tuple[str, ...] | None, named: dict[str, object], *, is_sent: bool
) -> None:
    request, client = asked(launchdarkly.desk.switch(on=True), **named), launchdarkly.client(environments=environments)
    if is_sent:
        client.perform(request)
    else:
        with pytest.raises(ConnectorRefused, match="not allowed"):
            client.perform(request)
    assert launchdarkly.desk.now()["on"] is not is_sent


def test_what_is_no_one_change_of_one_flag_is_refused(launchdarkly: RunningLaunchDarkly) -> None:
    desk, client = launchdarkly.desk, launchdarkly.client()
    one, other, elsewhere, name = desk.switch(on=True), desk.switch("other", on=True), desk.switch(environment="staging"), desk.rename()
    desk.log.append({**desk.log[0], "_id": "foreign", "target": {"resources": [f"proj/theirs:env/production:flag/{FLAG}"]}})
    desk.log.append({**desk.log[0], "_id": "created", "previousVersion": None})
    for change_ids in ((one, other), (one, elsewhere), ("foreign",)):
        with pytest.raises(ConnectorRefused, match="only changes of one flag"):
            client.perform(asked(*change_ids))
    for change_id in (name, "created"):
        with pytest.raises(ConnectorRefused, match="is not known"):
            client.perform(asked(change_id))
    with pytest.raises(ConnectorRefused, match="left nothing"):
        client.perform(asked(desk.switch("other", archived=False)))
    with pytest.raises(ConnectorRefused, match="has no such entry"):
        client.perform(asked("deploy-12"))
    assert desk.keys() == []


@pytest.mark.parametrize("change_ids", ["abc", [3], ["a/../b"], ["x"] * 21, [""]], ids=str)
def test_what_is_no_id_of_an_entry_is_never_asked_for(launchdarkly: RunningLaunchDarkly, change_ids: object) -> None:
    with pytest.raises(ConnectorRefused, match="change_ids"):
        launchdarkly.client().perform(ActionRequest("key_1", ActionKind.ROLL_BACK_CONFIG, "a b", {"change_ids": change_ids}))
    assert [path for _, path in launchdarkly.desk.asked] == ["/api/v2/auditlog"]


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_what_is_refused_says_the_status_alone(launchdarkly: RunningLaunchDarkly, status: int) -> None:
    request = asked(launchdarkly.desk.switch(on=True))
    launchdarkly.plans.extend([Fault.NONE] * 3 + [Answered(status, {"code": "c", "message": "who said it"})])
    with pytest.raises(ConnectorRefused, match=f"status {status}") as caught:
        launchdarkly.client().perform(request)
    assert "who said it" not in str(caught.value)


def test_nothing_personal_and_no_secret_is_in_errors_receipts_or_logs(
    launchdarkly: RunningLaunchDarkly, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk, client = launchdarkly.desk, launchdarkly.client()
    receipt = client.perform(asked(desk.switch(rules=[])))
    desk.token = "other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.receipt_for("key_9")
    said = str(caught.value) + caplog.text + repr(client) + repr(receipt)
    assert not [secret for secret in (TOKEN, "eve@example.com", "ada@example.com") if secret in said]
    assert "@" not in desk.log[-1]["comment"]


def test_who_is_not_let_in_by_the_patch_wrote_nothing_and_a_launchdarkly_that_does_not_run_was_sent_nothing(
    launchdarkly: RunningLaunchDarkly,
) -> None:
    request = asked(launchdarkly.desk.switch(on=True))
    launchdarkly.plans.extend([Fault.NONE] * 3 + [Answered(403, {"code": "forbidden", "message": "m"})])
    with pytest.raises(ConnectorUnreachable, match="status 403"):
        launchdarkly.client().perform(request)
    launchdarkly.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        launchdarkly.client().perform(request)
    with pytest.raises(ConnectorRefused, match="can't be asked for here"):
        launchdarkly.client().perform(ActionRequest("key_1", ActionKind.OPEN_INCIDENT, "x", {}))
    assert launchdarkly.desk.keys() == []
