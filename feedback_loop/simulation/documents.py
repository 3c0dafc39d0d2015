"""What the company has written down, as its document store would deliver it: Markdown with front matter, one statement per version.

Here: help articles, runbooks and rollback procedures of `phrases/documents.yaml`, the versions that content changes made of them, and the
notes of each release. The changes themselves are in `changes`.
The rule that is easy to break: a document says nothing of planted faults; who reads it must not learn what is wrong at present.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import yaml

from feedback_loop.contracts.knowledge import PUBLIC, STAFF, DocumentStatus
from feedback_loop.contracts.loop_vocab import DocumentKind
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.interventions import mends
from feedback_loop.simulation.phrasebook import read_phrases
from feedback_loop.simulation.planted import PlannedChange
from feedback_loop.simulation.scenario import Release
from feedback_loop.simulation.statements import arrival, instant, iso

NOTE_DAYS = 180
_FOR_CUSTOMERS = (DocumentKind.KB_ARTICLE, DocumentKind.RELEASE_NOTE)
UNKNOWN_ARTICLE = {"kind": DocumentKind.KB_ARTICLE.value, "owner": "help-center", "from": -200, "until": 365, "body": "Ask us in the chat."}


@dataclass(frozen=True)
class Document:
    """One version of a document: its Markdown with front matter, from when it counts, and when it arrives."""

    document_id: str
    version: int
    text: str
    valid_from: datetime
    delivered_at: datetime

    @property
    def file_name(self) -> str:
        """The name of the version's file."""
        return f"{self.document_id}.md" if self.version == 1 else f"{self.document_id}.{self.version}.md"


def _markdown(front: Mapping[str, object], body: str) -> str:
    head = yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{head}---\n\n# {front['title']}\n\n{body}\n"


def _document(simulation: Simulation, name: str, version: int, told: Mapping[str, Any], start: datetime, body: str) -> Document:
    front: dict[str, object] = {
        "document_id": name,
        "kind": told["kind"],
        "title": told["title"],
        "product": simulation.scenario.product,
        "owner": told["owner"],
        "valid_from": iso(start),
        "valid_until": iso(instant(simulation.start_day, 24 * told["until"])),
        "audience": PUBLIC if told["kind"] in _FOR_CUSTOMERS else STAFF,
        "status": DocumentStatus.APPROVED.value,
    }
    return Document(name, version, _markdown(front, body), start, arrival(simulation.start_day, start))


def _mended_at(simulation: Simulation, change: PlannedChange) -> datetime | None:
    """When an article is as before again: after somebody was asked to mend it, or once the company noticed; null where it was no fault."""
    for fault in simulation.scenario.faults:
        if fault.cause.reference == change.change_id and fault.remedy:
            work = timedelta(hours=fault.remedy.hours_to_work)
            asked = [done.at + work for done in simulation.interventions if mends(fault, done)]
            return min([*asked, instant(simulation.start_day, fault.onset_hour + 24 * fault.manual_fix_days)])
    return None


def _versions(simulation: Simulation, name: str, told: Mapping[str, Any]) -> Iterator[Document]:
    """The document as it was first, as content changes left it, and as it was mended, in order of time."""
    texts = [(instant(simulation.start_day, 24 * told["from"]), told["body"])]
    for change in simulation.scenario.change_log():
        if change.document_id == name:
            texts.append((instant(simulation.start_day, change.at_hour), told.get("revised", f"{told['body']}\n\nWritten anew.")))
            if mended := _mended_at(simulation, change):
                texts.append((mended, told["body"]))
    end = instant(simulation.start_day, 24 * simulation.scenario.days)
    lived = [(start, body) for start, body in sorted(texts) if start < end]
    for version, (start, body) in enumerate(lived, 1):
        yield _document(simulation, name, version, told, start, body)


def _release_note(simulation: Simulation, release: Release) -> Document:
    told = {
        "kind": DocumentKind.RELEASE_NOTE.value,
        "title": f"{simulation.scenario.product} {release.version}",
        "owner": "release-team",
        "until": release.day + NOTE_DAYS,
    }
    released_at = instant(simulation.start_day, release.at_hour)
    return _document(simulation, f"release-{release.version}", 1, told, released_at, f"{release.notes}.")


def documents(simulation: Simulation) -> list[Document]:
    """Every version of every document in the order of its arrival; those from before the first day arrive with the first load."""
    log = simulation.scenario.change_log()
    changed = {change.document_id: UNKNOWN_ARTICLE | {"title": change.description} for change in log if change.document_id}
    written = {**changed, **read_phrases("documents")}
    found = [one for name, told in written.items() for one in _versions(simulation, name, told)]
    found += [_release_note(simulation, release) for release in simulation.scenario.releases]
    return sorted(found, key=lambda one: (one.delivered_at, one.document_id, one.version))
