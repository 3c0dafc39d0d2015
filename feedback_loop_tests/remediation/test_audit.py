"""The audit chain: whatever is altered is found, and what was erased on purpose is no alteration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.audit_trail import StoredContent
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import canonical_json, instant_text
from feedback_loop.errors import BadInput
from feedback_loop.remediation import audit
from feedback_loop.remediation.audit import Anchor, AuditEntry, AuditRecord, anchor_of, commitment, erased, seal, verify

START = datetime(2026, 3, 17, 12, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.one_of(WORDS, st.integers(-(2**50), 2**50), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none())
ENTRIES = st.builds(
    AuditEntry,
    recorded_at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    event=WORDS,
    subject_id=WORDS,
    actor=WORDS,
    content=st.dictionaries(WORDS, VALUES, max_size=3),
)
SALT = "5a17"

Trail = tuple[list[AuditRecord], dict[int, tuple[str, Mapping[str, object]]]]


def sealed(entries: list[AuditEntry]) -> Trail:
    records: list[AuditRecord] = []
    for entry in entries:
        records.append(seal(records[-1] if records else None, entry, SALT))
    return records, {n: (SALT, entry.content) for n, entry in enumerate(entries, 1)}


def entry(number: int, **changed: object) -> AuditEntry:
    made = AuditEntry(START + timedelta(minutes=number), "approved", f"proposal_{number}", "ada", {"number": number})
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.fixture
def trail() -> Trail:
    return sealed([entry(n) for n in range(1, 7)])


TRAILS = st.lists(ENTRIES, min_size=1, max_size=6).map(sealed)


def kinds(records: list[AuditRecord], contents: Mapping[int, tuple[str, Mapping[str, object]]], anchor: Anchor | None) -> list[str]:
    return [found.kind.value for found in verify(records, contents, anchor)]


@given(TRAILS)
def test_a_trail_that_nobody_touched_is_whole(trail: Trail) -> None:
    records, contents = trail
    assert verify(records, contents, anchor_of(records[-1])) == []
    assert verify(records, contents, None) == []
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))


def test_an_empty_trail_is_whole_unless_the_anchor_knows_of_a_record(trail: Trail) -> None:
    assert verify([], {}, None) == []
    assert kinds([], {}, anchor_of(trail[0][-1])) == ["truncated"]


@given(TRAILS, st.data())
def test_an_edit_of_any_field_of_any_record_is_found(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    place = data.draw(st.integers(0, len(records) - 1))
    name = data.draw(st.sampled_from([f.name for f in fields(AuditRecord)]))
    before = getattr(records[place], name)
    others = {"sequence": st.integers(-1, 9), "recorded_at": st.datetimes(timezones=st.just(UTC))}
    after = data.draw(others.get(name, WORDS).filter(lambda value: value != before))
    records[place] = AuditRecord(**{**vars(records[place]), name: after})
    assert verify(records, contents, anchor) != []
    assert verify(records, {}, None) != []


@given(TRAILS, st.data())
def test_a_removed_record_is_found_even_if_it_was_the_last(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    del records[data.draw(st.integers(0, len(records) - 1))]
    assert verify(records, contents, anchor) != []


@given(TRAILS.filter(lambda trail: len(trail[0]) > 1), st.data())
def test_two_records_that_changed_places_are_found(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    one, other = data.draw(st.lists(st.integers(0, len(records) - 1), min_size=2, max_size=2, unique=True))
    numbered = list(records)
    numbered[one] = replace(records[other], sequence=one + 1)
    numbered[other] = replace(records[one], sequence=other + 1)
    records[one], records[other] = records[other], records[one]
    assert verify(records, contents, None) != []
    assert verify(numbered, contents, None) != []


@given(TRAILS, ENTRIES, st.data())
def test_an_inserted_record_is_found_even_if_it_is_sealed_well(trail: Trail, extra: AuditEntry, data: st.DataObject) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    place = data.draw(st.integers(0, len(records) - 1))
    records.insert(place, seal(records[place - 1] if place else None, extra, "beef"))
    assert verify(records, contents, anchor) != []


@given(TRAILS, st.data())
def test_an_end_that_was_sealed_anew_is_found_by_the_anchor_alone(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    place = data.draw(st.integers(0, len(records) - 1))
    forged = records[:place]
    for number, old in enumerate(records[place:], place + 1):
        copied = AuditEntry(old.recorded_at, old.event, old.subject_id, f"{old.actor}!", contents[number][1])
        forged.append(seal(forged[-1] if forged else None, copied, SALT))
    assert verify(forged, contents, None) == []
    assert kinds(forged, contents, anchor) == ["replaced"]


@given(TRAILS, st.data())
def test_content_that_was_changed_is_found(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    number = data.draw(st.integers(1, len(records)))
    salt, content = contents[number]
    contents[number] = data.draw(st.sampled_from([(salt, {**content, "more": 1}), (f"{salt}0", content)]))
    assert verify(records, contents, anchor_of(records[-1])) == verify(records, contents, None)
    assert [(found.kind, found.sequence) for found in verify(records, contents, None)] == [(AuditBreakKind.CONTENT_CHANGED, number)]


LEAVES = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | WORDS


@given(TRAILS.filter(lambda trail: any(kept[1] for kept in trail[1].values())), st.data())
def test_any_change_of_any_value_of_any_content_is_found(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    number = data.draw(st.sampled_from([n for n, kept in contents.items() if kept[1]]))
    salt, content = contents[number]
    name = data.draw(st.sampled_from(sorted(content)))
    is_same = canonical_json({"value": content[name]})
    value = data.draw(LEAVES.filter(lambda value: canonical_json({"value": value}) != is_same))
    contents[number] = (salt, {**content, name: value})
    assert kinds(records, contents, anchor_of(records[-1])) == ["content_changed"]
    contents[number] = (salt, {other: kept for other, kept in content.items() if other != name})
    assert kinds(records, contents, None) == ["content_changed"]


@given(TRAILS, st.data())
def test_a_content_is_verified_by_its_stored_text_or_by_what_the_text_says(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    stored = {n: (salt, StoredContent(canonical_json(content).decode())) for n, (salt, content) in contents.items()}
    assert verify(records, stored, anchor_of(records[-1])) == []
    number = data.draw(st.integers(1, len(records)))
    text = stored[number][1].text
    said_otherwise = {**stored, number: (SALT, StoredContent(f" {text} "))}
    assert verify(records, said_otherwise, None) == []
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda one: one != text[place]))
    altered = StoredContent(text[:place] + letter + text[place + 1 :])
    is_same = _means_the_same(altered, contents[number][1])
    assert kinds(records, {**stored, number: (SALT, altered)}, None) == ([] if is_same else ["content_changed"])


def _means_the_same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether both have the same canonical JSON, as 1e3 and 1E3 do."""
    try:
        return canonical_json(one) == canonical_json(other)
    except BadInput:
        return False


