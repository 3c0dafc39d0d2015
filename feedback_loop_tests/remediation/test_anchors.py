"""Signed anchors: what the key did not sign is found, what is from before signing is counted, and a file that was cut is missed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.audit_trail import Anchor, AuditEntry, AuditRecord
from feedback_loop.remediation.anchors import broken_signatures, from_before, newest_of, signed, statement_of, unanchored
from feedback_loop.remediation.audit import anchor_of, seal
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.signatures import KEY, OTHER, FakeKey


def anchors(count: int, key: FakeKey = KEY, begin: int = 1) -> list[Anchor]:
    return [signed(Anchor(n, f"hash{n}"), START + timedelta(minutes=n), key) for n in range(begin, begin + count)]


def unsigned(count: int) -> list[Anchor]:
    return [Anchor(n, f"hash{n}") for n in range(1, count + 1)]


def kinds(found: list[Anchor], key: FakeKey | None = KEY, *, every: bool = True) -> list[tuple[str, int]]:
    return [(str(one.kind), one.sequence) for one in broken_signatures(found, key, every=every)]


def records(count: int, minutes: int = 1) -> list[AuditRecord]:
    made: list[AuditRecord] = []
    for number in range(count):
        entry = AuditEntry(START + timedelta(minutes=minutes * number), "noted", "subject", "ada", {})
        made.append(seal(made[-1] if made else None, entry, "5a"))
    return made


def test_what_the_key_signed_is_no_break() -> None:
    assert kinds(anchors(3)) == kinds(anchors(3), every=False) == []
    assert kinds([]) == []


@given(st.integers(0, 2), st.sampled_from([one.name for one in fields(Anchor)]), st.data())
def test_any_change_of_any_field_of_any_signed_anchor_is_found(place: int, name: str, data: st.DataObject) -> None:
    found = anchors(3)
    before = getattr(found[place], name)
    values: st.SearchStrategy[object] = st.integers(-5, 2**60) if name == "sequence" else st.one_of(st.none(), st.text(max_size=70))
    changed: dict[str, Any] = {name: data.draw(values.filter(lambda value: value != before))}
    found[place] = replace(found[place], **changed)
    assert kinds(found) != []


def test_each_kind_of_wrong_signature_is_named() -> None:
    ours = anchors(2)
    assert kinds([*ours, *anchors(1, OTHER, 3)]) == [("foreign_key", 3)]
    assert kinds([*ours, replace(anchors(1, OTHER, 3)[0], key_id=KEY.key_id)]) == [("forged", 3)]
    assert kinds([*ours, Anchor(3, "hash3")]) == [("unsigned", 3)]
    assert kinds(unsigned(3)) == [("unsigned", 3)]
    assert kinds(ours, None) == [("foreign_key", 1)]


def test_an_anchor_that_has_no_canonical_form_was_signed_by_nobody() -> None:
    assert kinds([replace(anchors(1)[0], sequence=2**60)]) == [("forged", 2**60)]
    assert kinds([replace(anchors(1)[0], record_hash="\ud800")]) == [("forged", 1)]


def test_without_every_the_newest_signature_is_computed_and_every_key_compared() -> None:
    old = [replace(anchors(1)[0], signature="00"), *anchors(1, begin=2)]
    assert kinds(old) == [("forged", 1)]
    assert kinds(old, every=False) == []
    assert kinds([*anchors(1, OTHER), *anchors(1, begin=2)], every=False) == [("foreign_key", 1)]
    assert kinds([*anchors(1), replace(anchors(1, begin=2)[0], signature="00")], every=False) == [("forged", 2)]


def test_what_is_from_before_signing_is_counted_and_no_break() -> None:
    upgraded = [*unsigned(3), *anchors(2, begin=4)]
    assert (kinds(upgraded), from_before(upgraded)) == ([], 3)
    assert (kinds(unsigned(3), None), from_before(unsigned(3))) == ([], 3)
    assert from_before(anchors(2)) == from_before([]) == 0


def test_an_anchor_without_signature_after_a_signed_one_is_a_break() -> None:
    assert kinds([*anchors(1), Anchor(1, "hash1")]) == [("unsigned", 1)]


def test_a_signature_covers_its_purpose() -> None:
    (anchor,) = anchors(1)
    assert b'"purpose":"feedback_loop audit anchor 1"' in statement_of(anchor)
    assert anchor.signature is not None
    assert anchor.signature not in statement_of(anchor).decode()


@pytest.mark.parametrize(("known", "after"), [(5, 0), (4, 1), (0, 5)])
def test_records_of_one_change_may_follow_on_the_newest_anchor(known: int, after: int) -> None:
    made = records(5, minutes=0)
    anchor = [anchor_of(made[known - 1])] if known else []
    assert unanchored(made, anchor) == (after, [])


def test_records_of_more_than_one_change_after_the_newest_anchor_tell_of_a_file_that_was_cut() -> None:
    made = records(5)
    assert unanchored(made, [anchor_of(made[3])]) == (1, [])
    count, (found,) = unanchored(made, [anchor_of(made[2]), anchor_of(made[1])])
    assert (count, str(found.kind), found.sequence) == (2, "unanchored", 3)


def test_the_newest_anchor_is_that_of_the_highest_sequence() -> None:
    one, two = unsigned(2)
    assert newest_of([two, one]) == two
    assert newest_of([]) is None
