"""How a table loses what it holds of erased rows: whole rows go, and rows of others lose only what they say of them.

Pure: a frame and the ids in, the frame without them out. Who is erased is decided in `workflows/erase.py`. The rules that are easy to
break: a count that was reported stays as it was; a list and the texts beside it lose the same places; and every row that names nothing of
the erased comes out as it went in, value for value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.erasure import ERASED, Erased
from feedback_loop.contracts.tables import Table
from feedback_loop.methods.erasure.row_owners import OWNERS

_KEYS = ("record_version_id", "statement_id", "quarantine_id", "fragment_id", "cluster_id", "message_draft_id")
"""The columns by which a row is one of the erased, each with the ids of `Erased` of its name."""

_SHOWN = "worded_fragment_ids"
"""The fragments from which a language model made words: nobody can take one of them back out, so the row goes."""

_LISTS = ("member_fragment_ids", "core_fragment_ids", "day_fragment_ids", "sample_fragment_ids", "quote_fragment_ids")
_BESIDE = {"quote_fragment_ids": "quotes"}
"""Lists of texts that stand in the order of a list of fragments."""

_LABELS = ("cluster_label", "issue_label")
_TERM_LISTS = {"voted_terms": "term_votes"}
"""Lists of words that labels may be made of, and the numbers that stand in their order."""

_JSON = ("action_arguments",)
_TERMS = ", "


def needed_columns(table: Table) -> list[str]:
    """The columns that say which rows go, change, and where they lie."""
    beside = {*_BESIDE.values(), *_TERM_LISTS, *_TERM_LISTS.values()}
    wanted = {*OWNERS, *_KEYS, _SHOWN, *_LISTS, *beside, *_LABELS, *_JSON, "duplicate_of", *table.key, table.partition}
    return [name for name in table.columns if name in wanted]


def without(frame: pl.DataFrame, table: Table, erased: Erased) -> tuple[pl.DataFrame, int, int]:
    """The rows that stay, how many went, and how many of those that stay lost something."""
    left = frame.filter(~_is_gone(table, erased))
    touched = left.filter(_names_erased(table, erased))
    if touched.is_empty():
        return left, frame.height - left.height, 0
    mended = _mended(touched, table, erased)
    kept = mended.filter(~_is_empty_now(table))
    rest = left.filter(~_names_erased(table, erased))
    whole = pl.concat([rest, kept]).sort(table.key)
    return whole, frame.height - whole.height, kept.height


def emptied_clusters(clusters: pl.DataFrame, table: Table, erased: Erased) -> frozenset[str]:
    """The clusters of which nothing is left but erased fragments."""
    left, _, _ = without(clusters, table, erased)
    return frozenset(clusters.join(left, on="cluster_id", how="anti")["cluster_id"])


def scrubbed_json(text: str, ids: frozenset[str]) -> str:
    """The JSON without the ids: gone from lists, replaced where they stand alone; the same text where it names none of them."""
    content = json.loads(text)
    mended = _scrubbed(content, ids)
    return text if mended == content else canonical_json(mended).decode()


def names_any(value: Any, ids: frozenset[str]) -> bool:
    """Whether a plain JSON value names one of the ids."""
    match value:
        case str():
            return value in ids
        case Mapping():
            return any(names_any(part, ids) for part in value.values()) or any(name in ids for name in value)
        case list() | tuple():
            return any(names_any(part, ids) for part in value)
        case _:
            return False


def _is_gone(table: Table, erased: Erased) -> pl.Expr:
    owners = [_one_of(name, erased.customer_ids) for name in OWNERS if name in table.columns and erased.customer_ids]
    keys = [_one_of(name, ids) for name in _KEYS if name in table.columns and (ids := getattr(erased, f"{name}s"))]
    shown = [_holds(pl.col(_SHOWN), erased.fragment_ids).fill_null(False)] if _SHOWN in table.columns and erased.fragment_ids else []
    return pl.any_horizontal([*owners, *keys, *shown, pl.lit(False)])


def _names_erased(table: Table, erased: Erased) -> pl.Expr:
    lists = [_holds(pl.col(name), erased.fragment_ids) for name in _LISTS if name in table.columns and erased.fragment_ids]
    labels = [
        _holds(pl.col(name).str.split(_TERMS), erased.label_terms) for name in _LABELS if name in table.columns and erased.label_terms
    ]
    labels += [_holds(pl.col(name), erased.label_terms) for name in _TERM_LISTS if name in table.columns and erased.label_terms]
    same = [_one_of("duplicate_of", erased.fragment_ids)] if "duplicate_of" in table.columns else []
    texts = [pl.col(name).str.contains_any(sorted(erased.fragment_ids)) for name in _JSON if name in table.columns and erased.fragment_ids]
    return pl.any_horizontal([part.fill_null(False) for part in [*lists, *labels, *same, *texts]] or [pl.lit(False)])


def _is_empty_now(table: Table) -> pl.Expr:
    """A cluster without a member says nothing any more but what the erased said: its centroid is a mean of their vectors."""
    return pl.col("member_fragment_ids").list.len() == 0 if "member_fragment_ids" in table.columns else pl.lit(False)


def _mended(touched: pl.DataFrame, table: Table, erased: Erased) -> pl.DataFrame:
    made: dict[str, list[Any]] = {}
    for name in (name for name in _LISTS if name in table.columns):
        kept = [[place for place, one in enumerate(ids or []) if one not in erased.fragment_ids] for ids in touched[name].to_list()]
        for column in (name, _BESIDE.get(name)):
            if column is not None and column in table.columns:
                made[column] = [_at(values, places) for values, places in zip(touched[column].to_list(), kept, strict=True)]
    for name in (name for name in _LABELS if name in table.columns):
        made[name] = [_label(text, erased.label_terms) for text in touched[name].to_list()]
    for name, beside in ((name, beside) for name, beside in _TERM_LISTS.items() if name in table.columns):
        kept = [[place for place, one in enumerate(terms or []) if one not in erased.label_terms] for terms in touched[name].to_list()]
        for column in (name, beside):
            made[column] = [_at(values, places) for values, places in zip(touched[column].to_list(), kept, strict=True)]
    for name in (name for name in _JSON if name in table.columns):
        made[name] = [scrubbed_json(text, erased.fragment_ids) for text in touched[name].to_list()]
    if "duplicate_of" in table.columns:
        made["duplicate_of"] = [None if one in erased.fragment_ids else one for one in touched["duplicate_of"].to_list()]
    return touched.with_columns(pl.Series(name, values, touched.schema[name]) for name, values in made.items())


def _at(values: list[Any] | None, places: Iterable[int]) -> list[Any] | None:
    return None if values is None else [values[place] for place in places if place < len(values)]


def _label(text: str | None, terms: frozenset[str]) -> str | None:
    if text is None:
        return None
    return _TERMS.join(term for term in text.split(_TERMS) if term not in terms) or ERASED


def _scrubbed(value: Any, ids: frozenset[str]) -> Any:
    match value:
        case str():
            return ERASED if value in ids else value
        case Mapping():
            return {name: _scrubbed(part, ids) for name, part in value.items()}
        case list():
            return [_scrubbed(part, ids) for part in value if not (isinstance(part, str) and part in ids)]
        case _:
            return value


def _holds(lists: pl.Expr, ids: frozenset[str]) -> pl.Expr:
    return lists.list.eval(pl.element().is_in(sorted(ids))).list.any()


def _one_of(name: str, ids: frozenset[str]) -> pl.Expr:
    return pl.col(name).is_in(sorted(ids)).fill_null(False)
