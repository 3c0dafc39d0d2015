"""Changes of feature flags: pages of LaunchDarkly's audit log, `GET /api/v2/auditlog` (https://launchdarkly.com/docs/api/audit-log).

_id, date (milliseconds), kind and target.resources (`proj/x:env/y:flag/z`) are required; name, titleVerb, description, comment and accesses
may be missing. Each entry about a flag that customers can notice is one change of the kind flag. Entries about other things, about flags'
names, tags or owners alone, or in environments without customers, give no statement and are counted neither as read nor as refused. Whom a
flag reached within its environment is not in the log, so the scope is everybody. Who changed it (member, title, subject) is read by nobody.
The log of another flag service is read by the source `changes`, with `change_kind` flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from feedback_loop.contracts.loop_vocab import ChangeKind, ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import statement
from feedback_loop.sources.environments import has_customers
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import parts, required_part
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import FIRST_YEAR, LAST_YEAR, Values

KNOWN_FIELDS = frozenset(
    {
        "_id", "_links", "_accountId", "accesses", "app", "comment", "currentVersion", "date", "delta", "description", "kind", "member",
        "name", "parent", "previousVersion", "shortDescription", "subject", "subentries", "target", "title", "titleVerb", "token",
        "triggerBody",
    }
)  # fmt: skip

UNNOTICED = frozenset(
    {
        "updateName", "updateDescription", "updateTags", "updateMaintainer", "updateFlagCustomProperties", "updateFlagDefaultVariations",
        "updateFlagLink", "createFlagLink", "deleteFlagLink", "updateTemporary", "updateFlagConfigMigrationSettings",
    }
)  # fmt: skip
"""The actions on a flag that no customer can notice."""

_FLAG = re.compile(r"proj/(?P<project>[^:;]+)(:env/(?P<environment>[^:;]+))?:flag/(?P<flag>[^:;]+)(;.*)?")
_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_START = datetime(1970, 1, 1, tzinfo=UTC)
ANYWHERE = "*"


def read_launchdarkly(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A statement or a rejected row for each change of a flag that customers can notice."""
    return read_json_pages(stream, reading, ("items",), _change)


def _change(values: Values, payload: str, number: int, reading: Reading) -> Iterator[ContextStatement]:
    if read.required_word(values, "kind") != "flag":
        return
    change_id, at = read.required_word(values, "_id", QuarantineReason.MISSING_ID), _milliseconds(values, "date")
    flags, environments = _reached(values)
    actions = {read.required_word(access, "action") for access in parts(values, "accesses")}
    if not environments or (actions and actions <= UNNOTICED):
        return
    said = {
        "change_id": change_id,
        "change_kind": ChangeKind.FLAG,
        "product": reading.product,
        "started_at": at,
        "scope": {},
        "change_description": _description(values, flags, environments),
    }
    yield statement(ContextKind.CHANGE, said, payload, number, reading)


def _reached(values: Values) -> tuple[str, list[str]]:
    """The keys of the flags, and their environments that have customers, ascending."""
    told = required_part(values, "target").get("resources")
    if not isinstance(told, list) or not told:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "target.resources is no list of at least one text")
    found = [_FLAG.fullmatch(read.required_word({"target.resources": one}, "target.resources")) for one in told]
    if not all(found):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "target.resources names something else than a flag")
    matches = [match for match in found if match]
    environments = {match["environment"] or ANYWHERE for match in matches}
    return ", ".join(sorted({match["flag"] for match in matches})), sorted(name for name in environments if has_customers(name))


def _description(values: Values, flags: str, environments: list[str]) -> str:
    """What was done to which flag where, without who did it."""
    where = "every environment" if ANYWHERE in environments else ", ".join(environments)
    done = read.words(values, "titleVerb") or "changed the flag"
    more = [text.strip() for name in ("description", "comment") if (text := read.words(values, name))]
    return "\n".join([f"{done.strip()} {read.word(values, 'name') or flags} ({flags}) in {where}", *more])


def _milliseconds(values: Values, name: str) -> datetime:
    written = read.required_word(values, name)
    if not _MILLISECONDS.fullmatch(written):
        raise RowRefused(QuarantineReason.UNREADABLE_DATE, f"{name} is no whole number of milliseconds since {FIRST_YEAR}")
    try:
        found = _START + timedelta(milliseconds=int(written))
    except OverflowError:
        found = datetime.max.replace(tzinfo=UTC)
    if found.year > LAST_YEAR:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{name} is not within {FIRST_YEAR}..{LAST_YEAR}")
    return found
