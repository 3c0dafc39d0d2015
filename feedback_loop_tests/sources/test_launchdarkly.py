"""Changes of flags: what customers can notice is a change, who made it is nobody's affair."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import read, rejected, said
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes

ENTRY: dict[str, Any] = {
    "_id": "65a1f0c2", "_accountId": "acc", "date": 1772445600000, "kind": "flag", "name": "New checkout",
    "titleVerb": "turned on the flag",
    "accesses": [{"action": "updateOn", "resource": "proj/shop:env/production:flag/new-checkout"}],
    "description": "* Turned targeting **on**", "shortDescription": "", "comment": "for everybody",
    "member": {"email": "ada@example.com", "firstName": "Ada"}, "title": "Ada turned on the flag New checkout in Production",
    "target": {"_links": None, "name": "New checkout", "resources": ["proj/shop:env/production:flag/new-checkout;web"]},
}  # fmt: skip


def page(*changed: dict[str, Any]) -> bytes:
    return json.dumps({"_links": {}, "items": [ENTRY | one for one in changed]}).encode()


def test_an_entry_is_a_change_of_a_flag_without_who_made_it() -> None:
    told = said(read("launchdarkly", page({}), "page")[0])
    assert told == {
        "change_id": "65a1f0c2", "change_kind": "flag", "product": "Acme", "scope": {}, "started_at": "2026-03-02T10:00:00.000000Z",
        "change_description": "turned on the flag New checkout (new-checkout) in production\n* Turned targeting **on**\nfor everybody",
    }  # fmt: skip
    assert "Ada" not in json.dumps(told)


def resources(*names: str) -> dict[str, Any]:
    return {"target": {"resources": list(names)}}


def test_only_environments_with_customers_are_named() -> None:
    both = resources("proj/shop:env/test:flag/a", "proj/shop:env/eu:flag/a", "proj/shop:env/*:flag/b")
    told = said(read("launchdarkly", page(both, resources("proj/shop:env/us:flag/a", "proj/shop:env/qa:flag/a")), "page")[0])
    assert told["change_description"].splitlines()[0].endswith("(a, b) in every environment")
    one = said(read("launchdarkly", page(resources("proj/shop:env/us:flag/a", "proj/shop:env/qa:flag/a")), "page")[0])
    assert one["change_description"].splitlines()[0].endswith("(a) in us")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "project", "target": None},
        resources("proj/shop:env/staging:flag/a"),
        {"accesses": [{"action": "updateName"}, {"action": "updateTags"}]},
    ],
    ids=str,
)
def test_what_no_customer_can_notice_gives_nothing(changed: dict[str, Any]) -> None:
    assert read("launchdarkly", page(changed), "page") == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"_id": None}, QuarantineReason.MISSING_ID),
        ({"kind": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"date": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"date": "2026-03-02"}, QuarantineReason.UNREADABLE_DATE),
        ({"date": 10**14}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"date": 10**15 - 1}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"target": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        (resources(), QuarantineReason.MISSING_REQUIRED_VALUE),
        (resources("member/ada"), QuarantineReason.MALFORMED_ROW),
        ({"accesses": "all"}, QuarantineReason.MALFORMED_ROW),
    ],
    ids=str,
)
def test_an_entry_that_is_not_told_as_documented_waits_alone(changed: dict[str, Any], reason: QuarantineReason) -> None:
    refused, sound = read("launchdarkly", page(changed, {"new": 1}), "page")
    assert rejected(refused).reason is reason
    assert [said(row) for row in mended("launchdarkly", json.dumps(ENTRY).encode(), rejected(refused).reader_options)] == [said(sound)]


def test_no_spoilt_page_crashes_it() -> None:
    never_crashes("launchdarkly", {"items": [ENTRY, ENTRY]})
