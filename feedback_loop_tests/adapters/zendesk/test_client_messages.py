"""Messages to customers through Zendesk: drafts that an agent reads first, on the customer's ticket or a ticket of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind, MessageKind
from feedback_loop.errors import ConnectorRefused
from feedback_loop.remediation.messages import IssueFacts, rendered
from feedback_loop_tests.adapters.zendesk.running import RunningZendesk

TEXT = rendered(next(iter(MessageKind)), IssueFacts("proposal_1", "Printwren"), "en")
MESSAGE = ActionRequest("message_1", ActionKind.SEND_MESSAGE, "customer_8", {"text": TEXT, "language": "en"})
DRAFT = f"Draft for an agent to send to customer customer_8 (en). Nothing was sent.\n\n{TEXT}\n\nSent once under the key message_1"


def test_a_message_without_a_ticket_is_a_ticket_whose_only_comment_is_a_private_draft(zendesk: RunningZendesk) -> None:
    assert zendesk.client().perform(MESSAGE).receipt_id == "1001"
    (ticket,) = zendesk.desk.tickets.values()
    assert (ticket["subject"], ticket["requester_id"], "type" in ticket) == ("Send message: customer_8", 901, False)
    assert zendesk.desk.notes_of(1001) == [DRAFT]
    assert zendesk.client().perform(MESSAGE).is_repeat is True


def test_a_message_that_names_a_ticket_is_an_internal_note_on_it(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    named = replace(MESSAGE, arguments={**MESSAGE.arguments, "ticket_id": "7"})
    assert zendesk.client().perform(named).receipt_id == "7/7001"
    assert zendesk.desk.notes_of(7) == [DRAFT]
    assert zendesk.desk.tickets[7]["status"] == "open"


def test_the_wording_of_a_macro_opens_the_draft_where_the_settings_name_one(zendesk: RunningZendesk) -> None:
    zendesk.client(settings={"macro_id": "5"}).perform(MESSAGE)
    assert zendesk.desk.tickets[1001]["macro_ids"] == [5]
    assert f"Nothing was sent.\n\nHello, we owe you news.\n\n{TEXT}\n\nSent once" in zendesk.desk.notes_of(1001)[0]


def test_a_macro_that_is_not_there_is_refused(zendesk: RunningZendesk) -> None:
    with pytest.raises(ConnectorRefused, match="macro 6: status 404"):
        zendesk.client(settings={"macro_id": "6"}).perform(MESSAGE)
    assert zendesk.desk.tickets == {}


@pytest.mark.parametrize("text", [None, 7, "", "x" * 5_001, "bell\x07", "tab\there"])
def test_what_is_no_plain_text_is_refused(zendesk: RunningZendesk, text: object) -> None:
    with pytest.raises(ConnectorRefused, match="text is no id"):
        zendesk.client().perform(replace(MESSAGE, arguments={"text": text, "language": "en"}))
    assert zendesk.desk.tickets == {}
