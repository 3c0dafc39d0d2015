"""Releases as GitHub lists them: pages of `GET /repos/{owner}/{repo}/releases` (REST API, https://docs.github.com/rest/releases/releases).

tag_name and published_at are required; body (the notes), name and draft may be missing. A tag `v2.1` is the version `2.1`, as customers'
apps name it. A pre-release is a release, because customers run it. A draft was published to nobody: it gives no record, so that it is
counted neither as read nor as refused, and is read as a release once a later page says that it was published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import ReleaseRecord
from feedback_loop.sources import values as read
from feedback_loop.sources.json_pages import read_json_pages
from feedback_loop.sources.json_values import flag
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

KNOWN_FIELDS = frozenset(
    {
        "assets", "assets_url", "author", "body", "body_html", "body_text", "created_at", "discussion_url", "draft", "html_url", "id",
        "immutable", "mentions_count", "name", "node_id", "prerelease", "published_at", "reactions", "tag_name", "tarball_url",
        "target_commitish", "updated_at", "upload_url", "url", "zipball_url",
    }
)  # fmt: skip

_NUMBERED = re.compile(r"[vV](?=[0-9])")


def read_github_releases(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A release or a rejected row for each release of the page that is no draft."""
    return read_json_pages(stream, reading, ("releases", "items"), _release)


def version_of(tag: str) -> str:
    """The version that the tag names."""
    return _NUMBERED.sub("", tag, count=1) if _NUMBERED.match(tag) else tag


def _release(values: Values, payload: str, number: int, reading: Reading) -> Iterator[ReleaseRecord]:
    if flag(values, "draft"):
        return
    yield ReleaseRecord(
        product=reading.product,
        release_version=version_of(read.required_word(values, "tag_name")),
        released_at=read.instant(values, "published_at"),
        release_notes=read.words(values, "body") or read.words(values, "name"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
