"""What a callback says once it was understood: a decision, a status or a label, or nothing that concerns us.

Values only. The rule that is easy to break: nothing of these is believed before the signature of the callback was found to be right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.loop_vocab import ApprovalVerdict

Id = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
"""An id of a vendor, or of ours: printable, without blanks."""

Number = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,19}$", coerce_numbers_to_str=True)]
"""An id that is a whole number, which some payloads hold as a text."""


Form = TypeVar("Form", bound=BaseModel)


class Unreadable(Exception):
    """A payload is not of its vendor's documented form. It says nothing of what was in it."""


class Loose(BaseModel):
    """A part of a vendor's payload: the fields that we need are as documented, and vendors add others whenever they like."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Strict(BaseModel):
    """A payload whose form is ours alone: nothing else may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class Decision:
    """Somebody decided about a proposal, of whose arguments the person saw these."""

    account_id: str
    verdict: ApprovalVerdict
    proposal_id: str
    arguments_hash: str


@dataclass(frozen=True)
class TicketStatus:
    """A ticket, incident or issue of the vendor is closed, or it is open, from then on; it is ours where we have such a receipt."""

    receipts: str
    """A regular expression for the whole of it."""
    is_closed: bool
    was_closed: bool | None = None
    """None where the vendor does not say."""


@dataclass(frozen=True)
class Correction:
    """Somebody said what a complaint is truly about: of a fragment, or of a ticket in the field that was agreed on."""

    account_id: str
    class_name: str
    fragment_id: str | None = None
    ticket_id: str | None = None
    field_id: str | None = None


@dataclass(frozen=True)
class Heard:
    """One callback: what makes it this one and no other, when it happened, and what it says; None where it concerns nobody here."""

    vendor: CallbackVendor
    event_id: str
    said_at: datetime
    said: Decision | TicketStatus | Correction | None
    answer_url: str | None = field(default=None, repr=False)
    """Where the person who said it is answered; who knows it can write there."""


def read(form: type[Form], body: bytes | str) -> Form:
    """The JSON as the form; raises Unreadable."""
    try:
        return form.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError):
        raise Unreadable from None
