"""Confirmations of customers: read from what landed after a message, or recorded by a person who was told.

What counts is decided in `remediation/confirmations`. The rule that is easy to break: nothing here is assumed; who is silent stays silent.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.loop_vocab import MessageStatus
from feedback_loop.contracts.message_vocab import ConfirmationKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.confirmations import Heard, confirmations

_MESSAGE, _PROPOSAL = TABLES["remediation_message"], TABLES["remediation_proposal"]
_SAID = ["record_id", "product", "customer_id", "occurred_at", "landed_at", "rating", "masked_message"]


def hear(tables: TableStore, state: StateStore, now: datetime) -> list[Heard]:
    """The confirmations among what had landed by now, each written down at the instant at which the customer said it."""
    proposals = state.snapshot(_PROPOSAL).select("proposal_id", "product")
    found = confirmations(state.snapshot(_MESSAGE).join(proposals, on="proposal_id"), _records(tables, now))
    for one in found:
        state.move_messages([one.message_draft_id], MessageStatus.CONFIRMED, LOOP, one.at, {one.message_draft_id: str(one.kind)})
    return found


def record_confirmation(message_draft_id: str, person: str, state: StateStore, at: datetime) -> None:
    """Afterwards the message is confirmed, as the person was told; raises BadInput where it was never sent, or is confirmed already."""
    said = {message_draft_id: str(ConfirmationKind.RECORDED)}
    # The store lets a message go on from anywhere, and what was never sent can't be confirmed.
    if not _was_sent(message_draft_id, state) or not state.move_messages([message_draft_id], MessageStatus.CONFIRMED, person, at, said):
        raise BadInput("no message of this id waits for an answer. See `messages list`.")


def _was_sent(message_draft_id: str, state: StateStore) -> bool:
    return state.snapshot(_MESSAGE).filter(message_draft_id=message_draft_id).drop_nulls("sent_at").height > 0


def _records(tables: TableStore, now: datetime) -> pl.DataFrame:
    """What customers said, with the thread that it stands in and whether any of it is a complaint."""
    said = tables.read(TABLES["silver_message"], as_of=now, columns=_SAID).drop_nulls("customer_id").rename({"masked_message": "said"})
    threads = tables.read(TABLES["bronze_feedback_record"], as_of=now, columns=["record_id", "thread_id", "landed_at"])
    latest = threads.sort("landed_at").unique("record_id", keep="last").select("record_id", "thread_id")
    classes = tables.read(TABLES["analysis_classification"], columns=["fragment_id", "best_class"])
    complaints = tables.read(TABLES["silver_fragment"], columns=["fragment_id", "record_id"]).join(
        classes.filter(pl.col("best_class").is_in([str(one) for one in ISSUE_CLASSES])), on="fragment_id"
    )
    return said.join(latest, on="record_id", how="left").with_columns(
        is_complaint=pl.col("record_id").is_in(complaints["record_id"].implode())
    )
