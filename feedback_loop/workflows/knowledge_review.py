"""The state of the governed documents, for those who answer for them: which are in force, which end soon, which contradict each other.

The rule that is easy to break: what a reader may not see is in no list and no count; only that a playbook lacks its document is said to
everybody, because the playbook names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.knowledge import DocumentStanding, Reader
from feedback_loop.methods.retrieval.contradictions import doubtful_pairs
from feedback_loop.methods.retrieval.governed import readable, standings
from feedback_loop.methods.retrieval.words import asked_words
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.workflows.knowledge import Library

Row = dict[str, Any]

_WHY = {
    DocumentStanding.EXPIRED: "it has expired: look it over and land it with a new valid_until, or withdraw it",
    DocumentStanding.UNDATED: "it has no valid_until, so it grounds nothing: name one",
    DocumentStanding.NOT_YET_VALID: "its latest version has not begun, and hides the one before until then",
    DocumentStanding.DRAFT: "its latest version is a draft, and hides the one before until it is approved",
    DocumentStanding.WITHDRAWN: "its owner has withdrawn it",
    DocumentStanding.SUPERSEDED: "another document has taken its place",
}


@dataclass(frozen=True)
class DocumentState:
    """The latest version of one document, and whether it may ground anything."""

    document_id: str
    document_kind: str
    title: str
    product: str
    owner: str
    standing: str
    valid_until_at: datetime | None
    audience: tuple[str, ...]
    version_count: int


@dataclass(frozen=True)
class Finding:
    """Something that somebody should do about a document; a failure keeps an action from being grounded, or grounds it in two ways."""

    is_failure: bool
    document_ids: tuple[str, ...]
    owner: str
    advice: str


def document_states(documents: pl.DataFrame, reader: Reader) -> list[DocumentState]:
    """The documents that the reader may see, by id."""
    return [
        DocumentState(
            document_id=row["document_id"],
            document_kind=row["document_kind"],
            title=row["document_title"],
            product=row["product"],
            owner=row["owner"],
            standing=row["document_standing"],
            valid_until_at=row["valid_until_at"],
            audience=tuple(row["audience_roles"] or ()),
            version_count=row["version_count"],
        )
        for row in _latest(documents, reader).iter_rows(named=True)
    ]


def findings(library: Library, reader: Reader, playbooks: Sequence[Playbook], within: timedelta) -> list[Finding]:
    """What should be done, failures first; `within` is how long before its end a document is called to mind."""
    seen = _latest(library.documents, reader)
    rows = list(seen.iter_rows(named=True))
    needed = {name: book.playbook_id for book in playbooks for name in book.governing_documents}
    found = [*_lacking(library.documents, reader, needed), *_out_of_force(rows, needed), *_ending(rows, reader.as_of + within)]
    found += [*_unnamed(rows), *_doubled(rows), *_taken_by_others(rows), *_contradicting(library, reader)]
    return sorted(found, key=lambda one: (not one.is_failure, one.document_ids, one.advice))


def _latest(documents: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    told = standings(documents, reader.as_of).with_columns(version_count=pl.len().over("document_id"))
    latest = readable(told.filter(pl.col("document_standing") != str(DocumentStanding.OLDER_VERSION)), reader)
    return latest if reader.product is None else latest.filter(product=reader.product)


def _lacking(documents: pl.DataFrame, reader: Reader, needed: dict[str, str]) -> Iterator[Finding]:
    """Documents of playbooks of which nothing has ever landed, or nothing is in force."""
    told = standings(documents, reader.as_of).filter(pl.col("document_standing") != str(DocumentStanding.OLDER_VERSION))
    standing = dict(zip(told["document_id"], told["document_standing"], strict=True))
    for name, playbook_id in sorted(needed.items()):
        if standing.get(name) != DocumentStanding.IN_FORCE:
            why = (
                _WHY[DocumentStanding(standing[name])] if name in standing else "it never landed: `feedback-loop ingest documents FILE.md`"
            )
            yield Finding(True, (name,), "", f"the playbook {playbook_id} can't act without it; {why}")


def _out_of_force(rows: Sequence[Row], needed: dict[str, str]) -> Iterator[Finding]:
    for row in rows:
        standing = DocumentStanding(row["document_standing"])
        is_quiet = standing in (DocumentStanding.IN_FORCE, DocumentStanding.WITHDRAWN, DocumentStanding.SUPERSEDED)
        if not is_quiet and row["document_id"] not in needed and row["document_kind"] != "past_incident":
            yield Finding(False, (row["document_id"],), row["owner"], _WHY[standing])


def _ending(rows: Sequence[Row], until: datetime) -> Iterator[Finding]:
    for row in rows:
        if row["document_standing"] == DocumentStanding.IN_FORCE and row["valid_until_at"] <= until:
            yield Finding(False, (row["document_id"],), row["owner"], f"it ends on {row['valid_until_at']:%Y-%m-%d}: look it over before")


def _unnamed(rows: Sequence[Row]) -> Iterator[Finding]:
    for row in rows:
        if not row["audience_roles"]:
            yield Finding(False, (row["document_id"],), row["owner"], "it names no audience, so nobody but its owner finds it")


def _doubled(rows: Sequence[Row]) -> Iterator[Finding]:
    """Two documents in force that call themselves the same: which of them counts nobody can tell."""
    named: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row["document_standing"] == DocumentStanding.IN_FORCE:
            title = sorted(word.casefold() for word in asked_words(row["document_title"]))
            named.setdefault((row["product"], row["document_kind"], *title), []).append(row)
    for same in named.values():
        if len(same) > 1:
            ids = tuple(row["document_id"] for row in same)
            yield Finding(True, ids, same[0]["owner"], "both are in force under one title: let one supersede the other")


def _taken_by_others(rows: Sequence[Row]) -> Iterator[Finding]:
    owners = {row["document_id"]: row["owner"] for row in rows}
    for row in rows:
        taken = row["supersedes_document_id"]
        if taken in owners and owners[taken] != row["owner"]:
            yield Finding(
                False, (row["document_id"], taken), owners[taken], f"{row['owner']} took the place of a document of another owner"
            )


def _contradicting(library: Library, reader: Reader) -> Iterator[Finding]:
    shelf = library.shelf(reader)
    owners = dict(zip(library.documents["document_id"], library.documents["owner"], strict=True))
    for one, other, difference in doubtful_pairs(shelf.passages, shelf.vectors):
        ids = (one.document_id, other.document_id)
        yield Finding(False, ids, owners[one.document_id], f"they say nearly the same and differ in {difference}: they may contradict")
