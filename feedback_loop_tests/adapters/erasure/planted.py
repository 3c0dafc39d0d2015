"""A home in which every store holds something of one customer, beside the same of another whose id begins with the first one's id.

Rows are written as they are, without a run: what matters is where a string stands, not how it came there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.erasure.eraser import HomeEraser
from feedback_loop.adapters.llm.answer_cache import AnswerCache
from feedback_loop.adapters.marts import publish
from feedback_loop.adapters.state_store.anchor_file import open_anchor
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.analysis.prompts.evidence import evidence_question
from feedback_loop.config import Settings
from feedback_loop.contracts.fields import FIELDS, TEXT
from feedback_loop.contracts.tables import TABLES, Table, python_tables
from feedback_loop_tests.adapters.built_marts import build_file_of, complaint_row
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeClock
from feedback_loop_tests.remediation.made_up_case import issue_row, proposed, rollback_proposal

MINE, THEIRS = "customer-1", "customer-11"
TEXTS = {
    MINE: 'My printer says "häßlich" quibble walrus and nothing at all happens after that',
    THEIRS: "The gallery closes by itself whenever somebody opens the second album of it",
}
NAMES = {MINE: "Jorunn Väätäinen", THEIRS: "Pax Oberholzer"}
TICKETS = {MINE: "ticket-0815-a", THEIRS: "ticket-0816-b"}
ERASED_AT = START + timedelta(days=1)
STRINGS = [TEXTS[MINE], 'häßlich" quibble walrus', NAMES[MINE], TICKETS[MINE], "edition_1", "statement_1"]

_OWNERS = ("customer_id", "known_customer_id", "recipient_customer_id")
_LISTS = ("member_fragment_ids", "day_fragment_ids", "sample_fragment_ids", "quote_fragment_ids")


@dataclass(frozen=True)
class PlantedHome:
    """The home and its doors."""

    folder: Path

    @property
    def settings(self) -> Settings:
        return Settings(home=self.folder)

    @property
    def store(self) -> DeltaTableStore:
        return DeltaTableStore(self.settings.tables_folder, self.settings.locks_folder)

    @property
    def state(self) -> SqlStateStore:
        clock = FakeClock()
        return SqlStateStore(self.settings.state_url, open_anchor(self.settings, clock), clock)

    @property
    def eraser(self) -> HomeEraser:
        return HomeEraser(self.settings, FakeClock(ERASED_AT), build_marts)

    def frames(self) -> dict[str, pl.DataFrame]:
        return {table.name: self.store.read(table) for table in python_tables()}


def row(table: Table, customer: str) -> dict[str, Any]:
    """A row of the table that is the customer's, as far as a row of it can be."""
    number = "1" if customer == MINE else "2"
    said: dict[str, Any] = dict.fromkeys(_OWNERS, customer)
    words = [name for name in table.key if FIELDS[name].dtype == TEXT and FIELDS[name].vocabulary is None]
    said |= {name: f"{name.removesuffix('_id')}_{number}" for name in words}
    said |= {"record_id": f"record_{number}", "record_version_id": f"edition_{number}", "fragment_id": f"fragment_{number}"}
    said |= {"source_record_id": TICKETS[customer], "customer_name": NAMES[customer], "duplicate_of": None}
    said |= dict.fromkeys(("text", "masked_text", "masked_message", "evidence_text"), TEXTS[customer])
    said["units"] = [{"raw_start": 0, "raw_end": 1, "masked_text": TEXTS[customer], "alignment": [0, 0, 0, 0]}]
    said |= {"raw_payload": json.dumps({"customer_id": customer, "text": TEXTS[customer]}), "vector": [0.5, 0.5]}
    said |= {"raw_bytes": f"{customer},{TEXTS[customer]},broken\n".encode(), "action_arguments": "{}", "is_catch_all": False}
    statement = {"known_customer_id": customer, "stated_at": "2026-01-01T00:00:00.000000Z"}
    said |= {"context_kind": "customer", "statement": json.dumps(statement), "statement_id": f"statement_{number}"}
    said |= {name: ["fragment_1", "fragment_2"] for name in _LISTS}
    said |= {"quotes": [TEXTS[MINE], TEXTS[THEIRS]], "cluster_label": "printer, quibble walrus", "issue_label": "quibble walrus"}
    about_nobody = ("raw_payload", "source_record_id") if table.name == "bronze_release" else ()
    return {name: value for name, value in said.items() if name in table.columns and name not in about_nobody}


