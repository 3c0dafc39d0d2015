"""Customers who complain of the crash that the made-up proposal mends, two of them with consent, in tables that landed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore

FRAGMENT, CLASS, CUSTOMER = (TABLES[name] for name in ("silver_fragment", "analysis_classification", "context_customer"))
CONSENT = {"anna": "yes", "ben": "no", "carl": None, "dora": "yes"}


def complaint(customer: str | None, **changes: Any) -> dict[str, Any]:
    """A crash in the alert's segment, an hour after the onset; its class is told beside it."""
    at = START - timedelta(hours=5)
    said = {"customer_id": customer, "product": "Printwren", "browser": "Safari 18", "occurred_at": at, "landed_at": at}
    return said | {"event_date": at.date(), "best_class": "crash"} | changes


def tables_of(*complaints: dict[str, Any]) -> FakeTableStore:
    store = FakeTableStore()
    named = [{"fragment_id": f"f{n}"} | said for n, said in enumerate(complaints)]
    store.append(FRAGMENT, frame_of(FRAGMENT, *({k: v for k, v in said.items() if k != "best_class"} for said in named)))
    store.append(CLASS, frame_of(CLASS, *({name: said[name] for name in ("fragment_id", "best_class", "event_date")} for said in named)))
    known = [
        {"statement_id": f"s_{name}", "known_customer_id": name, "product": "Printwren", "locale": "de-DE", "consent": consent}
        for name, consent in CONSENT.items()
    ]
    store.append(CUSTOMER, frame_of(CUSTOMER, *(row | {"landed_at": START - timedelta(days=9)} for row in known)))
    return store


ALL = [complaint(name) for name in (*CONSENT, "anna")]
