"""The sources of a home that are asked for pages: its sources.yaml, all of them pulled one after the other, and how far each was read.

The rule that is easy to break: what goes wrong with one source is told and keeps no other from its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import BadInput, Refused, SourcesRefused
from feedback_loop.ports import Clock, PageSpool, SourceClient, TableStore
from feedback_loop.sources.pulled_rules import PulledRule, parse_sources
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.pull import Pulled, PulledSource, land_kept, pull

_MOST_BYTES = 1_000_000

Opener = Callable[[str, PulledRule], AbstractContextManager[SourceClient]]
SpoolOf = Callable[[str], PageSpool]
Progress = Callable[[str, Pulled], None]


@dataclass
class PulledAll:
    """What came of each source that was asked, by name, and why others gave nothing."""

    pulled: dict[str, Pulled] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How far one source was read; instants and counts are None before its first page."""

    name: str
    rule: PulledRule
    pages: int = 0
    fetched_at: datetime | None = None
    total: LandingReport | None = None
    is_behind: bool = False
    undocumented_fields: Sequence[str] = ()


def read_sources(sources_file: Path) -> dict[str, PulledRule]:
    """The sources of the file by name, none where there is no file; raises SourcesRefused and UnreadableFile."""
    text = home_text(sources_file, _MOST_BYTES)
    if text is None:
        return {}
    try:
        return parse_sources(text)
    except SourcesRefused as error:
        raise SourcesRefused(error.problems, str(sources_file)) from error


def pull_all(
    rules: Mapping[str, PulledRule],
    opened: Opener,
    spool_of: SpoolOf,
    store: TableStore,
    clock: Clock,
    progress: Progress | None = None,
    *,
    own_domains: tuple[str, ...] = (),
) -> PulledAll:
    """What came of asking each of the sources until it has nothing more."""
    outcome = PulledAll()
    for name, rule in rules.items():
        told = (lambda done, name=name: progress(name, done)) if progress else None
        try:
            with opened(name, rule) as client:
                outcome.pulled[name] = pull(source_of(name, rule, own_domains), client, spool_of(name), store, clock, progress=told)
        except (BadInput, Refused) as error:
            outcome.refused[name] = str(error)
    return outcome


def land_all_kept(
    rules: Mapping[str, PulledRule], spool_of: SpoolOf, store: TableStore, clock: Clock, own_domains: tuple[str, ...] = ()
) -> int:
    """How many pages that killed pulls left have landed now; customers' words are in the tables alone afterwards."""
    landed = (land_kept(source_of(name, rule, own_domains), spool_of(name), store, clock) for name, rule in rules.items())
    return sum(one.pages for one in landed)


def due(rules: Mapping[str, PulledRule], spool_of: SpoolOf, now: datetime) -> dict[str, PulledRule]:
    """Those of the sources that are switched on and were not asked for as long as they say, or have more waiting."""
    return {name: rule for name, rule in rules.items() if rule.switched_on and _is_due(rule, spool_of(name), now)}


def source_of(name: str, rule: PulledRule, own_domains: tuple[str, ...] = ()) -> PulledSource:
    """What pulling has to know of the source; what comes from the company's own domains is no feedback."""
    return PulledSource(name, rule.reader, rule.product, rule.begins_at, own_domains)


def standing_of(name: str, rule: PulledRule, spool: PageSpool) -> Standing:
    """How far the source was read."""
    kept = spool.latest()
    if kept is None:
        return Standing(name, rule)
    is_behind = kept.content is not None or not kept.is_last
    return Standing(name, rule, kept.number, kept.fetched_at, kept.total, is_behind, kept.told_fields)


def _is_due(rule: PulledRule, spool: PageSpool, now: datetime) -> bool:
    kept = spool.latest()
    return kept is None or not kept.is_last or now - kept.fetched_at >= timedelta(minutes=rule.every_minutes)
