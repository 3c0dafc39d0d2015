"""That an answer of any other form is none, and which write of ours an incident tells of."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.statuspage.answers import incident_in, incidents_in
from feedback_loop.adapters.statuspage.notice import hash_of
from feedback_loop.adapters.vendor_client import UNREADABLE

FIRST = {"id": "u1", "body": "a", "created_at": "2026-01-05T09:30:00.000Z"}
SECOND = {"id": "u2", "body": "b", "created_at": "2026-01-05T01:31:00.000-08:00"}
OURS = {
    "feedback-loop-key_1": {"idempotency_key": "key_1", "wrote": "incident", "body_hash": hash_of("a")},
    "feedback-loop-key_2": {"idempotency_key": "key_2", "wrote": "update", "body_hash": hash_of("b")},
    "feedback-loop-key_3": {"idempotency_key": "key_3", "wrote": "update", "body_hash": hash_of("edited since")},
    "feedback-loop-key_4": {"idempotency_key": "other"},
    "feedback-loop-key_5": "text",
}
INCIDENT: dict[str, Any] = {
    "id": "i1", "status": "resolved", "created_at": "2026-01-05T09:30:00.000Z", "metadata": OURS, "incident_updates": [FIRST, SECOND],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "receipt_id"), [("key_1", "i1"), ("key_2", "i1/u2"), ("key_3", "i1/updated"), ("key_4", None), ("key_5", None), ("key", None)]
)
def test_a_write_is_known_by_its_key_and_an_update_by_its_text(key: str, receipt_id: str | None) -> None:
    assert incident_in(INCIDENT).receipt_id(key) == receipt_id


def test_what_was_said_last_comes_first_whatever_the_order_and_the_time_zone() -> None:
    assert [one.update_id for one in incident_in(INCIDENT).updates] == ["u2", "u1"]
    assert incident_in({**INCIDENT, "metadata": None, "incident_updates": None}).updates == ()


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, INCIDENT | {"id": 3}, INCIDENT | {"id": "I 1"}, INCIDENT | {"status": None}, INCIDENT | {"created_at": "today"},
        INCIDENT | {"created_at": "2026-01-05T09:30:00"}, INCIDENT | {"metadata": ["x"]}, INCIDENT | {"incident_updates": [3]},
        INCIDENT | {"incident_updates": [{"id": "u1"}]},
    ],
    ids=str,
)  # fmt: skip
def test_an_incident_of_any_other_form_is_none(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        incident_in(body)


def test_another_incident_is_none_and_a_list_is_a_list() -> None:
    for other in ({"incident_id": "i2"}, {"key": "key_9"}):
        with pytest.raises(ValueError, match="another incident"):
            incident_in(INCIDENT, **other)
    assert [one.incident_id for one in incidents_in([INCIDENT])] == ["i1"]
    others: list[Any] = [{"incidents": []}, None, "x"]
    for body in others:
        with pytest.raises(TypeError):
            incidents_in(body)
