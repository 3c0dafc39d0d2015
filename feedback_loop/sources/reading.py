"""What every reader is told and what it may say: the task (`Reading`), the trouble with a row (`Problem`), the outcome (`Row`).

`RowRefused` never leaves this folder: a reader turns it into a `RejectedRow`. A problem's detail names columns and limits, never a value.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from feedback_loop.contracts.records import RejectedRow, Row
from feedback_loop.contracts.vocab import QuarantineReason

__all__ = ["MAX_ROW_BYTES", "Problem", "Reading", "Row", "RowRefused", "reading_again"]

MAX_ROW_BYTES = 1024 * 1024
"""A longer row is no feedback; it is quarantined whole."""


@dataclass(frozen=True)
class Problem:
    """Why a row can't be landed."""

    reason: QuarantineReason
    detail: str


class RowRefused(Exception):
    """A row can't become a record."""

    def __init__(self, reason: QuarantineReason, detail: str) -> None:
        self.problem = Problem(reason, detail)
        super().__init__(f"{reason}: {detail}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader is told about the bytes; with `columns` they are rows alone, without the header or the marks of a whole file."""

    source: str
    file_name: str
    form: str
    product: str = ""
    columns: tuple[str, ...] | None = None
    own_domains: tuple[str, ...] = ()
    """Domains of the company's own addresses: what is sent from them is no customer's word."""

    @property
    def path(self) -> Path:
        """The file's name as errors carry it."""
        return Path(self.file_name)

    @property
    def options(self) -> str:
        """What is needed to read a single row again, as JSON."""
        told: dict[str, Any] = {"form": self.form, "product": self.product, "columns": list(self.columns or ())}
        if self.own_domains:  # left out where there are none, so that rows which were quarantined before keep their ids
            told["own_domains"] = list(self.own_domains)
        return json.dumps(told, sort_keys=True, ensure_ascii=False)

    def over_rows(self, columns: tuple[str, ...] = (), form: str = "") -> Reading:
        """The same task over rows alone, as a rejected row of this file is to be read again."""
        return replace(self, columns=columns, form=form or self.form)

    def rejected(self, problem: Problem, raw: bytes, number: int) -> RejectedRow:
        """The row, kept byte for byte with its problem."""
        return RejectedRow(
            source=self.source,
            source_file=self.file_name,
            source_row_number=number,
            reason=problem.reason,
            detail=problem.detail,
            raw_bytes=raw,
            reader_options=self.options,
        )


def reading_again(source: str, file_name: str, options: str) -> Reading:
    """The task of reading a single quarantined row again."""
    told: dict[str, Any] = json.loads(options)
    return Reading(
        source=source,
        file_name=file_name,
        form=told["form"],
        product=told["product"],
        columns=tuple(told["columns"]),
        own_domains=tuple(told.get("own_domains", ())),
    )
