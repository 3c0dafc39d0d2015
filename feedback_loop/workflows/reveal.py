"""One masked value shown to a person who may see it, for a reason that is kept.

The value stays in the raw text alone: a token is looked up in the masked texts and led back by the fragment's alignment. The rule that is
easy to break: the audit record is written first, so that nothing is ever shown that nobody can be asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.roles import Role
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, Refused
from feedback_loop.methods.alignment import Alignment
from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.ports import StateStore, TableStore

REVEALER = Role.PRIVACY_OFFICER
"""The role that may see a masked value."""

EVENT, REFUSED = "value_revealed", "reveal_refused"
_COLUMNS = ("fragment_id", "record_version_id", "masked_text", "alignment", "raw_start")


def reveal(placeholder: str, reason: str, person: str, roles: Sequence[str], tables: TableStore, state: StateStore, now: datetime) -> str:
    """The value for which the placeholder stands; raises Refused where the person may not see it, BadInput where nothing has it."""
    token = _bracketed(placeholder)
    if REVEALER not in roles:
        asked = {"placeholder": token, "reason": reason.strip()}
        state.note(REFUSED, stable_id("reveal", token, person, now), person, asked, now)
        raise Refused(f"{person} may not see masked values. Who may has the role {REVEALER}; see `identity whoami`.")
    if not reason.strip():
        raise BadInput("say why the value is needed, with --reason. The reason is kept in the audit trail.")
    fragment = _first_with(token, tables)
    # The subject of a sealed record can't be erased, so it is a hash; the content, which can be, says whose value it was.
    subject, fragment_id = stable_id("reveal", fragment["fragment_id"], token), fragment["fragment_id"]
    state.note(EVENT, subject, person, {"fragment_id": fragment_id, "placeholder": token, "reason": reason.strip()}, now)
    return _raw_value(fragment, token, tables)


def _bracketed(placeholder: str) -> str:
    token = f"[{placeholder.strip().strip('[]')}]"
    if not PLACEHOLDER.fullmatch(token) or "_" not in token:
        raise BadInput("a token looks like EMAIL_bcdfghjk, as it stands in a masked text. Copy it from there.")
    return token


def _first_with(token: str, tables: TableStore) -> dict[str, Any]:
    fragments = tables.read(TABLES["silver_fragment"], columns=_COLUMNS)
    found = fragments.filter(pl.col("masked_text").str.contains(token, literal=True)).sort("fragment_id").head(1)
    if found.is_empty():
        raise BadInput("no masked text holds this token. It may have been erased, or made with another key.")
    return found.row(0, named=True)


def _raw_value(fragment: dict[str, Any], token: str, tables: TableStore) -> str:
    version = pl.col("record_version_id") == fragment["record_version_id"]
    texts = tables.read(TABLES["bronze_feedback_record"], columns=["record_version_id", "text"]).filter(version)["text"]
    if texts.is_empty() or texts[0] is None:
        raise BadInput("the raw text of this token is gone; what was erased can't be shown.")
    start = str(fragment["masked_text"]).index(token)
    raw_start, raw_end = Alignment.unflatten(fragment["alignment"]).source_span(start, start + len(token))
    offset = int(fragment["raw_start"])
    value = str(texts[0])[offset + raw_start : offset + raw_end]
    if value == token:
        raise BadInput("the customer typed these signs; they stand for nothing.")
    return value
