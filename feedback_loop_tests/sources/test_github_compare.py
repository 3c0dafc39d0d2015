"""A comparison of two releases: one document that a diagnosis can cite, without a developer's name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop_tests.sources.rows import read, rejected, said
from feedback_loop_tests.sources.vendor_mutations import mended, never_crashes


def commit(sha: str, message: str, at: str) -> dict[str, Any]:
    person = {"name": "Ada Example", "email": "ada@example.com", "date": at}
    return {"sha": sha, "commit": {"author": person, "committer": person, "message": message}, "author": {"login": "ada"}}


COMPARE: dict[str, Any] = {
    "url": "https://api.github.com/repos/acme/shop/compare/v2.9...v2.10",
    "base_commit": commit("0" * 40, "Before", "2026-02-01T00:00:00Z"),
    "status": "ahead",
    "ahead_by": 2,
    "total_commits": 2,
    "commits": [
        commit("a" * 40, "Cart: round the total\n\nCo-authored-by: Bob <bob@example.com>", "2026-03-01T10:00:00Z"),
        commit("b" * 40, "Checkout asks the bank twice", "2026-03-01T09:00:00Z"),
    ],
    "files": [{"filename": "cart/total.py", "status": "modified", "additions": 3, "deletions": 1, "patch": "@@ secret lines"}],
}


def one(document: object) -> Any:
    return read("github_compare", json.dumps(document).encode(), "page")[0]


def test_it_is_a_release_note_for_staff_with_subjects_and_files_that_nothing_acts_on() -> None:
    row = one(COMPARE)
    assert isinstance(row, ContextStatement)
    assert row.context_kind is ContextKind.DOCUMENT
    told = said(row)
    assert (told["document_id"], told["document_kind"]) == ("compare acme/shop v2.9...v2.10", "release_note")
    assert told["document_text"] == (
        "## Commits (2)\n- aaaaaaaaaaaa Cart: round the total\n- bbbbbbbbbbbb Checkout asks the bank twice\n"
        "## Files (1)\n- cart/total.py (modified, +3 -1)"
    )
    assert told["started_at"] == "2026-03-01T10:00:00.000000Z"
    assert (told["audience_roles"], told.get("valid_until_at")) == (["staff"], None)


def test_no_developer_and_no_line_of_code_is_in_the_statement() -> None:
    assert all(name not in one(COMPARE).statement for name in ("Ada", "Bob", "example.com", "ada", "secret"))


def test_two_equal_releases_differ_by_nothing() -> None:
    told = said(one(COMPARE | {"commits": [], "files": [], "total_commits": 0}))
    assert (told["document_text"], told["started_at"][:10]) == ("## Commits (0)\n## Files (0)", "2026-02-01")


def test_comparisons_one_a_line_are_the_same() -> None:
    lines = read("github_compare", b"\n".join([json.dumps(COMPARE).encode()] * 2), "jsonl")
    assert [said(row) for row in lines] == [said(one(COMPARE))] * 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"url": None}, QuarantineReason.MISSING_ID),
        ({"url": "https://example.com/"}, QuarantineReason.MALFORMED_ROW),
        ({"commits": None, "base_commit": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"commits": "all"}, QuarantineReason.MALFORMED_ROW),
        ({"commits": [{"sha": "a"}]}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"commits": [{"commit": {"message": "m"}}]}, QuarantineReason.MISSING_ID),
        ({"files": [{}]}, QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
    ids=str,
)
def test_what_is_no_comparison_is_quarantined_whole_until_it_is_mended(changed: dict[str, Any], reason: QuarantineReason) -> None:
    refused = rejected(one(COMPARE | changed))
    assert refused.reason is reason
    assert [said(row) for row in mended("github_compare", json.dumps(COMPARE).encode(), refused.reader_options)] == [said(one(COMPARE))]


def test_one_that_is_too_long_is_refused_in_pieces() -> None:
    rows = read("github_compare", json.dumps(COMPARE | {"x": "y" * 1024 * 1024}).encode(), "page")
    assert {rejected(row).reason for row in rows} == {QuarantineReason.ROW_TOO_LARGE}


def test_no_spoilt_comparison_crashes_it() -> None:
    never_crashes("github_compare", COMPARE)
    never_crashes("github_compare", COMPARE, "jsonl")