def test_a_part_of_the_trail_is_verified_from_the_record_before_it(trail: Trail) -> None:
    records, contents = trail
    part = records[3:]
    assert verify(part, contents, anchor_of(records[-1]), anchor_of(records[2])) == []
    assert [found.kind.value for found in verify(part, contents, None, anchor_of(records[1]))] == ["missing"]
    assert [found.kind.value for found in verify(part, contents, None, Anchor(3, "00"))] == ["replaced"]
    assert verify(records, contents, None, anchor_of(records[2]))[0].kind is AuditBreakKind.INSERTED


@given(TRAILS, st.data())
def test_erased_content_is_reported_and_no_break(trail: Trail, data: st.DataObject) -> None:
    records, contents = trail
    gone = data.draw(st.sets(st.integers(1, len(records))))
    left = {number: kept for number, kept in contents.items() if number not in gone}
    assert verify(records, left, anchor_of(records[-1])) == []
    assert erased(records, left) == sorted(gone)


def test_each_kind_of_break_is_named_for_what_it_is(trail: Trail) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    edited = [*records[:2], replace(records[2], actor="mallory"), *records[3:]]
    resealed = [*records[:2], seal(records[1], entry(3, actor="mallory"), SALT), *records[3:]]
    assert kinds(edited, contents, anchor) == ["edited"]
    assert kinds(resealed, contents, anchor) == ["replaced"]
    assert kinds([*records[:2], *records[4:]], contents, anchor) == ["missing"]
    assert kinds(records[:-1], contents, anchor) == ["truncated"]
    assert kinds([*records, records[2]], contents, anchor) == ["inserted"]
    assert set(kinds([records[0], records[2], records[1], *records[3:]], contents, anchor)) == {"reordered"}


