"""The audit trail for somebody outside: written as CloudEvents, and verified again from the file and a public key alone.

The form of an event stands in `remediation/audit_events.py`. The rule that is easy to break: what is exported is one stretch of the chain
without gaps, closed by a signed line that says where it begins and ends, so that lines that are left out are missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditRecord
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import instant_text, parsed_json
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.signatures import Signer, VerifyingKey
from feedback_loop.errors import BadInput, NothingLanded
from feedback_loop.ports import AuditLog
from feedback_loop.remediation.anchors import broken_signatures, newest_of
from feedback_loop.remediation.audit import erased, replaced, verify
from feedback_loop.remediation.audit_events import (
    CLOSING,
    Closing,
    Kept,
    anchor_in,
    closing_event,
    closing_of,
    event_of,
    kept_of,
)


@dataclass(frozen=True)
class ExportReport:
    """What verifying an export found; `first_sequence` is 1 where it begins with the trail."""

    record_count: int
    first_sequence: int
    last_sequence: int
    key_id: str
    breaks: tuple[AuditBreak, ...]
    erased: tuple[int, ...]


def exported(log: AuditLog, days: DayRange | None, at: datetime, signer: Signer | None) -> Iterator[dict[str, Any]]:
    """The events of the stretch from the first to the last record of the days, and the closing one.

    Raises NothingLanded where there is no record. Without a signer the closing is unsigned, which whoever verifies it is told.
    """
    anchors = log.anchors()
    contents, stretch = log.contents(), _stretch(log.records(), days)
    if not stretch:
        raise NothingLanded("no audit record was written on these days", "Name other days with --from and --to.")
    for record in stretch:
        yield event_of(Kept(record, *contents.get(record.sequence, (None, None))))
    closing = _closing(stretch, anchors, len([r for r in stretch if r.sequence not in contents]), at)
    yield closing_event(closing if signer is None else closing.signed(signer))


def verified_export(lines: Iterable[str], key: VerifyingKey, kept: Sequence[Anchor] = ()) -> ExportReport:
    """What of an export is not as it was sealed, signed and written; raises BadInput where a line is no event.

    `kept` are anchors that somebody keeps elsewhere.
    """
    found, closing, edited = _read(lines)
    records = [one.record for one in found]
    contents = {one.record.sequence: (one.salt, one.content) for one in found if one.salt is not None and one.content is not None}
    gone = erased(records, contents)
    breaks = [*edited, *_whole(records, contents, closing, key, len(gone), kept)]
    return ExportReport(
        len(records),
        closing.first_sequence if closing else min((r.sequence for r in records), default=0),
        closing.last_sequence if closing else max((r.sequence for r in records), default=0),
        key.key_id,
        tuple(dict.fromkeys(breaks)),
        tuple(gone),
    )


def _stretch(records: Sequence[AuditRecord], days: DayRange | None) -> Sequence[AuditRecord]:
    """From the first record of the days to the last; instants need not rise with the sequence, so some of other days may lie between."""
    wanted = [place for place, record in enumerate(records) if days is None or record.recorded_at.date() in days]
    return records[wanted[0] : wanted[-1] + 1] if wanted else []


def _closing(stretch: Sequence[AuditRecord], anchors: Sequence[Anchor], erased_count: int, at: datetime) -> Closing:
    first, last = stretch[0], stretch[-1]
    within = newest_of([a for a in anchors if first.sequence <= a.sequence <= last.sequence and a.signature is not None])
    return Closing(
        first_sequence=first.sequence,
        last_sequence=last.sequence,
        previous_hash=first.previous_hash,
        record_hash=last.record_hash,
        record_count=len(stretch),
        erased_count=erased_count,
        exported_at=instant_text(at),
        anchor=None if within is None else dict(vars(within)),
    )


def _read(lines: Iterable[str]) -> tuple[list[Kept], Closing | None, list[AuditBreak]]:
    """The records, the closing, and where an envelope says something else than its record."""
    found: list[Kept] = []
    closings: list[Closing] = []
    edited: list[AuditBreak] = []
    for number, line in enumerate(lines, 1):
        event = _event(line, number)
        try:
            if event.get("type") == CLOSING:
                closings.append(closing_of(event))
                again = closing_event(closings[-1])
            else:
                found.append(kept_of(event))
                again = event_of(found[-1])
            is_same = _is_same(event, again)
        except (BadInput, RecursionError) as error:
            why = error if isinstance(error, BadInput) else "it is nested too deeply"
            raise BadInput(f"line {number}: {why}. Was the file cut, or is it another one?") from None
        if not is_same:
            sequence = found[-1].record.sequence if found else 0
            edited.append(AuditBreak(AuditBreakKind.EDITED, sequence, f"the envelope of line {number} does not say what its record says"))
        if closings and again["type"] != CLOSING:
            edited.append(AuditBreak(AuditBreakKind.INSERTED, found[-1].record.sequence, "it stands after the closing line"))
    if len(closings) > 1:
        edited.append(AuditBreak(AuditBreakKind.INSERTED, closings[0].last_sequence, "the export has more than one closing line"))
    return found, next(iter(closings), None), edited


def _event(line: str, number: int) -> Mapping[str, Any]:
    try:
        event = parsed_json(line)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise BadInput(f"line {number}: it is no JSON object. Was the file cut, or is it another one?")
    return event


def _is_same(event: Mapping[str, Any], again: Mapping[str, Any]) -> bool:
    """Whether both are the same JSON; True is not 1 there."""
    return json.dumps(event, sort_keys=True) == json.dumps(again, sort_keys=True)


def _whole(
    records: Sequence[AuditRecord],
    contents: Mapping[int, tuple[str, Mapping[str, object]]],
    closing: Closing | None,
    key: VerifyingKey,
    gone_count: int,
    kept: Sequence[Anchor],
) -> Iterator[AuditBreak]:
    if closing is None:
        last = max((record.sequence for record in records), default=0)
        yield AuditBreak(AuditBreakKind.TRUNCATED, last, "the export has no closing line, so that nobody can tell whether it is all")
        yield from verify(records, contents, None, _before(records[0]) if records else None)
        return
    yield from _unsigned(closing, key)
    after = Anchor(closing.first_sequence - 1, closing.previous_hash)
    yield from verify(records, contents, Anchor(closing.last_sequence, closing.record_hash), after)
    if closing.record_count != len(records) or any(record.sequence > closing.last_sequence for record in records):
        what = f"the closing line tells of {closing.record_count} records, the file holds {len(records)}"
        yield AuditBreak(
            AuditBreakKind.INSERTED if len(records) > closing.record_count else AuditBreakKind.MISSING, closing.last_sequence, what
        )
    if closing.erased_count != gone_count:
        what = f"{gone_count} contents are absent, but {closing.erased_count} were when it was exported"
        yield AuditBreak(AuditBreakKind.CONTENT_CHANGED, closing.last_sequence, what)
    anchor = anchor_in(closing)
    yield from broken_signatures([anchor] if anchor else [], key, every=True)
    yield from replaced(records, [*kept, *([anchor] if anchor else [])])


def _unsigned(closing: Closing, key: VerifyingKey) -> Iterator[AuditBreak]:
    if closing.is_signed_by(key):
        return
    if closing.signature is None:
        yield AuditBreak(AuditBreakKind.UNSIGNED, closing.last_sequence, "its closing line is not signed")
    elif closing.key_id != key.key_id:
        what = f"its closing line was signed by {closing.key_id}, not by {key.key_id}"
        yield AuditBreak(AuditBreakKind.FOREIGN_KEY, closing.last_sequence, what)
    else:
        yield AuditBreak(
            AuditBreakKind.FORGED, closing.last_sequence, "the signature of its closing line is not one of the key that it names"
        )


def _before(first: AuditRecord) -> Anchor:
    return Anchor(first.sequence - 1, first.previous_hash)
