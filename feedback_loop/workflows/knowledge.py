"""Governed knowledge: the documents, known incidents and release notes of a company, searched for a reader as of an instant.

Joins the tables with the index behind `ports.PassageIndex`; which versions may be used is `methods/retrieval/governed.py`. The rules that
are easy to break: the index holds every version, so a search begins with the versions that the reader may see at the instant, and counts
over those only; and what was found is read, never followed: only a playbook says what may be done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.knowledge import FoundPassage, IndexedPassages, IssueWords, Reader
from feedback_loop.contracts.loop_vocab import DocumentKind
from feedback_loop.errors import KnowledgeUnavailable
from feedback_loop.methods.retrieval.governed import may_ground
from feedback_loop.methods.retrieval.passages import cut_passages
from feedback_loop.methods.retrieval.ranking import Ranked, cosines, ranked
from feedback_loop.methods.retrieval.words import asked_words
from feedback_loop.ports import Embedder, PassageIndex, TableStore
from feedback_loop.workflows.knowledge_sources import governed_documents

DOCUMENTS_SHOWN = 5
"""Documents that are shown beside an issue."""


@dataclass
class Library:
    """Governed documents that can be searched; rows of `context_document`, all versions of them."""

    documents: pl.DataFrame
    index: PassageIndex
    embedder: Embedder

    def __post_init__(self) -> None:
        self._shelf: tuple[frozenset[str], IndexedPassages] | None = None
        self._visible: tuple[Reader, pl.DataFrame] | None = None
        keys = [_content_key(row) for row in self.documents.iter_rows(named=True)]
        keyed = dict(zip(keys, self.documents.iter_rows(named=True), strict=True))
        self.documents = self.documents.with_columns(content_key=pl.Series(keys, dtype=pl.String))
        self.index.keep(list(keyed), lambda key: _passages_of(keyed[key]), self.embedder)

    def search(self, words: str, reader: Reader, limit: int = DOCUMENTS_SHOWN) -> list[FoundPassage]:
        """The passages that answer the words, the best first, of documents that are in force and that the reader may see."""
        return list(islice(self._found((words,), reader), limit))

    def documents_for(self, wanted: IssueWords, reader: Reader, limit: int = DOCUMENTS_SHOWN) -> list[FoundPassage]:
        """The best passage of each document about an issue's class, symptoms or causes, in documents of its product; none is invented.

        Ranked by words over all of what is known, and by meaning over the nearest of its parts. What does not speak of it
        surely is left out.
        """
        of_product = Reader(reader.as_of, reader.roles, wanted.product)
        best: dict[str, FoundPassage] = {}
        for found in self._found(wanted.facets, of_product):
            if found.speaks_of_it:
                best.setdefault(found.passage.document_id, found)
            if len(best) >= limit:
                break
        return list(best.values())

    def shelf(self, reader: Reader) -> IndexedPassages:
        """The passages that may ground something for the reader."""
        return self._read(frozenset(self._seen_by(reader)["content_key"]))

    def _found(self, facets: Sequence[str], reader: Reader) -> Iterator[FoundPassage]:
        visible, asked = self._seen_by(reader), [facet for facet in facets if facet.strip()]
        shelf = self._read(frozenset(visible["content_key"])) if asked else None
        if shelf is None or not shelf.passages:
            return iter(())
        nearness = cosines(shelf.vectors, self.embedder.embed(asked))
        order = ranked(self.index.occurrences("\n".join(asked)), shelf.numbers, shelf.lengths, nearness)
        wanted = visible.filter(pl.col("content_key").is_in([shelf.content_keys[place.row] for place in order]))
        return _distinct(shelf, order, {row["content_key"]: row for row in wanted.iter_rows(named=True)})

    def _seen_by(self, reader: Reader) -> pl.DataFrame:
        """The versions that may ground something for the reader; those of the last reader are kept, because one often asks again."""
        if self._visible is None or self._visible[0] != reader:
            self._visible = reader, may_ground(self.documents, reader)
        return self._visible[1]

    def _read(self, content_keys: frozenset[str]) -> IndexedPassages:
        """The passages of the contents; those of the last search are kept, because most searches are for one reader."""
        if self._shelf is None or self._shelf[0] != content_keys:
            self._shelf = content_keys, self.index.read(content_keys)
        return self._shelf[1]


def open_library(tables: TableStore, index: PassageIndex, embedder: Embedder) -> Library:
    """Everything that is governed: documents, incidents that are over, notes of releases."""
    return Library(governed_documents(tables), index, embedder)


def library_or_none(tables: TableStore, index: PassageIndex, embedder: Embedder) -> Library | None:
    """The same; None where the index can't be used, for whoever can do without."""
    try:
        return open_library(tables, index, embedder)
    except KnowledgeUnavailable:
        return None


def _content_key(row: dict[str, Any]) -> str:
    """A name for what is indexed of a version: two documents of equal versions, or a version whose text differs, are two contents."""
    return content_hash("\0".join(row[name] for name in ("document_id", "document_version", "document_title", "document_text")))


def _passages_of(row: dict[str, Any]) -> list[Any]:
    return cut_passages(row["document_id"], row["document_version"], row["document_title"], row["document_text"])


def _distinct(shelf: IndexedPassages, order: Sequence[Ranked], told: dict[str, dict[str, Any]]) -> Iterator[FoundPassage]:
    """What was found, in its order; a text that was found before in another document is not shown again."""
    seen: set[tuple[str, ...]] = set()
    for place in order:
        passage = shelf.passages[place.row]
        said = tuple(word.casefold() for word in asked_words(passage.text))
        if said in seen:
            continue
        seen.add(said)
        row = told[shelf.content_keys[place.row]]
        yield FoundPassage(
            passage=passage,
            document_kind=DocumentKind(row["document_kind"]),
            owner=row["owner"],
            valid_until_at=row["valid_until_at"],
            fused_score=place.fused_score,
            word_rank=place.word_rank,
            meaning_rank=place.meaning_rank,
            nearness_score=place.nearness_score,
            matched_words=place.matched_words,
        )
