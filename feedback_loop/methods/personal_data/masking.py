"""Personal data found and masked: what a text shows to anybody but the bronze tables.

Here: how the findings of all detectors become one set of spans and placeholders. How each kind looks is in `detectors`, what is known of a
single person in `known_people`, tokens are in `tokens`; how a text is cleaned, with all of these, is in `methods.cleaning`. The rules that
are easy to break: masking is idempotent (no detector fires on what it left), and a finding's cue belongs to it, so that whoever cuts a text
cuts neither (`whole_spans`). Names of people and postal addresses are found only where they are known, or where a sign-off or a phrase such
as "my name is" gives them away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.alignment import AlignedText, Replacement, rewrite, unchanged
from feedback_loop.methods.personal_data.detectors import DETECTORS, Detector, detected
from feedback_loop.methods.personal_data.tokens import TOKEN

_KINDS = "|".join(kind.upper() for kind in PersonalDataType)

_MARK = rf"_(?:{TOKEN}|\d{{1,6}})"
PLACEHOLDER = re.compile(rf"\[(?:{_KINDS})(?:{_MARK})?\]")
"""Every placeholder, with its token (or the number that stands for one where there is no key) or without."""

_WITH_TOKEN = re.compile(rf"\[({_KINDS}){_MARK}\]")

_MAX_ROUNDS = 8
"""What shows only once its neighbour is masked is found in the next round; after so many rounds whole lines are masked."""

Placeholders = Callable[[PersonalDataType, str], str]
"""Makes the placeholder of a value."""


class PersonalData(NamedTuple):
    """One finding: text[start:end] is masked; text[cue_start:start] is what gave it away."""

    start: int
    end: int
    kind: PersonalDataType
    cue_start: int


def plain(kind: PersonalDataType, _value: str = "") -> str:
    """The placeholder without a token, such as `[EMAIL]`."""
    return f"[{kind.upper()}]"


def without_tokens(masked_text: str) -> str:
    """The text with plain placeholders: what a model sees, and what is hashed where the key must not matter."""
    return _WITH_TOKEN.sub(r"[\1]", masked_text) if "_" in masked_text else masked_text


def find_personal_data(text: str, more: Sequence[Detector] = ()) -> list[PersonalData]:
    """The findings, ascending and disjoint, also those of `more` detectors; what shows only once its neighbour is masked is among them."""
    found: list[PersonalData] = []
    masked = unchanged(text)
    rounds = 0
    while fresh := _merged(_detected(masked.text, more)):
        rounds += 1
        if rounds > _MAX_ROUNDS:
            fresh = _merged(_whole_line(finding, masked.text) for finding in fresh)
        found += (_in_source(finding, masked) for finding in fresh)
        masked = masked.then(replaced(masked.text, fresh))
    return sorted(found) if rounds <= _MAX_ROUNDS else _merged(found)


def _whole_line(finding: PersonalData, text: str) -> PersonalData:
    """The finding widened to its line: numbers that show one by one, each when the one before is masked, would take a round each."""
    end = text.find("\n", finding.end)
    start = text.rfind("\n", 0, finding.start) + 1
    return finding._replace(start=start, end=len(text) if end < 0 else end, cue_start=start)


def mask(text: str) -> AlignedText:
    """The text with a placeholder such as `[EMAIL]` for each finding."""
    return replaced(text, find_personal_data(text))


def replaced(text: str, found: Sequence[PersonalData], placeholder: Placeholders = plain) -> AlignedText:
    """The text with a placeholder for each of the findings."""
    if not found:
        return unchanged(text)
    return rewrite(text, (Replacement(f.start, f.end, placeholder(f.kind, text[f.start : f.end])) for f in found))


def whole_spans(found: Iterable[PersonalData]) -> list[tuple[int, int]]:
    """The spans, cue and value, in which a text must not be cut."""
    return [(finding.cue_start, finding.end) for finding in found]


def _detected(text: str, more: Sequence[Detector]) -> Iterator[PersonalData]:
    for kind, cue_start, start, end in detected(text, (*more, *DETECTORS)):
        yield PersonalData(start, end, kind, cue_start)


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


_RANK = dict.fromkeys(PersonalDataType, len(DETECTORS)) | {detector.kind: rank for rank, detector in reversed(list(enumerate(DETECTORS)))}


def _in_source(finding: PersonalData, masked: AlignedText) -> PersonalData:
    start, end = masked.alignment.source_span(finding.start, finding.end)
    cue_start, _ = masked.alignment.source_span(finding.cue_start, finding.start)
    return finding._replace(start=start, end=end, cue_start=min(cue_start, start))
