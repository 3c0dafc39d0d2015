"""Sets of documents, questions and what answers them: made of the simulated company, of Banking77 and of annotated bug duplicates.

The last two are public data beside the project; a set that is not there is left out by name, never papered over. The least
nearness was chosen after a look at simulated questions.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import yaml

from feedback_loop.contracts.knowledge import PUBLIC
from feedback_loop.contracts.tables import TABLES
from feedback_loop.simulation.documents import documents as documents_of
from feedback_loop.simulation.feed import Simulation, simulate
from feedback_loop.simulation.phrasebook import read_phrases
from feedback_loop.simulation.scenario import load_scenario
from feedback_loop_tests.injection_texts import FOLDER

DATA = FOLDER.parent
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_EXAMPLES_OF_INTENT = 5
_PRODUCT = "Any"


class Asked(NamedTuple):
    """A question and the ids of the documents that answer it; one that repeats a document's text is never looked for in itself."""

    text: str
    relevant: frozenset[str]
    itself: str | None = None


class RetrievalSet(NamedTuple):
    """Documents as rows of `context_document`, what is asked of them, and when."""

    name: str
    documents: pl.DataFrame
    asked: list[Asked]
    at: datetime


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """The rows as `context_document`, all public and in force for a year from `BEGIN`."""
    common = {"document_kind": "kb_article", "product": _PRODUCT, "owner": "set", "started_at": BEGIN, "landed_at": BEGIN}
    dated = {"valid_until_at": BEGIN + timedelta(days=365), "audience_roles": [PUBLIC], "event_date": BEGIN.date()}
    whole = [{"statement_id": row["document_id"], "document_version": row["document_id"], **common, **dated, **row} for row in rows]
    return pl.DataFrame(whole, schema=pl.Schema(TABLES["context_document"].schema), orient="row")


def retrieval_sets(rng: random.Random, most: int) -> Iterator[RetrievalSet]:
    """Every set that can be made here, each with at most so many questions."""
    yield _simulated(rng, most)
    for make, folder in ((_banking, "banking77"), (_bugs, "bug_duplicates")):
        if (DATA / folder).is_dir():
            yield make(DATA / folder, rng, most)
        else:
            print(f"LEFT OUT: {folder} is not at {DATA}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds it")


def unrelated_questions() -> list[str]:
    """Questions about everything but a product (CLINC150 without banking); none where the file is missing."""
    file = DATA / "clinc150" / "train_val.json"
    if not file.exists():
        return []
    return [text for text, _ in json.loads(file.read_text("utf-8"))["oos_val"]]


def _simulated(rng: random.Random, most: int) -> RetrievalSet:
    """What customers of the simulated company complain about, and the help article about that topic, among all its documents."""
    lived = simulate(load_scenario(), seed=11, start_day=date(2026, 3, 1))
    article = {told["topic"]: name for name, told in read_phrases("documents").items() if "topic" in told}
    texts = {one.text: one.topics for one in lived.messages if one.text and one.duplicate_of is None}
    told = {text: article.get(topics[0]) for text, topics in texts.items() if len(topics) == 1}
    asked = [Asked(text, frozenset({name})) for text, name in told.items() if name]
    end = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=lived.scenario.days)
    return RetrievalSet("simulated", _documents(lived), rng.sample(asked, min(most, len(asked))), end)


def _documents(lived: Simulation) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for one in documents_of(lived):
        _, head, text = one.text.split("---\n", 2)
        told = yaml.safe_load(head)
        names = {"document_kind": "kind", "document_title": "title", "owner": "owner"}
        instants = {"started_at": "valid_from", "valid_until_at": "valid_until"}
        row = {column: told[name] for column, name in names.items()}
        row |= {column: datetime.fromisoformat(told[name]) for column, name in instants.items()}
        row |= {"statement_id": one.file_name, "document_id": one.document_id, "document_version": one.file_name}
        rows.append(row | {"document_text": text.strip(), "landed_at": one.delivered_at})
    return frame(rows)


def _banking(folder: Path, rng: random.Random, most: int) -> RetrievalSet:
    """One document for each of 77 intents, which says five of its questions; asked are others."""
    of_intent = defaultdict(list)
    with (folder / "train.csv").open(encoding="utf-8", newline="") as file:
        for text, intent in list(csv.reader(file))[1:]:
            of_intent[intent].append(text)
    rows: list[dict[str, object]] = []
    asked = []
    for intent, texts in sorted(of_intent.items()):
        rng.shuffle(texts)
        said = "\n\n".join(texts[:_EXAMPLES_OF_INTENT])
        rows.append({"document_id": intent, "document_title": "Questions like these", "document_text": said})
        asked += [Asked(text, frozenset({intent})) for text in texts[_EXAMPLES_OF_INTENT:]]
    return RetrievalSet("Banking77 intents", frame(rows), rng.sample(asked, most), BEGIN + timedelta(days=1))


def _bugs(folder: Path, rng: random.Random, most: int) -> RetrievalSet:
    """Bug reports as known incidents; asked is the summary of one, what answers are those that people called its duplicates."""
    twins = defaultdict(set)
    with (folder / "hadoop_duplicate_pairs.csv").open(encoding="utf-8", newline="") as file:
        for one, other in list(csv.reader(file))[1:]:
            twins[one].add(other)
            twins[other].add(one)
    with (folder / "hadoop_bugs.csv").open(encoding="utf-8", newline="") as file:
        bugs = {row["Issue id"]: row for row in csv.DictReader(file)}
    rows: list[dict[str, object]] = [
        {"document_id": name, "document_title": row["Summary"], "document_text": row["Description"] or row["Summary"]}
        for name, row in bugs.items()
    ]
    known = {name: frozenset(others & set(bugs)) for name, others in twins.items() if name in bugs}
    asked = [Asked(bugs[name]["Summary"], others, name) for name, others in sorted(known.items()) if others]
    return RetrievalSet("bug duplicates", frame(rows), rng.sample(asked, min(most, len(asked))), BEGIN + timedelta(days=1))
