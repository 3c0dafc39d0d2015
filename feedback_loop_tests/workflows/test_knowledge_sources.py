"""Incidents that are over and notes of releases are documents for staff, with an end; what is not over or not told is none yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.methods.retrieval.governed import in_force, standings
from feedback_loop.workflows.knowledge_sources import governed_documents, incident_documents, release_documents
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.methods.retrieval.made_up_documents import days, document, documents


def incident(**changes: Any) -> dict[str, Any]:
    row = {
        "statement_id": "s1", "incident_id": "INC-7", "product": "Printwren", "service": "payments", "provider": None,
        "known_severity": None,
        "started_at": days(-10), "ended_at": days(-9), "scope": "{}", "incident_summary": "Cards were refused for a day.",
        "landed_at": days(-9), "event_date": days(-10).date(),
    }  # fmt: skip
    return row | changes


def incidents(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=pl.Schema(TABLES["context_incident"].schema), orient="row")


def release(**changes: Any) -> pl.DataFrame:
    row = {
        "product": "Printwren", "release_version": "7.2.0", "released_at": days(-3), "is_inferred": False,
        "release_notes": "The checkout was rebuilt.", "landed_at": days(-3), "event_date": days(-3).date(),
    }  # fmt: skip
    return pl.DataFrame([row | changes], schema=pl.Schema(TABLES["context_release"].schema), orient="row")


def test_an_incident_that_is_over_is_a_document_of_its_service_for_staff_for_a_year() -> None:
    found = incident_documents(incidents(incident()))
    assert violations(found, TABLES["context_document"]) == []
    [row] = found.iter_rows(named=True)
    assert (row["document_id"], row["document_kind"], row["owner"]) == ("incident INC-7", "past_incident", "payments")
    assert (row["document_title"], row["document_text"]) == ("Incident INC-7: payments", "Cards were refused for a day.")
    assert row["audience_roles"] == ["staff"]
    assert (row["started_at"], row["valid_until_at"]) == (days(-9), days(-9) + timedelta(days=365))


def test_an_incident_that_goes_on_again_is_out_until_it_is_over() -> None:
    again = incident(statement_id="s2", ended_at=None, landed_at=days(-5))
    over = incident(statement_id="s3", ended_at=days(-2), landed_at=days(-2))
    found = incident_documents(incidents(incident(), again, over))
    assert in_force(found, days(-8)).height == 1
    assert in_force(found, days(-4)).is_empty()
    assert in_force(found, START).height == 1


def test_an_incident_without_words_teaches_nothing() -> None:
    found = standings(incident_documents(incidents(incident(incident_summary=None, service=None, provider="BankCo"))), START)
    assert found["document_standing"].to_list() == ["draft"]
    assert found["owner"].to_list() == ["BankCo"]


def test_notes_of_a_release_are_a_document_and_a_release_without_notes_is_none() -> None:
    found = release_documents(release())
    assert violations(found, TABLES["context_document"]) == []
    assert found["document_id"].to_list() == ["release Printwren 7.2.0"]
    assert in_force(found, START).height == 1
    assert in_force(found, days(178)).is_empty()
    assert release_documents(release(release_notes=None)).is_empty()
    assert release_documents(release(release_notes=" ")).is_empty()


def test_another_text_is_another_version_and_the_same_is_the_same() -> None:
    versions = [release_documents(release(release_notes=text))["document_version"].item() for text in ("a", "b", "a")]
    assert versions[0] == versions[2] != versions[1]


def test_all_of_them_are_read_together() -> None:
    tables = FakeTableStore()
    tables.replace_all(TABLES["context_document"], documents(document()))
    tables.replace_all(TABLES["context_incident"], incidents(incident()))
    tables.replace_all(TABLES["context_release"], release())
    found = governed_documents(tables)
    assert violations(found, TABLES["context_document"]) == []
    assert found["document_kind"].to_list() == ["runbook", "past_incident", "release_note"]
    assert governed_documents(FakeTableStore()).is_empty()
