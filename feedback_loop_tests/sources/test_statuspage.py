"""Incidents of a status page, and of an archive of one, as statements."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop_tests.sources.rows import json_lines, read, refusals, rejected, said
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes

SHARED = Path(os.environ.get("FEEDBACK_LOOP_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
ARCHIVE = SHARED / "status_incidents" / "github_2022_2024.jsonl"
INCIDENT: dict[str, Any] = {
    "id": "p31zjtct2jer", "name": "Payments are slow", "status": "resolved", "impact": "major", "shortlink": "https://stspg.io/x",
    "created_at": "2026-03-01T10:00:00.000Z", "started_at": "2026-03-01T09:50:00.000Z", "updated_at": "2026-03-01T12:00:00.000Z",
    "monitoring_at": None, "resolved_at": "2026-03-01T12:00:00.000Z", "page_id": "y2j98763l56x",
    "components": [{"id": "c1", "name": "Payments", "status": "operational"}, {"id": "c2", "name": "API", "status": "operational"}],
    "incident_updates": [
        {"id": "u2", "status": "resolved", "body": "The bank answers again.", "created_at": "2026-03-01T12:00:00.000Z"},
        {"id": "u1", "status": "investigating", "body": "Payments take minutes.", "created_at": "2026-03-01T10:00:00.000Z"},
    ],
}  # fmt: skip


def page(*changed: dict[str, Any]) -> bytes:
    return json.dumps({"page": {"id": "y2j98763l56x", "name": "Acme"}, "incidents": [INCIDENT | one for one in changed]}).encode()


def test_an_incident_is_told_with_its_severity_its_components_its_span_and_what_was_said() -> None:
    row = read("statuspage", page({}), "page")[0]
    assert isinstance(row, ContextStatement)
    assert row.context_kind is ContextKind.INCIDENT
    assert said(row) == {
        "incident_id": "p31zjtct2jer", "product": "Acme", "service": "API, Payments", "known_severity": "high", "scope": {},
        "started_at": "2026-03-01T09:50:00.000000Z", "ended_at": "2026-03-01T12:00:00.000000Z",
        "incident_summary": "Payments are slow\ninvestigating: Payments take minutes.\nresolved: The bank answers again.",
    }  # fmt: skip


def test_one_that_goes_on_has_no_end_and_one_without_a_start_began_when_it_was_told() -> None:
    told = said(read("statuspage", page({"resolved_at": None, "started_at": None, "impact": "none", "components": []}), "page")[0])
    assert (told.get("ended_at"), told["started_at"][11:16], told["known_severity"], told.get("service")) == (None, "10:00", "low", None)


def test_only_what_is_said_makes_another_statement() -> None:
    same = {"updated_at": "2026-03-09T00:00:00Z", "shortlink": "https://stspg.io/y", "new": 1}
    first, again, other = read("statuspage", page({}, same, {"name": "Payments fail"}), "page")
    ids = [row.statement_id for row in (first, again, other) if isinstance(row, ContextStatement)]
    assert ids[0] == ids[1] != ids[2]


def test_an_archive_names_its_fields_otherwise_and_says_the_same() -> None:
    updates = [{"at": one["created_at"], "status": one["status"], "message": one["body"]} for one in INCIDENT["incident_updates"]]
    archived = {
        "id": INCIDENT["id"], "title": INCIDENT["name"], "impact": "major", "components": ["Payments", "API"], "updates": updates,
        "started_at": INCIDENT["started_at"], "resolved_at": INCIDENT["resolved_at"],
    }  # fmt: skip
    assert said(read("statuspage", json_lines(archived), "jsonl")[0]) == said(read("statuspage", page({}), "page")[0])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, QuarantineReason.MISSING_ID),
        ({"id": {}}, QuarantineReason.MALFORMED_ROW),
        ({"name": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"started_at": None, "created_at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"started_at": "today"}, QuarantineReason.UNREADABLE_DATE),
        ({"resolved_at": "2026-02-01"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"impact": "grave"}, QuarantineReason.UNKNOWN_VALUE),
        ({"components": "all"}, QuarantineReason.MALFORMED_ROW),
        ({"incident_updates": [{"body": "x"}]}, QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=str,
)
def test_an_incident_that_is_not_told_as_documented_waits_alone(changed: dict[str, Any], reason: QuarantineReason) -> None:
    refused, sound = read("statuspage", page(changed, {}), "page")
    assert rejected(refused).reason is reason
    assert [said(row) for row in mended("statuspage", json.dumps(INCIDENT).encode(), rejected(refused).reader_options)] == [said(sound)]


def test_a_page_without_its_list_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read("statuspage", b'{"scheduled_maintenances": []}', "page")


def test_every_incident_of_a_real_archive_is_read() -> None:
    if not ARCHIVE.is_file():
        pytest.skip(f"the archive is not at {ARCHIVE}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds status_incidents/")
    rows = read("statuspage", ARCHIVE.read_bytes(), "jsonl", product="GitHub")
    told = [said(row) for row in rows]
    assert (len(told), len({one["incident_id"] for one in told}), refusals(rows)) == (399, 399, [])
    assert sum("service" in one for one in told) >= 300


def test_no_spoilt_page_crashes_it() -> None:
    never_crashes("statuspage", {"incidents": [INCIDENT]})
