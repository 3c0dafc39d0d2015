"""Which alerts of a day tell the same story, and whether it was told before: what is news is one alert, not one per subject and day.

Here: the story of each finding. What is found is in `rises`, `after_changes` and `share_trigger`. The rule that is easy to break: a story
that may have been told before is told again rather than never; only what is certain to have been told counts as going on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import numpy as np

from feedback_loop.analysis.alert_rows import Finding, Story
from feedback_loop.analysis.complaint_counts import Subject, first_instant
from feedback_loop.analysis.rises import QUIET_DAYS, REPLAYED_DAYS, Rises, own_key
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.vocab import AlertKind, SubjectKind

SHARED = 0.5
"""Share of the smaller one's records that two findings have in common from which on they tell the same."""

_STANDS_FOR = {AlertKind.SHARE: 0, AlertKind.CHANGE: 1, AlertKind.RATE: 2, AlertKind.URGENT: 3}


@dataclass(frozen=True)
class Told:
    """What was told in the days before, beside rises: by which rule the product and its classes fired when, and which classes had urgent
    records.
    """

    shares: Mapping[tuple[str, SubjectKind, str], date]
    urgent_classes: Collection[str]


@dataclass(frozen=True)
class _Began:
    """Since when a finding's story goes on, as far as can be seen, and under which name; `is_cut`: it may have begun before that."""

    day: date
    name: str
    is_cut: bool


def stories(rises: Rises, day: date, subjects: Sequence[Subject], findings: Sequence[Finding], told: Told) -> list[Story]:
    """The story of each finding of one product and day."""
    began = [_began(rises, day, subjects, finding, told) for finding in findings]
    groups = _groups(findings)
    found: dict[int, Story] = {}
    for members in groups:
        narrow = [n for n in members if not _is_of_everything(findings[n])]  # the product may have risen before, with something else
        first = min((began[n] for n in narrow or members), key=lambda b: (b.day, b.name))
        head = min(members, key=lambda n: _precedence(findings[n]))
        name = None if first.is_cut else stable_id("story", rises.history.product, first.name, first.day)
        for n in members:
            found[n] = Story(name, first.day < day, n == head, _grown(rises, findings[n], first.day))
    return [found[n] for n in range(len(findings))]


def _grown(rises: Rises, finding: Finding, first: date) -> int:
    """Records that complain about the subject since the story's first day, or those of the finding where they are more."""
    of_story = rises.history.instants[finding.subject.records] >= first_instant(first)
    return max(int(of_story.sum()), len(finding.records))


def _precedence(finding: Finding) -> tuple[bool, int, float, str]:
    """Lowest for what stands for a story: a class before the product, which mixes faults; the kind that knows most of whom; the surest."""
    p_value = 0.0 if finding.p_value is None else finding.p_value
    subject = finding.subject
    return (subject.kind is SubjectKind.PRODUCT, _STANDS_FOR[finding.kind], p_value, subject.subject_id)


def _began(rises: Rises, day: date, subjects: Sequence[Subject], finding: Finding, told: Told) -> _Began:
    subject, first = finding.subject, day
    if finding.kind is AlertKind.URGENT:
        name, is_known = f"urgent:{subject.alerted_class}", subject.alerted_class in told.urgent_classes
        return _Began(day - timedelta(days=1) if is_known else day, name, is_known)
    fired = list(_fired(told, finding))
    for earlier in sorted({*rises.told_before(day, subject, subjects), *fired}, reverse=True):
        if (first - earlier).days > QUIET_DAYS and earlier not in fired:
            break
        first = earlier
    is_cut = (day - first).days >= REPLAYED_DAYS
    return _Began(first, _name(rises, first, subjects, subject), is_cut)


def _fired(told: Told, finding: Finding) -> Iterator[date]:
    """When shares told of the finding before: of its class by any rule, of the product by the same one alone, for each looks elsewhere."""
    subject = finding.subject
    for (rule, kind, name), day in told.shares.items():
        is_own = (kind, name) == own_key(subject) and rule == finding.rule
        if is_own or (kind, name) == (SubjectKind.CLASS, subject.alerted_class):
            yield day


def _name(rises: Rises, first: date, subjects: Sequence[Subject], subject: Subject) -> str:
    """What the story is named after: the subject's class; for the product the class that rose most with it when the story began."""
    if subject.alerted_class is not None:
        return subject.alerted_class
    classes = {key: rise for key, rise in rises.lasting(first, subjects).items() if key[0] is SubjectKind.CLASS}
    return str(max(sorted(classes), key=lambda key: classes[key].log_evidence)[1]) if classes else "product"


def _groups(findings: Sequence[Finding]) -> list[list[int]]:
    """The findings that tell the same, directly or over others.

    What rose in the whole product joins the one that explains most of it and links nothing: it holds the complaints of every fault of the
    day, and two faults in one story would leave all but one of them without a proposal.
    """
    group = list(range(len(findings)))

    def join(n: int, m: int) -> None:
        merged, into = group[n], group[m]
        group[:] = [into if g == merged else g for g in group]

    wide = [n for n, finding in enumerate(findings) if _is_of_everything(finding)]
    told = [n for n in range(len(findings)) if n not in wide]
    for n, m in combinations(told, 2):
        if group[n] != group[m] and _alike(findings[n], findings[m]):
            join(n, m)
    for n in wide:
        alike = [m for m in told if _alike(findings[n], findings[m])]
        if alike:
            join(n, max(alike, key=lambda m: (_shared(findings[n], findings[m]), -m)))
        told.append(n)
    return [[n for n, g in enumerate(group) if g == one] for one in sorted(set(group))]


def _is_of_everything(finding: Finding) -> bool:
    return finding.subject.kind is SubjectKind.PRODUCT and finding.kind is not AlertKind.SHARE


def _alike(one: Finding, other: Finding) -> bool:
    if (one.kind is AlertKind.URGENT) != (other.kind is AlertKind.URGENT):
        return False
    return _shared(one, other) >= SHARED * min(len(one.records), len(other.records))


def _shared(one: Finding, other: Finding) -> int:
    return len(np.intersect1d(one.records, other.records))
