"""What is a customer's: every version of their records that names nobody else, what was made of it, and by which strings it is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.erasure.eraser import HomeEraser
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.erase_selection import Chosen, Raw, rows_of_customers, strings_of, with_derived
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import FakeClock

RECORD, QUARANTINE, STATEMENT = (TABLES[n] for n in ("bronze_feedback_record", "bronze_quarantine", "bronze_context_statement"))
FRAGMENT, CLUSTER = TABLES["silver_fragment"], TABLES["analysis_cluster"]
OWN, SHARED = "a quibble walrus sat on the printer all day", "the app crashes whenever somebody opens it"


@pytest.fixture
def home(tmp_path: Path) -> HomeEraser:
    return HomeEraser(Settings(home=tmp_path), FakeClock())


def land(home: HomeEraser, table: Any, *rows: dict[str, Any]) -> None:
    store = home.tables
    assert isinstance(store, DeltaTableStore)
    store.append(table, frame_of(table, *rows))


def version(name: str, record: str, customer: str | None, **changes: Any) -> dict[str, Any]:
    return {"record_version_id": name, "record_id": record, "source_record_id": f"ticket-{record}", "customer_id": customer} | changes


def chosen(home: HomeEraser, *customers: str) -> Chosen:
    return rows_of_customers(customers, Raw.of(home), home)


def test_an_unnamed_version_goes_with_its_record_and_one_of_somebody_else_stays(home: HomeEraser) -> None:
    land(home, RECORD, version("v1", "r", "c-1"), version("v2", "r", None), version("v3", "r", "c-2"), version("v4", "s", None))
    found = chosen(home, "c-1")
    assert found.erased.record_version_ids == {"v1", "v2"}
    assert with_derived(found.erased, Raw.of(home), home).record_ids == frozenset(), "the record is still somebody's"


def test_a_customer_of_whom_nothing_is_known_is_not_known(home: HomeEraser) -> None:
    land(home, RECORD, version("v1", "r", "c-1"))
    assert chosen(home, "c-1", "c-9", "c-%", "'; drop").known == {"c-1"}


@pytest.mark.parametrize("raw", [b'{"customer_id": "c-1", cut', b"x,c-1,y\n"])
def test_a_quarantined_row_that_names_the_customer_is_theirs(home: HomeEraser, raw: bytes) -> None:
    land(home, QUARANTINE, {"quarantine_id": "q1", "raw_bytes": raw}, {"quarantine_id": "q2", "raw_bytes": raw.replace(b"c-1", b"c-11")})
    found = chosen(home, "c-1")
    assert found.erased.quarantine_ids == {"q1"}
    assert found.known == {"c-1"}


def test_statements_go_by_whom_they_are_about(home: HomeEraser) -> None:
    said = [{"known_customer_id": "c-1"}, {"customer_id": "c-1"}, {"customer_id": "c-2"}, {"change_id": "c-1"}]
    land(home, STATEMENT, *({"statement_id": f"s{n}", "statement": json.dumps(one)} for n, one in enumerate(said)))
    assert chosen(home, "c-1").erased.statement_ids == {"s0", "s1"}


def test_a_fragment_that_somebody_else_still_has_is_not_erased(home: HomeEraser) -> None:
    land(home, RECORD, version("v1", "r", "c-1"))
    land(home, FRAGMENT, {"fragment_id": "f1", "record_version_id": "v1", "customer_id": "c-1"})
    land(home, FRAGMENT, {"fragment_id": "f2", "record_version_id": "v9", "customer_id": "c-2"})
    assert with_derived(chosen(home, "c-1").erased, Raw.of(home), home).fragment_ids == {"f1"}


def test_words_of_labels_go_where_nobody_else_says_them(home: HomeEraser) -> None:
    land(home, RECORD, version("v1", "r", "c-1"))
    mine = {"fragment_id": "f1", "customer_id": "c-1", "masked_text": OWN}
    land(home, FRAGMENT, mine, {"fragment_id": "f2", "customer_id": "c-2", "masked_text": "The Printer is broken"})
    land(home, CLUSTER, {"cluster_label": "printer, quibble walrus, crashes", "member_fragment_ids": ["f1"]})
    erased = with_derived(chosen(home, "c-1").erased, Raw.of(home), home)
    assert erased.label_terms == {"quibble walrus"}
    assert len(erased.cluster_ids) == 1


def test_strings_are_what_nobody_else_said(home: HomeEraser) -> None:
    mine = version("v1", "r", "customer-1", text=f"{OWN}. {SHARED}", customer_name="Jorunn Q", raw_payload="{}")
    land(home, RECORD, mine, version("v2", "s", "customer-11", text=SHARED, raw_payload=json.dumps({"t": SHARED})))
    raw = Raw.of(home)
    strings = strings_of(with_derived(chosen(home, "customer-1").erased, raw, home), raw, home)
    assert "Jorunn Q" in strings.texts
    assert any(OWN.startswith(text) for text in strings.texts)
    assert [text for text in strings.texts if text in SHARED] == []
    assert "customer-1" in strings.ids
    assert strings.other_ids == ("customer-11",)
    assert strings.source_record_ids == {"ticket-r"}


def test_an_id_that_somebody_else_wrote_into_a_text_is_no_trace(home: HomeEraser) -> None:
    land(home, RECORD, version("v1", "r", "customer-1"), version("v2", "s", "c-2", text="ask customer-1 about it", raw_payload="{}"))
    raw = Raw.of(home)
    strings = strings_of(with_derived(chosen(home, "customer-1").erased, raw, home), raw, home)
    assert "customer-1" not in strings.ids
    assert strings.not_searched_count >= 1


def test_rows_of_earlier_versions_are_found_too(home: HomeEraser) -> None:
    land(home, FRAGMENT, {"fragment_id": "f1", "customer_id": "c-1", "masked_text": OWN})
    home.tables.replace_all(FRAGMENT, frame_of(FRAGMENT, {"fragment_id": "f2", "customer_id": "c-2"}))
    land(home, RECORD, version("v1", "r", "c-1"))
    raw = Raw.of(home)
    erased = with_derived(chosen(home, "c-1").erased, raw, home)
    assert erased.fragment_ids == {"f1"}
    assert any(OWN.startswith(text) for text in strings_of(erased, raw, home).texts)
