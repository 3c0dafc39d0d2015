"""Taking a message back: it is changed and replied to once, whatever goes wrong, and left alone where it is not ours any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.slack.running import RunningSlack
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL

ASKED = ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", {"job_id": "sync-7"})
FAULTS = (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE)
CHANGED = ["Taken back: Retry job: sync", "Taken back: Retry job: sync"]


def posted(slack: RunningSlack) -> ActionRequest:
    """The request to take back what was posted just now."""
    receipt = slack.client().perform(ASKED)
    undone = {"undone_kind": "retry_job", "undone_target": "sync", "undone_key": "key_1", "undone_receipt_id": receipt.receipt_id}
    return ActionRequest("key_2", ActionKind.REVERSE_ACTION, CHANNEL, {"connector": "ops-slack", **undone, "steps": ["stop the job"]})


def test_the_message_says_so_and_a_reply_tells_why(slack: RunningSlack) -> None:
    reversal = posted(slack)
    receipt = slack.client().perform(reversal)
    message, reply = slack.desk.channels[CHANNEL]
    assert slack.desk.said() == CHANGED
    assert (reply["thread_ts"], receipt.receipt_id) == (message["ts"], f"{CHANNEL}/{reply['ts']}")
    assert slack.client().perform(reversal).receipt_id == receipt.receipt_id
    found, undone = slack.client().receipt_for("key_2"), slack.client().receipt_for("key_1")
    assert found is not None
    assert undone is not None
    assert (found.receipt_id, undone.receipt_id) == (receipt.receipt_id, f"{CHANNEL}/{message['ts']}")


def test_a_reply_that_the_channel_does_not_show_is_found_in_its_thread(slack: RunningSlack) -> None:
    reversal = posted(slack)
    receipt = slack.client().perform(reversal)
    slack.desk.channels[CHANNEL][1].pop("reply_broadcast")
    assert slack.client().receipt_for("key_2") is None
    assert slack.client().perform(reversal).receipt_id == receipt.receipt_id
    assert slack.desk.said() == CHANGED


@pytest.mark.parametrize("position", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_with_any_request_it_is_taken_back_once(slack: RunningSlack, position: int, fault: Fault) -> None:
    reversal = posted(slack)
    slack.faults.extend([Fault.NONE] * position + [fault] * (4 if position < 3 else 1))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        slack.client().perform(reversal)
    slack.faults.clear()
    slack.clock.advance(SETTLING)
    slack.client().perform(reversal)
    assert slack.desk.said() == CHANGED


def test_a_message_that_is_gone_or_is_not_ours_is_left_alone(slack: RunningSlack) -> None:
    reversal = posted(slack)
    (message,) = slack.desk.channels[CHANNEL]
    strange = replace(reversal, arguments={**reversal.arguments, "undone_key": "key_of_another"})
    with pytest.raises(ConnectorRefused, match="not as the loop left it"):
        slack.client().perform(strange)
    slack.desk.delete(message["ts"])
    with pytest.raises(ConnectorRefused, match="the message is gone"):
        slack.client().perform(reversal)
    assert slack.desk.said() == []


def test_what_another_reversal_took_back_is_not_taken_back_again(slack: RunningSlack) -> None:
    reversal = posted(slack)
    slack.client().perform(reversal)
    with pytest.raises(ConnectorRefused, match="taken back before"):
        slack.client().perform(replace(reversal, idempotency_key="key_3"))
    assert slack.desk.said() == CHANGED


def test_a_reversal_that_names_no_message_is_refused(slack: RunningSlack) -> None:
    reversal = posted(slack)
    with pytest.raises(ConnectorRefused, match="undone_receipt_id is no id"):
        slack.client().perform(replace(reversal, arguments={**reversal.arguments, "undone_receipt_id": "REL-7"}))
    assert slack.desk.said() == ["Retry job: sync"]
