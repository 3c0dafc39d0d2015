"""Which version of which document may ground anything at an instant, and who may read it.

Pure: rows of `context_document` in. In force is the version that landed last, if its owner has approved it, it has begun and not ended, and
no other document has taken its place. Whatever is doubtful is out: a version without an end, a draft that landed after an approved version,
a newer version that has not begun. The rule that is easy to break: nothing that landed after the instant is looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from feedback_loop.contracts.knowledge import DocumentStanding, DocumentStatus, Reader

_ORDER = ("document_id", "landed_at", "started_at", "statement_id")
_SAYS = pl.col("document_status").fill_null(str(DocumentStatus.APPROVED))


def standings(documents: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Every version that had landed by the instant, by id and landing, with its `document_standing`."""
    known = documents.filter(pl.col("landed_at") <= at).sort(_ORDER)
    taken = _superseded_ids(known, at)
    is_latest = pl.col("statement_id") == pl.col("statement_id").last().over("document_id")
    first_that_holds = (
        (~is_latest, DocumentStanding.OLDER_VERSION),
        (_SAYS.eq(str(DocumentStatus.WITHDRAWN)), DocumentStanding.WITHDRAWN),
        (_SAYS.ne(str(DocumentStatus.APPROVED)), DocumentStanding.DRAFT),
        (pl.col("document_id").is_in(list(taken)), DocumentStanding.SUPERSEDED),
        (pl.col("started_at") > at, DocumentStanding.NOT_YET_VALID),
        (pl.col("valid_until_at").is_null(), DocumentStanding.UNDATED),
        (pl.col("valid_until_at") <= at, DocumentStanding.EXPIRED),
        (pl.lit(True), DocumentStanding.IN_FORCE),
    )
    reasons = [pl.when(holds).then(pl.lit(str(standing))) for holds, standing in first_that_holds]
    return known.with_columns(document_standing=pl.coalesce(reasons))


def in_force(documents: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """The versions that may ground something at the instant: at most one of each document."""
    return standings(documents, at).filter(document_standing=str(DocumentStanding.IN_FORCE)).drop("document_standing")


def readable(documents: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """The documents that the reader belongs to the audience of; one that names no audience is its owner's alone."""
    is_named = pl.col("audience_roles").list.set_intersection(sorted(reader.audiences)).list.len().fill_null(0) > 0
    return documents.filter(is_named | pl.col("owner").is_in(sorted(reader.roles)))


def may_ground(documents: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """The versions in force that the reader may see, of the reader's product where there is one."""
    found = readable(in_force(documents, reader.as_of), reader)
    return found if reader.product is None else found.filter(product=reader.product)


def valid_versions(documents: pl.DataFrame, ids: Collection[str], at: datetime) -> dict[str, str | None]:
    """The version of each document that is in force at the instant, by id; None where there is none."""
    found = in_force(documents, at)
    versions = dict(zip(found["document_id"], found["document_version"], strict=True))
    return {name: versions.get(name) for name in ids}


def _superseded_ids(known: pl.DataFrame, at: datetime) -> set[str]:
    """The ids whose place the latest version of another document takes that has begun and is no draft, withdrawn or not."""
    begun = known.filter(_SAYS.ne(str(DocumentStatus.DRAFT)) & (pl.col("started_at") <= at))
    latest = begun.unique("document_id", keep="last", maintain_order=True)
    return set(latest.filter(pl.col("supersedes_document_id") != pl.col("document_id"))["supersedes_document_id"])
