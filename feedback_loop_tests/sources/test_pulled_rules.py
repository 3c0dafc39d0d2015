"""sources.yaml: what it may say, that nothing is asked until it is switched on, and that every mistake is told at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedback_loop.errors import SourcesRefused
from feedback_loop.sources.pulled_rules import parse_sources, told

FULL = """
sources:
  status:
    kind: statuspage
    address: https://status.example.com
    product: Shop
    since: 2026-01-05
    switched_on: true
    every_minutes: 5
"""


def test_what_a_file_says_is_read_and_what_it_leaves_out_is_not_done() -> None:
    rule = parse_sources(FULL)["status"]
    assert (rule.reader, rule.product, rule.switched_on, rule.every_minutes) == ("statuspage", "Shop", True, 5)
    assert rule.begins_at == datetime(2026, 1, 5, tzinfo=UTC)
    less = parse_sources(FULL.replace("    switched_on: true\n    every_minutes: 5\n", ""))["status"]
    assert (less.switched_on, less.every_minutes) == (False, 15)
    assert parse_sources("sources: {}") == {}
    assert told(rule)["since"] == "2026-01-05"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("kind: statuspage", "kind: fax", "sources.status.kind"),
        ("since: 2026-01-05", "since: yesterday", "sources.status.since"),
        ("    since: 2026-01-05\n", "", "sources.status.since: add it"),
        ("every_minutes: 5", "every_minutes: 0", "sources.status.every_minutes"),
        ("every_minutes: 5", "every_minutes: yes", "write a number, not yes or no"),
        ("every_minutes", "evry_minutes", "sources.status.evry_minutes: there is no such field; it may be misspelt"),
        ("every_minutes: 5", "settings: {page: x}", "status.settings.page: statuspage has no such setting; it may be misspelt"),
        ("    product: Shop\n", "", "status.product: add it"),
        ("status:", "Status page:", "sources.Status page"),
        ("sources:\n  status:", "sources:\n  status: {}\n  status:", "stands twice"),
        ("kind: statuspage", "kind: [", "is no YAML"),
        (FULL, "- 1", "the text holds no fields"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, problem: str) -> None:
    assert before in FULL
    with pytest.raises(SourcesRefused) as caught:
        parse_sources(FULL.replace(before, after))
    assert any(problem in one for one in caught.value.problems), caught.value.problems
    assert "\n" not in str(caught.value)
