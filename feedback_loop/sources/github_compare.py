"""What changed between two releases as GitHub compares them: `GET /repos/{owner}/{repo}/compare/{base}...{head}`.

One comparison is one governed document of the kind release note: the subjects of its commits and the names of its files, so that a
diagnosis can cite what a release held. It is no change: a comparison was in force at no time, and would stand among the causes beside the
deployment that brought it. Nobody set an end to it, so nothing acts on it; staff may read it. Names and addresses of developers, the rest
of their messages and the lines of code stay in the payload alone. A file holds one comparison, JSON lines one a line; one above the limit
of a row is quarantined, so ask with `per_page`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.knowledge import STAFF
from feedback_loop.contracts.loop_vocab import ContextKind, DocumentKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import statement
from feedback_loop.sources.json_lines import parsed_object, read_json_lines
from feedback_loop.sources.json_values import part, parts, required_part
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading, Row, RowRefused
from feedback_loop.sources.values import Values
from feedback_loop.sources.whole_file import read_whole

KNOWN_FIELDS = frozenset(
    {
        "ahead_by", "base_commit", "behind_by", "commits", "diff_url", "files", "html_url", "merge_base_commit", "patch_url",
        "permalink_url", "status", "total_commits", "url",
    }
)  # fmt: skip

OWNER = "engineering"
"""Who answers for a comparison: GitHub names developers, but no team."""

_PLACE = re.compile(r"/repos/(?P<repo>[^/]{1,100}/[^/]{1,100})/compare/(?P<span>[^?#]{1,600})$")


def read_github_compare(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The comparison of the file as a document, or the rejected file; of JSON lines one or the other for each line."""
    if reading.form == "jsonl":
        return read_json_lines(stream, reading, _document)
    return read_whole(stream, reading, MAX_ROW_BYTES, _whole)


def _whole(raw: bytes, told: Reading) -> ContextStatement:
    payload, values = parsed_object(raw)
    return _document(values, payload, 1, told)


def _document(values: Values, payload: str, number: int, reading: Reading) -> ContextStatement:
    place = _PLACE.search(read.required_word(values, "url", QuarantineReason.MISSING_ID))
    if place is None:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "url is no address of a comparison")
    commits = parts(values, "commits")
    if "commits" not in values:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "commits is empty")
    text = "\n".join(_lines(values, commits))
    said = {
        "document_id": f"compare {place['repo']} {place['span']}",
        "document_kind": DocumentKind.RELEASE_NOTE,
        "document_title": f"{reading.product}: what changed, {place['span']}",
        "document_text": text,
        "document_version": content_hash(text.encode()),
        "product": reading.product,
        "owner": OWNER,
        "started_at": _latest(commits) or _committed_at(required_part(values, "base_commit")),
        "audience_roles": [STAFF],
    }
    return statement(ContextKind.DOCUMENT, said, payload, number, reading)


def _lines(values: Values, commits: list[Values]) -> Iterator[str]:
    total = read.word(values, "total_commits")
    yield f"## Commits ({total or len(commits)})"
    for commit in commits:
        yield f"- {(read.required_word(commit, 'sha', QuarantineReason.MISSING_ID))[:12]} {_subject(required_part(commit, 'commit'))}"
    files = parts(values, "files")
    yield f"## Files ({len(files)})"
    for file in files:
        counts = f"+{read.word(file, 'additions') or '?'} -{read.word(file, 'deletions') or '?'}"
        yield f"- {read.required_word(file, 'filename')} ({read.word(file, 'status') or 'changed'}, {counts})"


def _subject(commit: Values) -> str:
    """The first line of the message; the lines after it may name people."""
    message = (read.words(commit, "message") or "").strip()
    return message.splitlines()[0].strip() if message else "(no message)"


def _latest(commits: list[Values]) -> datetime | None:
    return max((_committed_at(commit) for commit in commits), default=None)


def _committed_at(commit: Mapping[str, object]) -> datetime:
    """When the commit was made: from then on the comparison holds."""
    return read.instant(part(part(commit, "commit"), "committer"), "date")
