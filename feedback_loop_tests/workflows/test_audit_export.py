"""An export is verified from the file and a public key alone, and whatever is done to the file is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import BadInput, NothingLanded
from feedback_loop.remediation.anchors import signed
from feedback_loop.remediation.audit import anchor_of
from feedback_loop.remediation.audit_events import closing_event, closing_of
from feedback_loop.workflows.audit_export import exported, verified_export
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.signatures import KEY, OTHER, FakeKey
from feedback_loop_tests.workflows.test_audit import Signed, noted

Event = dict[str, Any]


@pytest.fixture
def log() -> Signed:
    return noted(Signed())


class Forgetful(Signed):
    """A trail whose second content was erased."""

    def contents(self) -> dict:  # type: ignore[type-arg]
        return {number: kept for number, kept in super().contents().items() if number != 2}


def events_of(log: Signed, days: DayRange | None = None, signer: FakeKey | None = KEY) -> list[Event]:
    found: list[Event] = json.loads(json.dumps(list(exported(log, days, START, signer))))
    return found


def kinds(events: list[Event], key: FakeKey = KEY, **more: Any) -> list[str]:
    return [str(found.kind) for found in verified_export(map(json.dumps, events), key, **more).breaks]


def test_an_export_is_whole_for_whoever_has_the_public_key(log: Signed) -> None:
    report = verified_export(map(json.dumps, events_of(log)), KEY)
    assert (report.breaks, report.record_count, report.first_sequence, report.last_sequence) == ((), 4, 1, 4)
    assert (report.key_id, report.erased) == (KEY.key_id, ())


def test_an_export_holds_all_that_is_needed_to_verify_it_with_other_tools(log: Signed) -> None:
    previous = "0" * 64
    for event in events_of(log)[:-1]:
        data = event["data"]
        content = json.dumps(data["content"], separators=(",", ":"), sort_keys=True)
        record = {
            "sequence": data["sequence"], "recorded_at": event["time"], "event": event["type"].removeprefix("feedback_loop.audit."),
            "subject_id": event["subject"], "actor": data["agent"]["id"], "commitment": data["commitment"],
            "previous_hash": data["previous_hash"],
        }  # fmt: skip
        assert hashlib.sha256((data["salt"] + content).encode()).hexdigest() == data["commitment"]
        assert hashlib.sha256(json.dumps(record, separators=(",", ":"), sort_keys=True).encode()).hexdigest() == data["record_hash"]
        assert data["previous_hash"] == previous
        previous = data["record_hash"]


def test_a_part_of_the_trail_verifies_by_itself(log: Signed) -> None:
    log("late", "proposal_9", "ada", {}, START + timedelta(days=3))
    log.anchors_now.append(signed(anchor_of(log.records_now[-1]), START, KEY))
    log.note(6)
    only = DayRange(date(2026, 1, 8), date(2026, 1, 8))
    events = events_of(log, only)
    assert [event["data"].get("sequence") for event in events] == [5, None]
    report = verified_export(map(json.dumps, events), KEY)
    assert (report.breaks, report.first_sequence, report.last_sequence) == ((), 5, 5)


def test_days_without_a_record_are_said_to_have_none(log: Signed) -> None:
    with pytest.raises(NothingLanded, match="no audit record"):
        events_of(log, DayRange(date(2020, 1, 1), date(2020, 1, 2)))


def test_erased_content_is_counted_by_the_closing_so_that_more_can_not_be_taken_out() -> None:
    log = noted(Forgetful())
    events = events_of(log)
    report = verified_export(map(json.dumps, events), KEY)
    assert (report.breaks, report.erased) == ((), (2,))
    events[2]["data"] |= {"content": None, "salt": None, "is_erased": True}
    assert kinds(events) == ["content_changed"]


def resigned(events: list[Event], key: FakeKey, **changes: Any) -> list[Event]:
    closing = closing_of(events[-1])
    return [*events[:-1], closing_event(type(closing)(**{**vars(closing), **changes}).signed(key))]


ATTACKS: dict[str, tuple[Callable[[list[Event]], object], set[str]]] = {
    "a line is left out": (lambda events: events.pop(1), {"missing"}),
    "the first line is left out": (lambda events: events.pop(0), {"missing"}),
    "the last record is left out": (lambda events: events.pop(-2), {"truncated", "missing", "replaced"}),
    "the closing is left out": (lambda events: events.pop(), {"truncated"}),
    "the end is cut": (lambda events: events.__delitem__(slice(2, None)), {"truncated"}),
    "two lines change places": (lambda events: events.insert(0, events.pop(1)), {"reordered", "edited", "replaced", "inserted"}),
    "a line is written twice": (lambda events: events.insert(1, events[0]), {"inserted"}),
    "a line follows on the closing": (lambda events: events.append(events[0]), {"inserted"}),
    "the closing is written twice": (lambda events: events.append(events[-1]), {"inserted"}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_whose_lines_were_taken_moved_or_added_is_found(log: Signed, attack: str) -> None:
    events = events_of(log)
    change, named = ATTACKS[attack]
    change(events)
    found = set(kinds(events))
    assert found
    assert found & named, found


def test_a_closing_that_somebody_else_signed_is_found(log: Signed) -> None:
    events = events_of(log)
    assert kinds(resigned(events, OTHER)) == ["foreign_key"]
    assert kinds(resigned(events, OTHER), OTHER) == ["foreign_key"], "its anchor was signed by ours"
    shorter = resigned([*events[:2], events[-1]], OTHER, last_sequence=2, record_count=2, record_hash=events[1]["data"]["record_hash"])
    assert "foreign_key" in kinds(shorter)
    forged = resigned(events, OTHER)
    forged[-1]["data"]["key_id"] = KEY.key_id
    assert kinds(forged) == ["forged"]


def test_an_export_that_nobody_signed_says_so(log: Signed) -> None:
    assert kinds(events_of(log, signer=None)) == ["unsigned"]


def test_an_anchor_that_is_kept_elsewhere_is_held_against_the_export(log: Signed) -> None:
    kept = [log.anchors_now[1]]
    assert kinds(events_of(log), kept=kept) == []
    assert kinds(events_of(log), kept=[replace(kept[0], record_hash="00")]) == ["replaced"]


LEAVES = st.none() | st.booleans() | st.integers(-9, 2**60) | st.text(max_size=6)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a value stands in what JSON holds."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for name, part in parts for place in places(part, (*path, name)))]


@given(st.data())
def test_any_single_change_of_any_value_of_any_line_is_found(data: st.DataObject) -> None:
    events = events_of(noted(Signed()))
    number = data.draw(st.integers(0, len(events) - 1))
    *parents, name = data.draw(st.sampled_from(places(events[number])))
    place: Any = events[number]
    for part in parents:
        place = place[part]
    if data.draw(st.booleans()):
        place[name] = data.draw(LEAVES.filter(lambda value: json.dumps(value) != json.dumps(place[name])))
    else:
        del place[name]
    with suppress(BadInput):  # said to be no export at all
        assert kinds(events) != []


@pytest.mark.parametrize(
    "line", ["", "no JSON", "[]", "7", '{"type": "feedback_loop.audit.exported"}', "[" * 5000, '{"a": 1, "a": 2}', "{" + '"a":{' * 3000]
)
def test_a_line_that_is_none_of_an_export_ends_with_one_sentence(log: Signed, line: str) -> None:
    lines = [*map(json.dumps, events_of(log)), line]
    with pytest.raises(BadInput, match=r"^line 6: "):
        verified_export(lines, KEY)


def test_a_name_that_is_written_twice_in_a_line_is_refused(log: Signed) -> None:
    first, *others = map(json.dumps, events_of(log))
    doubled = first.replace('"specversion": "1.0"', '"specversion": "0.3", "specversion": "1.0"')
    with pytest.raises(BadInput, match="line 1"):
        verified_export([doubled, *others], KEY)


def test_an_empty_file_is_no_whole_export() -> None:
    assert kinds([]) == ["truncated"]
