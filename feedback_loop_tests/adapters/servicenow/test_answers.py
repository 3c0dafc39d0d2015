"""That an answer of any other form is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.adapters.servicenow.answers import instant_in, next_offset, record_in, records_in
from feedback_loop.adapters.vendor_client import UNREADABLE

ROW: dict[str, Any] = {
    "sys_id": "0" * 32, "number": "INC0000001", "correlation_id": "key_1", "correlation_display": "feedback_loop", "state": "1",
    "sys_mod_count": "3", "sys_created_on": "2026-01-05 09:30:00",
}  # fmt: skip


def test_a_record_is_read_with_its_count_of_changes() -> None:
    found = record_in({"result": ROW}, "incident")
    assert (found.place().receipt_id, found.place(0).receipt_id) == (
        f"INC0000001/incident/{'0' * 32}/3",
        f"INC0000001/incident/{'0' * 32}/0",
    )
    assert found.created_at == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        {"sys_id": "0"}, {"sys_id": None}, {"sys_id": {"link": "x", "value": "0" * 32}}, {"number": "INC/1"}, {"correlation_id": None},
        {"correlation_display": 3}, {"state": 1}, {"sys_mod_count": "many"}, {"sys_mod_count": 3}, {"sys_created_on": "yesterday"},
        {"sys_created_on": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_record_with_a_field_of_another_type_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        record_in({"result": ROW | changed}, "incident")


@pytest.mark.parametrize("body", [None, [], {}, {"result": None}, {"result": [ROW]}, {"error": {}}], ids=str)
def test_an_answer_without_a_record_is_none(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        record_in(body, "incident")


@pytest.mark.parametrize("body", [{"result": ROW}, {"result": ["x"]}, {"result": [ROW | {"correlation_id": "other"}]}], ids=str)
def test_a_list_of_anything_else_is_none(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        records_in(body, "incident", "key_1", "feedback_loop:key_1")


def test_a_record_of_another_id_or_key_is_none_of_ours() -> None:
    for other in ({"sys_id": "1" * 32}, {"key": "key_2"}):
        with pytest.raises(ValueError, match="another record"):
            record_in({"result": ROW}, "incident", **other)
    (found,) = records_in({"result": [ROW | {"correlation_display": "feedback_loop:key_2"}]}, "incident", "key_2", "feedback_loop:key_2")
    assert found.key == "key_1"


@pytest.mark.parametrize(
    ("link", "offset"),
    [
        ('<https://x/api/now/table/incident?sysparm_limit=2&sysparm_offset=4>;rel="next"', 4),
        ('<https://x?sysparm_offset=0>;rel="first",<https://x?sysparm_offset=2>;rel="next",<https://x?a=8>;rel="last"', 2),
        ('<https://x?sysparm_offset=0>;rel="first"', None),
        ("", None),
        ('<https://x>;rel="next"', None),
    ],
)  # fmt: skip
def test_the_next_page_is_where_the_link_says(link: str, offset: int | None) -> None:
    assert next_offset(link) == offset


def test_an_instant_is_a_text_of_one_form() -> None:
    for text in (None, 5, "2026-01-05T09:30:00Z", ""):
        with pytest.raises(UNREADABLE):
            instant_in(text)
