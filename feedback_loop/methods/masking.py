"""Personal data found and masked: what a text shows to anybody but the bronze tables.

Here: how the findings of all detectors become one set of spans and placeholders. How each kind looks is in `detectors`. The rules that are
easy to break: masking is idempotent (no detector fires on what it left), and a finding's cue belongs to it, so that whoever cuts a text
cuts neither (`whole_spans`). Names of people and postal addresses are not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.accounts import without_harmless
from feedback_loop.methods.alignment import AlignedText, Replacement, rewrite, unchanged
from feedback_loop.methods.detectors import DETECTORS
from feedback_loop.methods.text import normalise

_SIGNS = re.compile(r"[\d@＠﹫]|://")
_WORDS = (
    "private key",
    " at ",
    "(at",
    "( at",
    "passw",
    "passc",
    "passp",
    "kennwort",
    "mot de passe",
    "contraseña",
    "senha",
    "wachtwoord",
    "pwd",
)
_FOUR_DIGITS = re.compile(r"\d(?:\D*\d){3}")
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(kind.upper() for kind in PersonalDataType)})\]")


class PersonalData(NamedTuple):
    """One finding: text[start:end] is masked; text[cue_start:start] is what gave it away."""

    start: int
    end: int
    kind: PersonalDataType
    cue_start: int


def find_personal_data(text: str) -> list[PersonalData]:
    """The findings, ascending and disjoint; what shows only once its neighbour is masked is among them."""
    found: list[PersonalData] = []
    masked = unchanged(text)
    while fresh := _merged(_detected(masked.text)):
        found += (_in_source(finding, masked) for finding in fresh)
        masked = masked.then(_replaced(masked.text, fresh))
    return sorted(found)


def mask(text: str) -> AlignedText:
    """The text with a placeholder such as `[EMAIL]` for each finding."""
    found = find_personal_data(text)
    return _replaced(text, found) if found else unchanged(text)


def clean(raw: str) -> AlignedText:
    """The normalised and masked text, aligned with the raw text: the only form of customer text that leaves bronze."""
    normal = normalise(raw)
    masked = mask(normal.text)
    return normal.then(masked) if masked.text != normal.text else normal


def whole_spans(found: Iterable[PersonalData]) -> list[tuple[int, int]]:
    """The spans, cue and value, in which a text must not be cut."""
    return [(finding.cue_start, finding.end) for finding in found]


def _detected(text: str) -> Iterator[PersonalData]:
    """The raw findings; the two guards spare most short texts most of the work and hide nothing from a detector."""
    if not _SIGNS.search(text) and not any(word in text.lower() for word in _WORDS):
        return
    sober = without_harmless(text) if _FOUR_DIGITS.search(text) else None
    for detector in DETECTORS:
        seen = sober if detector.ignores_harmless else text
        for cue_start, start, end in detector.find(seen) if seen else ():
            yield PersonalData(start, end, detector.kind, cue_start)


def _merged(found: Iterable[PersonalData]) -> list[PersonalData]:
    """Disjoint findings: those that overlap become one, of the kind that `DETECTORS` lists first."""
    merged: list[PersonalData] = []
    for finding in sorted(found, key=lambda f: f.start):
        if merged and finding.start < merged[-1].end:
            held = merged.pop()
            kind = min(held.kind, finding.kind, key=_RANK.__getitem__)
            finding = PersonalData(held.start, max(held.end, finding.end), kind, min(held.cue_start, finding.cue_start))
        merged.append(finding)
    return merged


_RANK = {detector.kind: rank for rank, detector in reversed(list(enumerate(DETECTORS)))}


def _replaced(text: str, found: Iterable[PersonalData]) -> AlignedText:
    return rewrite(text, (Replacement(finding.start, finding.end, f"[{finding.kind.upper()}]") for finding in found))


def _in_source(finding: PersonalData, masked: AlignedText) -> PersonalData:
    start, end = masked.alignment.source_span(finding.start, finding.end)
    cue_start, _ = masked.alignment.source_span(finding.cue_start, finding.start)
    return finding._replace(start=start, end=end, cue_start=min(cue_start, start))
