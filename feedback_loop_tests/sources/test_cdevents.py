"""Deployments as CDEvents: what becomes a change, what ends one, what is passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import json_lines, read, rejected, said
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes


def event(predicate: str = "deployed", day: int = 1, event_id: str = "", subject: str = "service", **content: Any) -> dict[str, Any]:
    told = {"environment": {"id": "production"}, "artifactId": "pkg:oci/cart@2.10?repository_url=registry.example.com"} | content
    return {
        "context": {
            "version": "0.4.1", "id": event_id or f"{predicate}-{day}", "source": "/ci/cart", "timestamp": f"2026-03-{day:02}T10:00:00Z",
            "type": f"dev.cdevents.{subject}.{predicate}.0.2.0",
        },
        "subject": {"id": "service/cart", "source": "/k8s", "type": "service", "content": told},
    }  # fmt: skip


def cloud_event(inner: dict[str, Any]) -> dict[str, Any]:
    kind = inner["context"]["type"]
    return {"specversion": "1.0", "id": "1", "source": "/ci", "type": kind, "datacontenttype": "application/json", "data": inner}


def changes(*events: dict[str, Any]) -> list[dict[str, Any]]:
    return [said(row) for row in read("cdevents", json_lines(*events), "jsonl")]


def test_a_deployment_is_a_change_of_its_service() -> None:
    row = read("cdevents", json.dumps(event(), indent=1).encode(), "page")[0]
    assert isinstance(row, ContextStatement)
    assert row.context_kind is ContextKind.CHANGE
    assert said(row) == {
        "change_id": "/ci/cart#deployed-1", "change_kind": "deploy", "product": "Acme", "service": "cart", "scope": {},
        "started_at": "2026-03-01T10:00:00.000000Z", "product_version": "2.10",
        "change_description": "cart deployed in production: pkg:oci/cart@2.10?repository_url=registry.example.com",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["one", "list", "line", "cloud", "cloud list"])
def test_it_is_the_same_however_it_is_wrapped(form: str) -> None:
    inner = cloud_event(event()) if "cloud" in form else event()
    data = json.dumps([inner] if "list" in form else inner).encode()
    assert said(read("cdevents", data, "jsonl" if form == "line" else "page")[0]) == changes(event())[0]


@pytest.mark.parametrize(
    ("artifact", "version"),
    [
        ("pkg:oci/cart@sha256%3A0b31?tag=2.11", "2.11"),
        ("pkg:oci/cart@sha256%3A0b31", None),
        ("pkg:npm/%40acme/cart@1.0.0%2Bbuild", "1.0.0+build"),
        ("pkg:oci/cart", None),
        ("six-1.14.0-py2.py3-none-any.whl", None),
        ("pkg:oci/cart@%00", None),
    ],
)
def test_the_version_is_that_of_the_artifact_where_it_names_one(artifact: str, version: str | None) -> None:
    assert changes(event(artifactId=artifact))[0].get("product_version") == version


def test_a_roll_back_is_a_change_and_ends_the_deployment_before_it() -> None:
    back = event("rolledback", 5, artifactId="pkg:oci/cart@2.9")
    first, second, undone = changes(event(day=1), event("upgraded", 3), back)
    assert (first.get("ended_at"), second["ended_at"]) == (None, undone["started_at"])
    assert undone["change_description"].startswith("cart rolled back in production")


def test_it_does_so_whatever_the_order_and_however_often_an_event_came() -> None:
    rows = changes(event("rolledback", 5), event("upgraded", 3), event("upgraded", 3), event(day=1))
    assert [row.get("ended_at", "")[:10] for row in rows] == ["", "2026-03-05", "2026-03-05", ""]


def test_each_roll_back_takes_back_one_more_and_a_removal_all() -> None:
    twice = changes(event(day=1), event("upgraded", 2), event("rolledback", 3), event("rolledback", 4))
    assert [row.get("ended_at", "")[:10] for row in twice] == ["2026-03-04", "2026-03-03", "", ""]
    gone = changes(event(day=1), event("upgraded", 2), event("removed", 6))
    assert [row.get("ended_at", "")[:10] for row in gone] == ["2026-03-06", "2026-03-06", ""]


def test_another_environment_is_another_place() -> None:
    rows = changes(event(environment={"id": "eu-1"}), event("rolledback", 2))
    assert "ended_at" not in rows[0]


def test_what_changes_nothing_for_customers_gives_nothing() -> None:
    runs = [event("finished", subject="pipelinerun"), event("started", subject="taskrun"), event("created", subject="environment")]
    assert changes(*runs, event(environment={"id": "x1", "name": "Staging"})) == []


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("context",), None, QuarantineReason.MISSING_REQUIRED_VALUE),
        (("context", "id"), None, QuarantineReason.MISSING_ID),
        (("context", "type"), "com.example", QuarantineReason.UNKNOWN_VALUE),
        (("context", "timestamp"), "now", QuarantineReason.UNREADABLE_DATE),
        (("subject",), [], QuarantineReason.MALFORMED_ROW),
        (("subject", "id"), "", QuarantineReason.MISSING_ID),
        (("subject", "content", "environment"), "production", QuarantineReason.MALFORMED_ROW),
        (("subject", "content", "environment", "id"), None, QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=str,
)
def test_an_event_that_is_not_told_as_documented_waits_alone(path: tuple[str, ...], value: object, reason: QuarantineReason) -> None:
    spoilt = json.loads(json.dumps(event()))
    holder = spoilt
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    refused, sound = read("cdevents", json.dumps([spoilt, event()]).encode(), "page")
    assert rejected(refused).reason is reason
    assert [said(row) for row in mended("cdevents", json.dumps(event()).encode(), rejected(refused).reader_options)] == [said(sound)]


def test_unknown_fields_are_kept() -> None:
    rows = read("cdevents", json_lines(event() | {"customData": {"a": 1}}), "jsonl")
    assert isinstance(rows[0], ContextStatement)
    assert "customData" in rows[0].raw_payload


def test_no_spoilt_page_crashes_it() -> None:
    never_crashes("cdevents", [event(), cloud_event(event("upgraded", 2)), event("rolledback", 3)])
