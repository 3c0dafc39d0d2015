"""Deployments as CDEvents tell them (https://cdevents.dev, continuous deployment events), bare or as `data` of structured CloudEvents.

service.deployed, upgraded, rolledback, removed and published become changes of the kind deploy; context.id, type and timestamp, subject.id
and its environment are required. A roll-back is a change of its own, which can go wrong like any other, and besides ends the latest
deployment of its service and environment before it, where the same file tells that: the event does not name what it takes back. A removal
ends them all. Other CDEvents (pipeline and task runs, tests, branches) change nothing for customers and give no statement, nor do
environments without customers; they are counted neither as read nor as refused.
The rule that is easy to break: of one change a file states the last that it knows, because of statements that land together any may win.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import ChangeKind, ContextKind
from feedback_loop.contracts.records import RejectedRow
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import statement
from feedback_loop.sources.environments import has_customers
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import required_part
from feedback_loop.sources.one_row_pages import with_row_listed
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values

KNOWN_FIELDS = frozenset(
    {
        "context", "subject", "customData", "customDataContentType", "specversion", "id", "source", "type", "time", "data",
        "datacontenttype", "dataschema", "traceparent", "tracestate",
    }
)  # fmt: skip

_TYPE = re.compile(r"dev\.cdevents\.(?P<subject>[a-z]+)\.(?P<predicate>[a-z]+)(\..*)?")
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_DONE = {
    "deployed": "deployed", "upgraded": "upgraded", "rolledback": "rolled back", "removed": "removed", "published": "published",
}  # fmt: skip
_BEGINS, _MARKS = ("deployed", "upgraded"), frozenset({"context", "specversion"})


@dataclass
class _Deployment:
    """One event of a service that reaches customers, and the end of what it began, once that is known."""

    predicate: str
    place: tuple[str, str]
    at: datetime
    said: dict[str, object]
    payload: str
    number: int
    reading: Reading = field(repr=False)

    def statement(self) -> Row:
        """What the file knows of it."""
        return statement(ContextKind.CHANGE, self.said, self.payload, self.number, self.reading)


def read_cdevents(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The rejected rows, then a statement for each event of a service that reaches customers, in the order of the file."""
    found: list[_Deployment] = []
    for row in read_json_pages(with_row_listed(stream, reading, _MARKS), reading, ("events", "items"), _deployments):
        if isinstance(row, RejectedRow):
            yield row
        else:
            found.append(row)
    _end_what_was_taken_back(found)
    yield from (one.statement() for one in found)


def _deployments(values: Values, payload: str, number: int, reading: Reading) -> Iterator[_Deployment]:
    event = required_part(values, "data") if "specversion" in values else values
    context = required_part(event, "context")
    kind = _TYPE.fullmatch(read.required_word(context, "type"))
    if kind is None:
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, "context.type is no type of CDEvents")
    if kind["subject"] != "service" or kind["predicate"] not in _DONE:
        return
    subject = required_part(event, "subject")
    content = required_part(subject, "content")
    environment = _environment(content)
    event_id = read.required_word(context, "id", QuarantineReason.MISSING_ID)
    service, at = read.required_word(subject, "id", QuarantineReason.MISSING_ID).rsplit("/", 1)[-1], read.instant(context, "timestamp")
    if not has_customers(environment):
        return
    artifact = read.word(content, "artifactId")
    said: dict[str, object] = {
        "change_id": f"{source}#{event_id}" if (source := read.word(context, "source")) else event_id,
        "change_kind": ChangeKind.DEPLOY,
        "product": reading.product,
        "service": service or None,
        "started_at": at,
        "scope": {},
        "change_description": f"{service} {_DONE[kind['predicate']]} in {environment}" + (f": {artifact}" if artifact else ""),
        "product_version": _version(artifact),
    }
    yield _Deployment(kind["predicate"], (service, environment), at, said, payload, number, reading)


def _environment(content: Values) -> str:
    told = required_part(content, "environment")
    return read.word(told, "name") or read.required_word(told, "id")


def _version(artifact: str | None) -> str | None:
    """The version of a package URL; of one that names a digest the tag, where it has one."""
    if artifact is None or not artifact.startswith("pkg:"):
        return None
    path, _, qualifiers = artifact.partition("#")[0].partition("?")
    named = _decoded(path.rpartition("@")[2]) if "@" in path else ""
    if named and not named.startswith("sha256:"):
        return _printable(named)
    tag = next((one for one in qualifiers.split("&") if one.startswith("tag=")), "")
    return _printable(_decoded(tag.removeprefix("tag=")))


def _decoded(text: str) -> str:
    """The text that a package URL writes with some of its bytes as a percent sign and two digits."""
    plain = _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), text.encode())
    return plain.decode("utf-8", "replace")


def _printable(version: str) -> str | None:
    return version.strip() or None if version.isprintable() else None


def _end_what_was_taken_back(found: list[_Deployment]) -> None:
    """Gives the deployments that a later event of their place took back its instant as their end."""
    ends: dict[object, datetime] = {}
    in_force: dict[tuple[str, str], list[_Deployment]] = {}
    for one in sorted(found, key=lambda deployment: deployment.at):
        before = in_force.setdefault(one.place, [])
        if one.predicate in _BEGINS and not any(other.said["change_id"] == one.said["change_id"] for other in before[-1:]):
            before.append(one)
        taken = before[-1:] if one.predicate == "rolledback" else before[:] if one.predicate == "removed" else []
        ends |= {other.said["change_id"]: one.at for other in taken}
        del before[len(before) - len(taken) :]
    for one in found:
        if one.predicate in _BEGINS and one.said["change_id"] in ends:
            one.said["ended_at"] = ends[one.said["change_id"]]
