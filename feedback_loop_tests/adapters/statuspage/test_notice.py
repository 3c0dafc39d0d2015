"""What customers read holds nothing of ours, and what we look up by stands in the metadata."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.statuspage.notice import (
    correction_of,
    entry_name,
    existing_incident,
    hash_of,
    incident_of,
    undone_of,
    update_of,
)
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind


def asked(key: str = "key_1", **arguments: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.ANNOTATE_STATUS_PAGE, "issue_1", arguments)


def test_without_anything_known_it_is_about_the_service() -> None:
    incident = incident_of(asked())["incident"]
    assert (incident["name"], incident["deliver_notifications"]) == ("Problems with the service", False)
    assert incident["body"] == "Some customers report problems with the service. We are looking into it."
    assert incident["metadata"] == {
        "feedback-loop-key_1": {
            "idempotency_key": "key_1", "action_kind": "annotate_status_page", "issue_id": "none", "wrote": "incident",
            "status": "investigating", "body_hash": hash_of(incident["body"]),
        }
    }  # fmt: skip


def test_of_the_scope_customers_read_what_they_know_themselves_by() -> None:
    scope = {"tier": ["gold"], "segment": ["late payers"], "region": ["eu", "us"], "product_version": ["4.2"], "os": []}
    body = incident_of(asked(scope=scope))["incident"]["body"]
    assert body.endswith(" It concerns: product version 4.2; region eu, us.")
    assert incident_of(asked(scope={"tier": ["gold"]}))["incident"]["body"].endswith("looking into it.")
    assert incident_of(asked(scope="eu"))["incident"]["body"].endswith("looking into it.")


@pytest.mark.parametrize("said", [None, False, "true", 1, "yes"])
def test_nobody_is_notified_unless_the_action_says_so(said: object) -> None:
    assert incident_of(asked(deliver_notifications=said))["incident"]["deliver_notifications"] is False
    assert incident_of(asked(deliver_notifications=True))["incident"]["deliver_notifications"] is True
    assert correction_of(asked(deliver_notifications=True), "resolved", {})["incident"]["deliver_notifications"] is False


def test_components_are_named_with_their_status_where_one_is_said() -> None:
    both = incident_of(asked(components={"c1": "major_outage", "c2": None}))["incident"]
    assert (both["component_ids"], both["components"]) == (["c1", "c2"], {"c1": "major_outage"})
    assert "components" not in incident_of(asked(components=["c1"]))["incident"]
    for other in ("c1", [], {}, 3, ["C1"], [1], {"c1": "fine"}, [f"c{n}" for n in range(51)]):
        with pytest.raises(Unfit, match="components"):
            incident_of(asked(components=other))


def test_an_update_keeps_the_status_and_what_others_noted() -> None:
    incident = update_of(asked(), "monitoring", {"theirs": {"a": 1}})["incident"]
    assert (incident["status"], set(incident["metadata"]), "name" in incident) == ("monitoring", {"theirs", "feedback-loop-key_1"}, False)
    assert update_of(asked(incident_status="resolved"), "monitoring", {})["incident"]["status"] == "resolved"
    with pytest.raises(Unfit, match="incident_status"):
        update_of(asked(incident_status="over"), "monitoring", {})


def test_ids_are_ids() -> None:
    assert (existing_incident(asked()), existing_incident(asked(incident_id="abc1"))) == (None, "abc1")
    assert (undone_of("abc1"), undone_of("abc1/d2")) == (("abc1", None), ("abc1", "d2"))
    for other in (3, "", "a/b", "A"):
        with pytest.raises(Unfit, match="incident_id"):
            existing_incident(asked(incident_id=other))
    for key in ("", "a b", "x" * 201):
        with pytest.raises(Unfit, match="idempotency_key"):
            entry_name(key)
