"""Which rows are a customer's, what was derived from them, and by which strings they could still be found.

Read from the tables and from their earlier versions, as far as those still lie on the disk. What is done about it is `erase.py`. The
rules that are easy to break: a record belongs to the customer whom one of its versions names, but a version that names somebody else
stays; and a fragment that somebody else's row still has is not erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from feedback_loop.contracts.erasure import Erased, ErasedStrings
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.erasure.row_owners import statement_owner
from feedback_loop.methods.erasure.scrubbing import emptied_clusters, needed_columns
from feedback_loop.methods.erasure.traces import LEAST_ID, long_values, pieces, said_by_nobody_else, token_pattern
from feedback_loop.methods.group_terms import terms
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.workflows.erasable_home import ErasableHome

RECORD, STATEMENT, QUARANTINE = (TABLES[name] for name in ("bronze_feedback_record", "bronze_context_statement", "bronze_quarantine"))
MESSAGE, FRAGMENT, CLUSTER, ISSUE, STATE = (
    TABLES[n] for n in ("silver_message", "silver_fragment", "analysis_cluster", "gold_issue", "gold_issue_state")
)

_RECORD_COLUMNS = (
    "record_version_id", "record_id", "source_record_id", "customer_id", "customer_name", "customer_email", "customer_address",
    "occurred_at", "text", "context_text", "raw_payload",
)  # fmt: skip
_NAMES = ("customer_name", "customer_email", "customer_address")
_TERMS = ", "


@dataclass(frozen=True)
class Chosen:
    """The rows that go, the customers of whom anything was found, and when each of them was last heard."""

    erased: Erased
    known: frozenset[str]
    last_heard: Mapping[str, datetime]


@dataclass(frozen=True)
class Raw:
    """The tables of raw rows, earlier versions included, each row once."""

    records: pl.DataFrame
    statements: pl.DataFrame
    quarantined: pl.DataFrame

    @classmethod
    def of(cls, home: ErasableHome) -> Raw:
        """Those of the home."""
        records = home.read_with_past(RECORD, _RECORD_COLUMNS).unique("record_version_id")
        statements = home.read_with_past(STATEMENT, ("statement_id", "statement", "raw_payload")).unique("statement_id")
        quarantined = home.read_with_past(QUARANTINE, ("quarantine_id", "raw_bytes")).unique("quarantine_id")
        return cls(records, statements.with_columns(owner=statement_owner()), quarantined)

    def customers(self) -> set[str]:
        """Every customer whom a record or a statement names."""
        return {*self.records["customer_id"].drop_nulls(), *self.statements["owner"].drop_nulls()}


def rows_of_customers(customer_ids: Iterable[str], raw: Raw, home: ErasableHome) -> Chosen:
    """All rows of the customers."""
    wanted = frozenset(customer_ids)
    own = raw.records.filter(pl.col("customer_id").is_in(sorted(wanted)))
    unnamed = raw.records.filter(pl.col("customer_id").is_null()).join(own.select("record_id").unique(), on="record_id", how="semi")
    told = raw.statements.filter(pl.col("owner").is_in(sorted(wanted)))
    unread, named = _quarantined_of(wanted, raw.quarantined)
    known = {*own["customer_id"], *told["owner"], *named, *(home.recipients() & wanted)}
    erased = Erased(
        customer_ids=wanted,
        record_version_ids=frozenset([*own["record_version_id"], *unnamed["record_version_id"]]),
        statement_ids=frozenset(told["statement_id"]),
        quarantine_ids=frozenset(unread),
    )
    last = dict(own.group_by("customer_id").agg(pl.col("occurred_at").max()).iter_rows())
    return Chosen(erased, frozenset(known), last)


def with_derived(erased: Erased, raw: Raw, home: ErasableHome) -> Erased:
    """The same rows with all that was made of them: fragments, clusters of nobody else, words of labels that only they used."""
    versions = sorted(erased.record_version_ids)
    left = raw.records.filter(~pl.col("record_version_id").is_in(versions))
    gone = raw.records.filter(pl.col("record_version_id").is_in(versions)).join(left, on="record_id", how="anti")
    fragments = _fragments(erased, home)
    found = replace(erased, record_ids=frozenset(gone["record_id"]), fragment_ids=frozenset(fragments.filter("is_theirs")["fragment_id"]))
    clusters = home.tables.read(CLUSTER, columns=needed_columns(CLUSTER))
    issues, states = home.tables.read(ISSUE, columns=["issue_label"]), home.tables.read(STATE, columns=["voted_terms"])
    labels = {term for label in {*clusters["cluster_label"], *issues["issue_label"]} for term in (label or "").split(_TERMS)}
    labels |= set(states["voted_terms"].explode().drop_nulls())
    return replace(found, cluster_ids=emptied_clusters(clusters, CLUSTER, found), label_terms=_terms_of_nobody_else(labels, fragments))


def strings_of(erased: Erased, raw: Raw, home: ErasableHome) -> ErasedStrings:
    """By what the rows could still be found, and the hashes of texts whose vectors nobody else needs."""
    mine = raw.records.filter(pl.col("record_version_id").is_in(sorted(erased.record_version_ids)))
    fragments = _fragments(erased, home)
    others = _texts_of_others(erased, raw, fragments)
    texts = {piece for text in _texts_of(erased, raw, mine, fragments) for piece in pieces(text)}
    names = {value for name in _NAMES for value in mine[name].drop_nulls() if len(value) >= LEAST_ID}
    records = frozenset(mine["source_record_id"]) - frozenset(
        raw.records.join(mine, on="record_version_id", how="anti")["source_record_id"]
    )
    ids = {*erased.customer_ids, *records, *erased.row_ids}
    long = sorted(one for one in ids if len(one) >= LEAST_ID)
    told = _told_by_others(long, others)
    kept = [one for one in long if one not in told]
    return ErasedStrings(
        texts=tuple(said_by_nobody_else(texts | names, others)),
        ids=tuple(kept),
        other_ids=tuple(_longer_ids(kept, raw, erased)),
        source_record_ids=records,
        text_hashes=_hashes_of_nobody_else(fragments),
        not_searched_count=len(ids) - len(kept),
    )


def _fragments(erased: Erased, home: ErasableHome) -> pl.DataFrame:
    """Every fragment once, with `is_theirs`; one that a present row of somebody else has is not theirs."""
    columns = ["fragment_id", "record_version_id", "customer_id", "masked_text"]
    is_theirs = pl.col("customer_id").is_in(sorted(erased.customer_ids)) | pl.col("record_version_id").is_in(
        sorted(erased.record_version_ids)
    )
    past = home.read_with_past(FRAGMENT, columns).with_columns(is_theirs=is_theirs.fill_null(False))
    present = home.tables.read(FRAGMENT, columns=columns).with_columns(is_theirs=is_theirs.fill_null(False))
    theirs = past.filter("is_theirs").join(present.filter(~pl.col("is_theirs")), on="fragment_id", how="anti")
    return pl.concat([theirs, present.filter(~pl.col("is_theirs"))]).unique("fragment_id")


def _quarantined_of(wanted: frozenset[str], quarantined: pl.DataFrame) -> tuple[list[str], set[str]]:
    """The quarantined rows that name one of the customers as a word of its own, and who is named."""
    rows, named = [], set()
    patterns = {one: token_pattern(one) for one in sorted(wanted)}
    for quarantine_id, raw in quarantined.iter_rows():
        found = {one for one, pattern in patterns.items() if pattern.search(raw)}
        named |= found
        rows += [quarantine_id] if found else []
    return rows, named


def _terms_of_nobody_else(labels: set[str], fragments: pl.DataFrame) -> frozenset[str]:
    """The terms of labels that the erased fragments have and no other fragment has."""
    theirs = {term for text in fragments.filter("is_theirs")["masked_text"] for term in terms(text)} & labels
    if not theirs:
        return frozenset()
    words = sorted({term.split()[0] for term in theirs})
    near = fragments.filter(~pl.col("is_theirs") & pl.col("masked_text").str.contains_any(words, ascii_case_insensitive=True))
    return frozenset(theirs - {term for text in near["masked_text"] for term in terms(text)})


def _texts_of(erased: Erased, raw: Raw, mine: pl.DataFrame, fragments: pl.DataFrame) -> Iterator[str]:
    for name in ("text", "context_text"):
        yield from mine[name].drop_nulls()
    payloads = [*mine["raw_payload"], *raw.statements.filter(pl.col("statement_id").is_in(sorted(erased.statement_ids)))["raw_payload"]]
    yield from (text for payload in payloads for text in long_values(payload))
    unread = raw.quarantined.filter(pl.col("quarantine_id").is_in(sorted(erased.quarantine_ids)))["raw_bytes"]
    yield from (bytes_.decode("utf-8", "replace") for bytes_ in unread)
    yield from fragments.filter("is_theirs")["masked_text"]


def _texts_of_others(erased: Erased, raw: Raw, fragments: pl.DataFrame) -> list[pl.Series]:
    """What the rows that stay say."""
    records = raw.records.filter(~pl.col("record_version_id").is_in(sorted(erased.record_version_ids)))
    statements = raw.statements.filter(~pl.col("statement_id").is_in(sorted(erased.statement_ids)))
    unread = raw.quarantined.filter(~pl.col("quarantine_id").is_in(sorted(erased.quarantine_ids)))["raw_bytes"]
    decoded = pl.Series([bytes_.decode("utf-8", "replace") for bytes_ in unread], dtype=pl.String)
    said = [records[name] for name in ("text", "context_text", "raw_payload", *_NAMES)]
    return [*said, statements["raw_payload"], statements["statement"], fragments.filter(~pl.col("is_theirs"))["masked_text"], decoded]


def _told_by_others(ids: list[str], others: list[pl.Series]) -> set[str]:
    """The ids that somebody else wrote into a text, as a word of its own."""
    found: set[str] = set()
    for texts in others:
        near = set(texts.drop_nulls().str.extract_many(ids, overlapping=True).explode().drop_nulls().unique()) if ids else set()
        for one in near - found:
            holding = texts.filter(texts.str.contains(one, literal=True).fill_null(False))
            found |= {one} if any(token_pattern(one).search(text.encode("utf-8", "replace")) for text in holding) else set()
    return found


def _longer_ids(ids: list[str], raw: Raw, erased: Erased) -> list[str]:
    """Ids of others that hold one of these ids."""
    left = raw.records.filter(~pl.col("record_version_id").is_in(sorted(erased.record_version_ids)))
    named = pl.Series([*(raw.customers() - erased.customer_ids), *left["source_record_id"].unique()], dtype=pl.String)
    return sorted(named.filter(named.str.contains_any(ids))) if ids else []


def _hashes_of_nobody_else(fragments: pl.DataFrame) -> frozenset[str]:
    """The keys of the cache: hashes of the erased texts, as models see them and as they stand, that no other fragment has."""

    def hashed(texts: pl.Series) -> set[str]:
        return {content_hash(form) for text in texts for form in (text, without_tokens(text))}

    return frozenset(hashed(fragments.filter("is_theirs")["masked_text"]) - hashed(fragments.filter(~pl.col("is_theirs"))["masked_text"]))
