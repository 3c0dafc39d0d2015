"""Taking back through LaunchDarkly: the change is there again, unless somebody changed the flag since."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.launchdarkly.launchdarkly_desk import FLAG
from feedback_loop_tests.adapters.launchdarkly.running import RunningLaunchDarkly
from feedback_loop_tests.adapters.launchdarkly.test_client import AFTER_WRITE, BEFORE_WRITE, SECOND, asked
from feedback_loop_tests.adapters.vendor_server import Plan


def reversal_of(receipt_id: str | None, undone_key: str = "key_1") -> ActionRequest:
    """As `remediation/reversal` asks for it."""
    arguments: dict[str, Any] = {
        "connector": "flags",
        "undone_kind": "roll_back_config",
        "undone_target": "change_1",
        "undone_key": undone_key,
        "undone_receipt_id": receipt_id,
        "steps": ["Apply the change again."],
    }
    return ActionRequest("key_back", ActionKind.REVERSE_ACTION, str(receipt_id).partition("/")[0], arguments)


def set_back(launchdarkly: RunningLaunchDarkly) -> str:
    """The receipt of a change that was set back some time ago."""
    receipt = launchdarkly.client().perform(asked(launchdarkly.desk.switch(on=True, offVariation=0)))
    launchdarkly.clock.advance(SECOND)
    return receipt.receipt_id


def test_what_was_set_back_is_there_again_once(launchdarkly: RunningLaunchDarkly) -> None:
    back = reversal_of(set_back(launchdarkly))
    for _ in range(70):
        launchdarkly.desk.switch("other", on=True)
    first = launchdarkly.client().perform(back)
    assert (first.receipt_id, launchdarkly.desk.now()["on"], launchdarkly.desk.now()["offVariation"]) == (f"{FLAG}/production/10", True, 0)
    assert launchdarkly.client().perform(back).receipt_id == first.receipt_id
    assert launchdarkly.desk.keys() == ["key_1", "key_back"]


def test_a_flag_that_somebody_changed_since_is_left_as_it_is(launchdarkly: RunningLaunchDarkly) -> None:
    back = reversal_of(set_back(launchdarkly))
    launchdarkly.desk.switch(trackEvents=True)
    with pytest.raises(ConnectorRefused, match="somebody changed the flag since"):
        launchdarkly.client().perform(back)
    assert launchdarkly.desk.now()["on"] is False


def test_what_the_audit_log_does_not_know_or_is_not_allowed_is_left_as_it_is(launchdarkly: RunningLaunchDarkly) -> None:
    receipt_id = set_back(launchdarkly)
    with pytest.raises(ConnectorRefused, match="does not know"):
        launchdarkly.client().perform(reversal_of(receipt_id, "key_of_another"))
    with pytest.raises(ConnectorRefused, match="not allowed"):
        launchdarkly.client(environments=("staging",)).perform(reversal_of(receipt_id))
    with pytest.raises(ConnectorRefused, match="404"):
        launchdarkly.client().perform(reversal_of("gone/production/3"))
    assert launchdarkly.desk.keys() == ["key_1"]


@pytest.mark.parametrize("receipt_id", [None, "", FLAG, f"{FLAG}/production", f"{FLAG}/production/x", f"{FLAG}/a b/3", "a/b/c/3"])
def test_what_is_no_receipt_of_ours_is_refused(launchdarkly: RunningLaunchDarkly, receipt_id: str | None) -> None:
    with pytest.raises(ConnectorRefused, match="undone_receipt_id"):
        launchdarkly.client().perform(reversal_of(receipt_id))


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2, 3, 4])
def test_it_is_taken_back_once_whatever_goes_wrong_with_any_request(launchdarkly: RunningLaunchDarkly, position: int, plan: Plan) -> None:
    """The requests are the log for our key, the flag, the log for the undone key, its entry, and the patch."""
    back = reversal_of(set_back(launchdarkly))
    launchdarkly.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 4 else 4))
    client = launchdarkly.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(back)
    launchdarkly.plans.clear()
    launchdarkly.clock.advance(SETTLING)
    client.perform(back)
    assert (launchdarkly.desk.keys(), launchdarkly.desk.now()["on"]) == (["key_1", "key_back"], True)
