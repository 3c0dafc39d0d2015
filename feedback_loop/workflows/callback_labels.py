"""Which complaint somebody corrected in another system, and whether something later was said of it.

A choice in Slack names the fragment. A field of a Zendesk ticket is the one that `label_field_id` of connectors.yaml names, and counts for
a ticket of a single complaint. The rule that is easy to break: of a ticket with several complaints nobody knows which was meant, so nothing
is said of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.callbacks.heard import Correction
from feedback_loop.remediation.connectors import Connector
from feedback_loop.workflows.callback_tickets import CALLBACK

FIELD = "label_field_id"
"""The setting of a connector that names the agreed field."""

_LABEL, _RECORD, _FRAGMENT = (TABLES[name] for name in ("state_label", "bronze_feedback_record", "silver_fragment"))


def corrected_fragment(said: Correction, vendor: CallbackVendor, connectors: Mapping[str, Connector], tables: TableStore) -> str:
    """The fragment that was corrected; raises BadInput where nobody can tell, or another field was changed."""
    if said.fragment_id is not None:
        return said.fragment_id
    fields = {one.settings.get(FIELD) for one in connectors.values() if str(one.kind) == str(vendor)}
    if said.ticket_id is None or said.field_id not in fields:
        raise BadInput(f"no field for corrections changed. Name it as {FIELD} in connectors.yaml.")
    found = _fragments_of(said.ticket_id, vendor, tables)
    if len(found) != 1:
        raise BadInput("the ticket is not of one complaint. Correct it with `labels correct`.")
    return found[0]


def is_corrected_since(fragment_id: str, said_at: datetime, state: StateStore) -> bool:
    """Whether somebody labelled the fragment later: in another system as its callback says, here when it was written down."""
    labels = state.snapshot(_LABEL).filter(fragment_id=fragment_id).select("label_id", "labelled_at")
    told = state.snapshot(CALLBACK).select(label_id="callback_about", told_at="said_at").drop_nulls("label_id")
    at = labels.join(told, on="label_id", how="left").select(pl.coalesce("told_at", "labelled_at"))
    return not at.filter(pl.col("told_at") > said_at).is_empty()


def _fragments_of(ticket_id: str, vendor: CallbackVendor, tables: TableStore) -> list[str]:
    threads = pl.DataFrame({"thread_id": [ticket_id]})
    records = tables.read(_RECORD, columns=["record_id", "source", "thread_id"], matching=threads).filter(source=str(vendor))
    wanted = records.select("record_id").unique()
    if wanted.is_empty():
        return []
    return tables.read(_FRAGMENT, columns=["fragment_id", "record_id"], matching=wanted)["fragment_id"].unique().to_list()
