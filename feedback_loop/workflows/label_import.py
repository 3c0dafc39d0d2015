"""Many labels at once: each row of a file becomes a label, or is refused with what to do about it, and no row decides over another.

Reading the file is in `label_files`, one label in `label`. The rules that are easy to break: read = stored + known + left open + refused,
always; and a file that is given again changes nothing, not even where its labels were corrected since.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

from feedback_loop.analysis.gold_labels import in_words_of, said_of
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import LabelKind
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.label import label_row, why_no_second_reading, word_of
from feedback_loop.workflows.label_files import LabelLine
from feedback_loop.workflows.people import People, roles_of

_LABEL, _FRAGMENT = TABLES["state_label"], TABLES["silver_fragment"]


class RowFate(StrEnum):
    """What became of a row: a new label, one that the person gave before, none yet, or nothing for a reason."""

    STORED = "stored"
    KNOWN = "known"
    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True)
class JudgedRow:
    """What became of one row; the label that it is stored as, or why it was refused."""

    number: int
    fate: RowFate
    why: str | None = None
    label: Mapping[str, object] | None = None


@dataclass(frozen=True)
class ImportReport:
    """What became of all rows, and of each refused one by its number why."""

    read: int
    stored: int
    known: int
    open: int
    refused: Mapping[int, str]


def import_labels(
    lines: Sequence[LabelLine],
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    at: datetime,
    taxonomy: Taxonomy,
) -> ImportReport:
    """What became of the lines, whose labels are the person's, stored in one change; raises BadInput where the person is unknown."""
    roles_of(person, people)
    judge = _Judge(lines, person, at, taxonomy, _known_fragments(lines, tables), state.snapshot(_LABEL))
    judged = [judge.row(line) for line in lines]
    if fresh := [one.label for one in judged if one.label is not None]:
        state.record(_LABEL, fresh, person, at)
    counts = Counter(one.fate for one in judged)
    refused = {one.number: one.why for one in judged if one.why is not None}
    return ImportReport(len(lines), counts[RowFate.STORED], counts[RowFate.KNOWN], counts[RowFate.OPEN], refused)


def _known_fragments(lines: Sequence[LabelLine], tables: TableStore) -> frozenset[str]:
    wanted = pl.DataFrame({"fragment_id": sorted({line.fragment_id for line in lines if line.label})}, schema={"fragment_id": pl.String})
    return frozenset(tables.read(_FRAGMENT, columns=["fragment_id"], matching=wanted)["fragment_id"])


class _Judge:
    """What a row comes to, by what the file says elsewhere and by what people said so far, the rows before it included."""

    def __init__(
        self,
        lines: Sequence[LabelLine],
        person: str,
        at: datetime,
        taxonomy: Taxonomy,
        fragments: frozenset[str],
        labels: pl.DataFrame,
    ) -> None:
        self._person, self._at, self._version, self._fragments = person, at, taxonomy.version, fragments
        self._words = {label: word_of(label, taxonomy) for label in {line.label for line in lines}}
        self._readers = {name: set(said) for name, said in said_of(labels).items()}
        self._own: dict[tuple[str, str], list[str]] = defaultdict(list)
        words = in_words_of(taxonomy, labels.filter(pl.col("labelled_by") == person))[0].sort("labelled_at", "label_id")
        for name, kind, word in words.select("fragment_id", "label_kind", "labelled_class").iter_rows():
            self._own[name, kind].append(word)
        self._rows: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for line in lines:
            if line.label:
                self._rows[line.fragment_id].setdefault(self._said(line), line.number)

    def row(self, line: LabelLine) -> JudgedRow:
        """What becomes of the line."""
        if (why := self._why_unusable(line)) is not None:
            return JudgedRow(line.number, RowFate.REFUSED, why)
        if not line.label:
            return JudgedRow(line.number, RowFate.OPEN)
        word, kind = self._said(line)
        before = self._own[line.fragment_id, kind]
        if before and before[-1] == word:
            return JudgedRow(line.number, RowFate.KNOWN)
        if (why := self._why_too_late(line, before)) is not None:
            return JudgedRow(line.number, RowFate.REFUSED, why)
        before.append(word)
        self._readers.setdefault(line.fragment_id, set()).add(self._person)
        label = label_row(line.fragment_id, word, self._person, self._at, self._version, LabelKind(kind), line.why)
        return JudgedRow(line.number, RowFate.STORED, label=label)

    def _said(self, line: LabelLine) -> tuple[str, str]:
        """The class in the taxonomy's word, as it stands where it has none, and the kind of label."""
        return self._words[line.label] or line.label, line.kind.casefold() or str(LabelKind.CORRECTION)

    def _why_unusable(self, line: LabelLine) -> str | None:
        """Why the row says nothing that could be stored, whoever says it."""
        if line.problem:
            return line.problem
        if not line.label:
            return "has a 'why' but no 'label'; add it, or leave both empty" if line.why else None
        if self._said(line)[1] not in [*LabelKind]:
            return f"has an unknown 'kind'; write {' or '.join(LabelKind)}, or leave it empty"
        if self._words[line.label] is None:
            return "has a 'label' that is no class of the taxonomy; take one that `feedback-loop taxonomy show` names"
        if line.fragment_id not in self._fragments:
            return "has a 'fragment_id' that no fragment has; copy it from `feedback-loop labels queue --csv` or mart_complaint"
        other = next((number for said, number in self._rows[line.fragment_id].items() if said != self._said(line)), None)
        return None if other is None else f"says something else of its fragment than row {other}; keep one of them"

    def _why_too_late(self, line: LabelLine, before: Sequence[str]) -> str | None:
        """Why the person can't say so any more, or not yet."""
        word, kind = self._said(line)
        if word in before:
            return f"is what {self._person} said before saying otherwise; if it shall count again, use `feedback-loop labels correct`"
        if kind == LabelKind.SECOND_READING:
            return why_no_second_reading(self._readers.get(line.fragment_id, ()), self._person)
        return None
