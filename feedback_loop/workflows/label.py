"""Labels that people give: what a fragment is truly about, kept beside what the classifier said, and read as of a time.

The rules that are easy to break: a label is added and never changed, a later correction of the same fragment counts from its instant on;
and a second reading is another person's, who was not told the first label.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from feedback_loop.analysis.gold_labels import said_of
from feedback_loop.analysis.taxonomy import Taxonomy, seed_taxonomy
from feedback_loop.analysis.taxonomy_file import id_of
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import LabelKind
from feedback_loop.errors import BadInput, UnknownChoice
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.workflows.people import People, roles_of

_LABEL = TABLES["state_label"]


def correct_label(
    fragment_id: str,
    class_name: str,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    at: datetime,
    taxonomy: Taxonomy | None = None,
    kind: LabelKind = LabelKind.CORRECTION,
    why: str | None = None,
) -> str:
    """The id of the label that the person gave the fragment, in words of the taxonomy (the seed where none is given).

    Raises BadInput where the fragment, the class or the person is unknown, or a second reading has no first.
    """
    roles_of(person, people)
    taxonomy = taxonomy or seed_taxonomy()
    word = word_of(class_name, taxonomy)
    if word is None:
        raise UnknownChoice("class", class_name, list(taxonomy.names))
    _require_fragment(fragment_id, tables)
    if kind is LabelKind.SECOND_READING:
        _require_first_reading(fragment_id, person, state)
    row = label_row(fragment_id, word, person, at, taxonomy.version, kind, why)
    state.record(_LABEL, [row], person, at)
    return str(row["label_id"])


def label_row(
    fragment_id: str, word: str, person: str, at: datetime, taxonomy_version: str, kind: LabelKind, why: str | None
) -> dict[str, object]:
    """The label as a row of `state_label`; `word` is one of the taxonomy of this version."""
    return {
        "label_id": stable_id("label", fragment_id, person, word, at),
        "fragment_id": fragment_id,
        "labelled_class": word,
        "labelled_by": person,
        "labelled_at": at,
        "taxonomy_version": taxonomy_version,
        "label_kind": str(kind),
        "label_why": (why or "").strip() or None,
    }


def word_of(class_name: str, taxonomy: Taxonomy) -> str | None:
    """The taxonomy's word for a class as somebody wrote it; None where it has none."""
    found = taxonomy.called(id_of(class_name))
    return None if found is None else str(found.name)


def why_no_second_reading(readers: Collection[str], person: str) -> str | None:
    """Why the person can't read a fragment a second time that these people labelled; None where nothing speaks against it."""
    if not readers:
        return "nobody labelled this fragment yet, so there is nothing to read a second time"
    return f"{person} labelled this fragment already, and a second reading is another person's" if person in readers else None


def _require_fragment(fragment_id: str, tables: TableStore) -> None:
    wanted = pl.DataFrame({"fragment_id": [fragment_id]})
    if tables.read(TABLES["silver_fragment"], columns=["fragment_id"], matching=wanted).is_empty():
        raise BadInput("no fragment has this id. Find one with `query`, in mart_complaint.")


def _require_first_reading(fragment_id: str, person: str, state: StateStore) -> None:
    readers = said_of(state.snapshot(_LABEL)).get(fragment_id, {})
    why = why_no_second_reading(readers, person)
    if why is not None:
        raise BadInput(f"{why}. {'Choose another fragment' if readers else 'Leave --second-reading out'}.")