def test_records_whose_numbers_can_not_be_are_named_for_that(trail: Trail) -> None:
    records, contents = trail
    anchor = anchor_of(records[-1])
    assert kinds([replace(records[0], sequence=0), *records], contents, None)[0] == "inserted"
    assert kinds([replace(records[0], sequence=7), *records[1:]], contents, None)[0] == "missing"
    assert kinds([*records[:2], *records[3:]], contents, anchor_of(records[2])) == ["missing", "replaced"]
    assert kinds([records[0], *records[2:], records[1]], contents, anchor)[0] == "reordered"
    assert kinds([], contents, Anchor(1, records[0].record_hash)) == ["truncated"]


def test_the_hashes_of_a_trail_stay_the_same_for_ever() -> None:
    (first, second), _ = sealed([entry(1), entry(2)])
    assert first.previous_hash == "0" * 64
    assert first.commitment == "a5bc167e3780988f0381e38c0e01264203b54ad120618cd7280d4bd2feecfb1a"
    assert second.record_hash == "495a559f296db35fe0de4002144046d1bb4f24d820fad4547aa44fb749148e3c"


def test_a_break_names_the_record_at_fault_and_what_to_do(trail: Trail) -> None:
    records, contents = trail
    found = verify([*records[:2], *records[4:]], contents, None)
    assert [f.sequence for f in found] == [3]
    assert "the records from 3 to 4 are gone" in str(found[0])
    assert "backup" in found[0].advice


def test_several_breaks_are_all_found_each_once(trail: Trail) -> None:
    records, contents = trail
    records[1], records[4] = replace(records[1], event="x"), replace(records[4], event="y")
    contents[6] = (SALT, {})
    found = verify(records, contents, anchor_of(records[-1]))
    assert [(f.kind.value, f.sequence) for f in found] == [("edited", 2), ("edited", 5), ("content_changed", 6)]


def test_records_after_the_anchor_are_no_break(trail: Trail) -> None:
    records, contents = trail
    assert verify(records, contents, anchor_of(records[2])) == []


@given(TRAILS)
def test_a_record_is_hashed_as_rfc_8785_writes_it(trail: Trail) -> None:
    for record in trail[0]:
        plain = {**vars(record), "recorded_at": instant_text(record.recorded_at)}
        del plain["record_hash"]
        assert audit._WRITE(plain).encode() == rfc8785.dumps(plain)
        assert json.loads(audit._WRITE(plain)) == plain


@given(st.dictionaries(WORDS, VALUES), st.dictionaries(WORDS, VALUES))
def test_a_commitment_is_a_function_of_salt_and_content(one: dict[str, object], other: dict[str, object]) -> None:
    assert commitment("ab", one) == commitment("ab", dict(reversed(one.items())))
    assert (commitment("ab", one) == commitment("ab", other)) == (rfc8785.dumps(one) == rfc8785.dumps(other))  # type: ignore[arg-type]
    assert commitment("ab", one) != commitment("ac", one)


def test_a_salt_that_could_pass_for_content_is_refused_when_sealing_and_a_break_when_verifying(trail: Trail) -> None:
    records, contents = trail
    with pytest.raises(BadInput, match="salt"):
        commitment("a{", {})
    contents[1] = ("a{", {})
    assert kinds(records, contents, None) == ["content_changed"]
