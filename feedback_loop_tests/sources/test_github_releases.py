"""Releases of GitHub: what becomes a release, what is passed over, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.github_releases import version_of
from feedback_loop_tests.sources.rows import read, rejected, release
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes

RELEASE: dict[str, Any] = {
    "url": "https://api.github.com/repos/acme/shop/releases/1", "id": 1, "tag_name": "v2.10", "name": "Shop 2.10", "draft": False,
    "prerelease": False, "created_at": "2026-03-01T10:00:00Z", "published_at": "2026-03-02T09:30:00Z",
    "body": "## Fixed\r\n- Checkout", "author": {"login": "octocat", "id": 1}, "assets": [],
}  # fmt: skip


def page(*changed: dict[str, Any]) -> bytes:
    return json.dumps([RELEASE | one for one in changed]).encode()


def test_a_release_has_the_version_that_customers_name_its_instant_and_its_notes() -> None:
    found = release(read("github_releases", page({}), "page")[0])
    assert (found.product, found.release_version, found.release_notes) == ("Acme", "2.10", "## Fixed\r\n- Checkout")
    assert found.released_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert json.loads(found.raw_payload) == RELEASE


@pytest.mark.parametrize(("tag", "version"), [("v1.2", "1.2"), ("V1", "1"), ("1.2", "1.2"), ("vNext", "vNext"), ("release-3", "release-3")])
def test_only_a_v_before_a_number_is_no_part_of_the_version(tag: str, version: str) -> None:
    assert version_of(tag) == version


def test_a_draft_gives_nothing_and_a_pre_release_is_a_release() -> None:
    draft = {"draft": True, "published_at": None, "tag_name": "v3"}
    rows = read("github_releases", page(draft, {"prerelease": True, "tag_name": "v2.11-rc1"}, {}), "page")
    assert [release(row).release_version for row in rows] == ["2.11-rc1", "2.10"]


def test_without_notes_the_name_stands_for_them() -> None:
    assert release(read("github_releases", page({"body": None}), "page")[0]).release_notes == "Shop 2.10"


def test_what_nobody_documented_is_kept_and_changes_nothing() -> None:
    plain, strange = (release(row) for row in read("github_releases", page({}, {"new": [1]}), "page"))
    assert "new" in strange.raw_payload
    assert plain.release_id == strange.release_id


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tag_name": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"tag_name": ["v1"]}, QuarantineReason.MALFORMED_ROW),
        ({"published_at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"published_at": 17}, QuarantineReason.UNREADABLE_DATE),
        ({"draft": "no"}, QuarantineReason.MALFORMED_ROW),
    ],
    ids=str,
)
def test_a_release_that_is_not_told_as_documented_waits_alone_until_it_is_mended(changed: dict[str, Any], reason: QuarantineReason) -> None:
    refused, sound = read("github_releases", page(changed, {}), "page")
    assert rejected(refused).reason is reason
    assert json.loads(rejected(refused).raw_bytes) == RELEASE | changed
    again = mended("github_releases", json.dumps(RELEASE).encode(), rejected(refused).reader_options)
    assert release(again[0]).release_id == release(sound).release_id


def test_no_spoilt_page_crashes_it() -> None:
    never_crashes("github_releases", [RELEASE, RELEASE | {"draft": True}])
