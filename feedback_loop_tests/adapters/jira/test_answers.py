"""Answers that a proxy or an enemy could give: whatever is not of the described form can't be read, and becomes no receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_loop.adapters.jira.answers import UNREADABLE, comment_in, comments_in, found_in, is_ours, issue_key_in
from feedback_loop.adapters.jira.work_item import comment_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

OURS = comment_of(ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", {}))["body"]


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (issue_key_in, None),
        (issue_key_in, []),
        (issue_key_in, {}),
        (issue_key_in, {"key": 7}),
        (issue_key_in, {"key": "OPS-1\x1b[31m"}),
        (issue_key_in, {"key": "ops"}),
        (comment_in, {"id": "5/../6"}),
        (found_in, {"issues": None}),
        (found_in, {"issues": [{}]}),
        (found_in, {"issues": [{"id": "x", "key": "OPS-1", "fields": {"labels": []}}]}),
        (found_in, {"issues": [{"id": "1", "key": "OPS-1", "fields": {"labels": "feedback-loop-key_1"}}]}),
        (lambda body: is_ours(body, "key_1"), {}),
        (lambda body: comments_in(body, "key_1"), {"comments": 3}),
        (lambda body: comments_in(body, "key_1"), {"comments": [{"id": "x", "body": OURS}], "maxResults": 1}),
        (lambda body: comments_in(body, "key_1"), {"comments": [{"id": "1"}]}),
    ],
)
def test_an_odd_answer_can_not_be_read(part: Callable[[Any], Any], body: object) -> None:
    with pytest.raises(UNREADABLE):
        part(body)


def test_a_property_is_ours_by_its_key_alone() -> None:
    assert is_ours({"value": {"idempotency_key": "key_1"}}, "key_1")
    assert not is_ours({"value": {"idempotency_key": "key_2"}}, "key_1")
    assert not is_ours({"value": "key_1"}, "key_1")


@pytest.mark.parametrize(("size", "count", "is_last"), [(2, 2, False), (3, 2, True), (2, 0, True)])
def test_a_page_that_is_not_full_is_the_last(size: int, count: int, is_last: bool) -> None:
    page = comments_in({"comments": [{"id": str(n)} for n in range(count)], "maxResults": size}, "key_1")
    assert (page.ours, page.count, page.is_last) == (None, count, is_last)


def test_the_first_of_two_comments_under_one_key_is_the_receipt() -> None:
    assert comments_in({"comments": [{"id": "12", "body": OURS}, {"id": "9", "body": OURS}], "maxResults": 5}, "key_1").ours == "9"
