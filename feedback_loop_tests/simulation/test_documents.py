"""Tests of what is written down: every document has an owner and a validity, versions follow content changes, one runbook is stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import yaml

from feedback_loop.simulation import Intervention, Simulation
from feedback_loop.simulation.documents import Document, documents
from feedback_loop.simulation.phrasebook import read_phrases
from feedback_loop.simulation.statements import instant

KINDS = {"kb_article", "runbook", "rollback_procedure", "release_note"}


def front(document: Document) -> dict[str, Any]:
    _, head, _ = document.text.split("---\n", 2)
    told: dict[str, Any] = yaml.safe_load(head)
    return told


def versions(lived: Simulation, name: str) -> list[Document]:
    return [one for one in documents(lived) if one.document_id == name]


def test_every_document_says_what_it_is_whose_it_is_and_until_when_it_holds(lived: Simulation) -> None:
    for one in documents(lived):
        told = front(one)
        assert list(told) == ["document_id", "kind", "title", "product", "owner", "valid_from", "valid_until", "audience", "status"]
        assert (told["document_id"], told["product"]) == (one.document_id, "Printwren")
        assert told["kind"] in KINDS
        assert told["audience"] == ("public" if told["kind"] in ("kb_article", "release_note") else "staff")
        assert told["valid_from"] < told["valid_until"]
        assert f"# {told['title']}\n" in one.text


def test_every_bad_topic_has_an_article(lived: Simulation) -> None:
    about = {told.get("topic") for told in read_phrases("documents").values()}
    assert {name for name, topic in lived.scenario.topics.items() if topic.mood == "bad"} <= about


def test_every_release_has_its_notes_from_its_instant_on(lived: Simulation) -> None:
    for release in lived.scenario.releases:
        (note,) = versions(lived, f"release-{release.version}")
        assert release.notes in note.text
        assert note.valid_from == instant(lived.start_day, release.at_hour)
        assert note.delivered_at >= note.valid_from


def test_one_runbook_went_stale_before_the_first_day_and_no_other(lived: Simulation) -> None:
    start = instant(lived.start_day, 0)
    stale = {one.document_id for one in documents(lived) if datetime.fromisoformat(front(one)["valid_until"]) < start}
    assert stale == {"runbook-legacy-export"}


def test_a_content_change_makes_a_new_version_of_its_article(lived: Simulation) -> None:
    first, second = versions(lived, "KB-112")
    assert (first.version, first.file_name, second.version, second.file_name) == (1, "KB-112.md", 2, "KB-112.2.md")
    change = next(change for change in lived.scenario.changes if change.document_id == "KB-112")
    assert second.valid_from == instant(lived.start_day, change.at_hour)
    assert first.text != second.text


def test_a_misleading_article_is_mended_sooner_when_somebody_asks_for_it(lived: Simulation) -> None:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "broken_article")
    by_hand = versions(lived, "KB-120")[-1]
    assert by_hand.valid_from == instant(lived.start_day, fault.onset_hour + 24 * fault.manual_fix_days)
    at = instant(lived.start_day, fault.onset_hour + 6)
    action = Intervention(at, "create_content_task", str(fault.cause.reference))
    asked = versions(Simulation(lived.scenario, 7, lived.start_day, (), interventions=(action,)), "KB-120")
    assert [one.version for one in asked] == [1, 2, 3]
    assert fault.remedy is not None
    assert asked[2].valid_from == at + timedelta(hours=fault.remedy.hours_to_work)
    assert asked[0].text.split("---\n")[2] == asked[2].text.split("---\n")[2] != asked[1].text.split("---\n")[2]


def test_an_article_that_only_a_change_knows_exists_too(lived: Simulation) -> None:
    change = lived.scenario.changes[3].model_copy(update={"document_id": "KB-999"})
    other = Simulation(lived.scenario.model_copy(update={"changes": [change], "faults": []}), 7, lived.start_day, ())
    assert [one.file_name for one in versions(other, "KB-999")] == ["KB-999.md", "KB-999.2.md"]
