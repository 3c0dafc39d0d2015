"""Governed documents: Markdown with YAML front matter, one document a file, one file a row.

Front matter: document_id, kind, title, product, owner, valid_from are required; valid_until, audience, status, supersedes may be missing.
Every value is taken as it is written, so that a version 2.10 or a date stays what it was. Only the audience may be a structure: a list of
roles, or one text with commas; others refuse the file where they are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import yaml

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.knowledge import DocumentStatus
from feedback_loop.contracts.loop_vocab import ContextKind, DocumentKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.context_statements import period, statement
from feedback_loop.sources.lines import BOM
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading, Row, RowRefused
from feedback_loop.sources.values import Values
from feedback_loop.sources.whole_file import read_whole

MAX_FRONT_CHARS = 64 * 1024
"""YAML takes its time; a longer list of names and values describes no document."""

_FRONT = re.compile(r"---[ \t]*\r?\n(?P<front>.*?)^---[ \t]*(\r?\n|\Z)(?P<text>.*)", re.DOTALL | re.MULTILINE)


def read_documents(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """The document or its rejected file; one that is too long is rejected in pieces, so that it can't fill the memory."""
    return read_whole(stream, reading, MAX_ROW_BYTES, _document)


def _document(raw: bytes, told: Reading) -> ContextStatement:
    try:
        whole = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, f"the document is not UTF-8 ({error.reason})") from error
    match = _FRONT.match(whole)
    if match is None:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the document does not begin with front matter between two lines of ---")
    if len(match["front"]) > MAX_FRONT_CHARS:
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, f"the front matter is longer than {MAX_FRONT_CHARS} characters")
    said = _said(_front_matter(match["front"]))
    return statement(
        ContextKind.DOCUMENT, {**said, "document_text": match["text"].strip(), "document_version": content_hash(raw)}, whole, 1, told
    )


def _front_matter(text: str) -> dict[str, object]:
    """The names and values as they are written; compared with loading it, nothing is guessed, nothing built and no name lost."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the front matter is no YAML") from error
    if not isinstance(node, yaml.MappingNode):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the front matter is no list of names and values")
    pairs = [(name.value, _value(value)) for name, value in node.value]
    if any(not isinstance(name, str) for name, _ in pairs) or len({name for name, _ in pairs}) < len(pairs):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "a name of the front matter occurs twice or is none")
    return dict(pairs)


def _value(node: yaml.Node) -> object:
    """A text as it is written, a list of texts, None; any other structure as something that no column takes."""
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return [item.value for item in node.value]
    return None if _is_null(node) else node.value


def _audience(values: Values) -> list[str] | None:
    """The roles that are named, ascending; None where none is."""
    said = values.get("audience")
    roles = said.split(",") if isinstance(said, str) else said
    if roles is None:
        return None
    if not isinstance(roles, list):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "audience is no list of roles")
    named = (read.word({"audience": role}, "audience") for role in roles)
    return sorted({role for role in named if role}) or None


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~", "null")


def _said(values: Values) -> dict[str, object]:
    started_at, valid_until_at = period(values, "valid_from", "valid_until")
    return {
        "document_id": read.required_word(values, "document_id", QuarantineReason.MISSING_ID),
        "document_kind": read.required_choice(values, "kind", DocumentKind),
        "document_title": read.required_word(values, "title"),
        "product": read.required_word(values, "product"),
        "owner": read.required_word(values, "owner"),
        "started_at": started_at,
        "valid_until_at": valid_until_at,
        "audience_roles": _audience(values),
        "document_status": read.choice(values, "status", DocumentStatus),
        "supersedes_document_id": read.word(values, "supersedes"),
    }