def planted(folder: Path) -> PlantedHome:
    """The home with everything in it."""
    home = PlantedHome(folder)
    for table in python_tables():
        # Two versions, so that the first lies in the log and on the disk as an earlier one.
        home.store.append(table, frame_of(table, row(table, MINE)))
        home.store.append(table, frame_of(table, row(table, THEIRS)))
    _plant_state(home)
    CachingEmbedder(TfidfEmbedder(), home.settings.embedding_cache_file).embed(list(TEXTS.values()))
    _plant_answers(home)
    build_marts(home.settings)
    publish(home.settings.build_file, home.settings.marts_file)
    _plant_files(home)
    return home


def build_marts(settings: Settings) -> None:
    """What dbt would do: the mart of complaints from the fragments that there are."""
    fragments = DeltaTableStore(settings.tables_folder, settings.locks_folder).read(TABLES["silver_fragment"])
    rows = [complaint_row(row["fragment_id"], None, row["masked_text"]) for row in fragments.iter_rows(named=True)]
    build_file_of(settings.build_file.parent, {"mart_complaint": rows}).rename(settings.build_file)


def message(customer: str, at: datetime = START) -> dict[str, Any]:
    """A message to the customer."""
    number = "1" if customer == MINE else "2"
    return {
        "message_draft_id": f"message_{number}", "proposal_id": "p", "proposed_issue_id": None, "message_kind": "explanation",
        "message_status": "drafted", "recipient_customer_id": customer, "language": "en", "message_text": "We have mended it.",
        "drafted_at": at, "sent_at": None, "confirmed_at": None, "event_date": at.date(),
        **dict.fromkeys(("wording_hash", "suppressed_reason", "receipt_id", "confirmation_kind")),
    }  # fmt: skip


def label(number: int) -> dict[str, Any]:
    """A label of a fragment."""
    told = {"labelled_class": "crash", "labelled_by": "ada", "labelled_at": START, "taxonomy_version": "t", "event_date": START.date()}
    told |= {"label_kind": "correction", "label_why": None}
    return {"label_id": f"label_{number}", "fragment_id": f"fragment_{number}", **told}


def _plant_state(home: PlantedHome) -> None:
    state = home.state
    state.record(TABLES["remediation_message"], [message(MINE), message(THEIRS)], "loop", START)
    state.record(TABLES["state_label"], [label(1), label(2)], "ada", START)
    # Both name fragment_1 among the samples of their alert; the review names it in its arguments too.
    state.record_proposals([rollback_proposal(issues=[issue_row()]), *proposed(causes=[])])


def _plant_answers(home: PlantedHome) -> None:
    """What a language model quoted of each customer."""
    for text in TEXTS.values():
        question = evidence_question(text)
        said = {"phrases": [text], "error_strings": [], "versions": [], "devices": []}
        AnswerCache(home.settings.answer_cache_file).keep("made-up", question, question.answer_type.model_validate(said))


def _plant_files(home: PlantedHome) -> None:
    folder = home.folder
    records = [{"source_record_id": TICKETS[one], "customer_id": one, "text": TEXTS[one], "customer_name": NAMES[one]} for one in TEXTS]
    frame = pl.DataFrame(records)
    for place in ("inbox/.landed/records", "inbox/records", "simulated/x/truth", "demo/truth", "build/dbt"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    frame.write_csv(folder / "inbox/records/waiting.csv")
    frame.write_ndjson(folder / "inbox/.landed/records/landed.jsonl")
    frame.write_parquet(folder / "inbox/.landed/records/landed.parquet")
    frame.head(1).write_csv(folder / "simulated/x/truth/only_mine.csv")
    (folder / "demo/truth/message.jsonl").write_text(
        json.dumps({"message_id": TICKETS[MINE]}) + "\n" + json.dumps({"message_id": "m"}) + "\n"
    )
    (folder / "report.md").write_text(f"A customer said: {TEXTS[MINE][11:45]} …", encoding="utf-8")
    (folder / "export.json").write_text(json.dumps({"quotes": [TEXTS[MINE]]}, indent=1), encoding="utf-8")
    (folder / "build/dbt/dbt.log").write_text(f"failed: {TEXTS[MINE]}", encoding="utf-8")
    (folder / "inbox/.landed/records/.landed.jsonl.draft").write_text(json.dumps(records[0]), encoding="utf-8")
    frame.write_parquet(home.settings.tables_folder / "silver_fragment" / "part-of-a-killed-write.parquet")
