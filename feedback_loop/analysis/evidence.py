"""Spans of a fragment that tell something, verified verbatim and mapped to the raw text.

Here: the row-wise step that writes `analysis_evidence`, and the check that every claimed span must pass, whoever claims it. What a span
looks like is in `evidence_patterns` and `key_phrases`. The rule that is easy to break: offsets count code points; those of the fragment's
alignment start at its `raw_start`, those that come out start at the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from feedback_loop.analysis.evidence_patterns import Span, devices, error_codes, quoted_errors, versions
from feedback_loop.analysis.key_phrases import key_phrases
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import EvidenceKind
from feedback_loop.methods.alignment import Alignment
from feedback_loop.methods.personal_data.masking import PLACEHOLDER

_INPUT = ("fragment_id", "masked_text", "alignment", "raw_start", "raw_end", "event_date")
INPUT_SCHEMA = pa.schema([pa.field(name, FIELDS[name].dtype) for name in _INPUT])
OUTPUT_SCHEMA = TABLES["analysis_evidence"].schema
EXTRACTOR_VERSION = "rules-1"

_OUTRANKED_BY = {
    EvidenceKind.DEVICE: (EvidenceKind.ERROR_CODE,),
    EvidenceKind.VERSION: (EvidenceKind.ERROR_CODE, EvidenceKind.DEVICE),
}
_LONGEST = 200


class Fragment(NamedTuple):
    """What verification needs of a fragment; the raw offsets are absolute, the alignment counts from `raw_start`."""

    fragment_id: str
    masked_text: str
    alignment: Sequence[int]
    raw_start: int
    raw_end: int
    event_date: date


class Claim(NamedTuple):
    """A span and the words that someone, a rule or a model, says are there."""

    span: Span
    text: str


@dataclass(frozen=True)
class Extraction:
    """The verified spans as a batch of `OUTPUT_SCHEMA`, and how many claims failed the check."""

    batch: pa.RecordBatch
    dropped_count: int


def extract(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The evidence of each fragment, as `OUTPUT_SCHEMA`, from `INPUT_SCHEMA`; a fragment's evidence is a function of its row alone."""
    return extract_counted(batch).batch


def extract_counted(batch: pa.RecordBatch) -> Extraction:
    """The same evidence, with the number of spans that were dropped because they could not be verified."""
    rows: list[dict[str, object]] = []
    dropped = 0
    for row in zip(*(batch.column(name).to_pylist() for name in _INPUT), strict=True):
        fragment = Fragment(*row)
        for span in find_spans(fragment.masked_text):
            verified = verify(fragment, Claim(span, fragment.masked_text[span.start : span.end]))
            if verified is None:
                dropped += 1
            else:
                rows.append(verified)
    return Extraction(pa.RecordBatch.from_pylist(rows, schema=OUTPUT_SCHEMA), dropped)


def find_spans(masked_text: str) -> list[Span]:
    """All spans of a masked text, in order of kind and place; nothing twice, nothing that touches a mask."""
    text = PLACEHOLDER.sub(lambda mask: "\0" * len(mask[0]), masked_text)
    found = [*error_codes(text), *quoted_errors(text), *versions(text), *devices(text)]
    kept = [span for span in _widest(found) if not _is_outranked(span, found)]
    return list(_first_of_each(text, [*kept, *key_phrases(text, kept)]))


def verify(fragment: Fragment, claim: Claim) -> dict[str, object] | None:
    """The row of `analysis_evidence`; None for a claim that is not verbatim, blank, too long, over a mask or absent from the raw text."""
    kind, start, end = claim.span
    text = fragment.masked_text
    if not (0 <= start < end <= len(text) and end - start <= _LONGEST and text[start:end] == claim.text and claim.text.strip()):
        return None
    if any(mask.start() < end and start < mask.end() for mask in PLACEHOLDER.finditer(text)):
        return None
    raw = _raw_span(fragment, start, end)
    if raw is None:
        return None
    return {
        "evidence_id": stable_id("evidence", fragment.fragment_id, kind, start, end),
        "fragment_id": fragment.fragment_id,
        "evidence_kind": kind.value,
        "evidence_text": claim.text,
        "masked_start": start,
        "masked_end": end,
        "raw_start": raw[0],
        "raw_end": raw[1],
        "extractor_version": EXTRACTOR_VERSION,
        "event_date": fragment.event_date,
    }


def _raw_span(fragment: Fragment, start: int, end: int) -> tuple[int, int] | None:
    """Absolute raw offsets, or None where the alignment belongs to another text."""
    try:
        alignment = Alignment.unflatten(fragment.alignment)
    except ValueError:
        return None
    if (alignment.derived_length, alignment.source_length) != (len(fragment.masked_text), fragment.raw_end - fragment.raw_start):
        return None
    low, high = alignment.source_span(start, end)
    return (fragment.raw_start + low, fragment.raw_start + high) if low < high else None


def _widest(spans: Sequence[Span]) -> Iterator[Span]:
    """Of spans of one kind that overlap, the longest, and of equally long ones the first."""
    held: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if span.start < span.end and not any(span.kind is o.kind and span.start < o.end and o.start < span.end for o in held):
            held.append(span)
    order = list(EvidenceKind)
    yield from sorted(held, key=lambda s: (order.index(s.kind), s.start))


def _is_outranked(span: Span, others: Sequence[Span]) -> bool:
    stronger = _OUTRANKED_BY.get(span.kind, ())
    return any(other.kind in stronger and span.start < other.end and other.start < span.end for other in others)


def _first_of_each(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    seen: set[tuple[EvidenceKind, str]] = set()
    for span in spans:
        key = (span.kind, re.sub(r"\s+", " ", text[span.start : span.end]).casefold())
        if key not in seen and any(c.isalnum() for c in key[1]):
            seen.add(key)
            yield span
