"""`issues`: the fixed fields, the filters, and one issue's story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedback_loop_tests.cli.conftest import CANDIDATE, WORDING, Call

FIXED_FIELDS = [
    "issue_id", "label", "fragment_count", "customer_count", "trend", "first_seen_at", "last_seen_at", "versions", "quotes", "alerts",
    "hypotheses",
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("marts_home")


def ranked(call: Call, *arguments: str) -> list[dict[str, Any]]:
    outcome = call("issues", "--json", *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(outcome.out)
    return found


def test_json_begins_with_the_fixed_fields(call: Call) -> None:
    found = ranked(call)
    assert [list(issue)[: len(FIXED_FIELDS)] for issue in found] == [FIXED_FIELDS] * 2
    assert [(i["issue_id"], i["fragment_count"]) for i in found] == [("issue_1", 12), ("issue_2", 5)]
    assert found[0]["hypotheses"][0]["statement"] == CANDIDATE["statement"]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("--from", "2024-03-03"), ["issue_1"]),
        (("--to", "2024-03-02"), ["issue_2", "issue_1"]),
        (("--release", "2.0"), ["issue_1"]),
        (("--region", "us", "--class", "billing"), ["issue_2"]),
        (("--class", "Broken-Workflow"), []),
        (("--product", "other"), []),
        (("--tier", "pro"), []),
        (("--limit", "1"), ["issue_1"]),
    ],
)
def test_filters_narrow_the_ranking(call: Call, arguments: tuple[str, ...], ids: list[str]) -> None:
    assert [issue["issue_id"] for issue in ranked(call, *arguments)] == ids


def test_people_read_label_size_and_quotes(call: Call) -> None:
    said = call("issues").out
    assert "1  label of issue_1  (crash, shop)" in said
    assert "12 complaints · 7 customers · rising · 2024-03-01 to 2024-03-03 · 2 alerts" in said
    assert "“it closes whenever I open my basket”" in said


def test_nothing_found_is_said(call: Call) -> None:
    assert "No issue matches" in call("issues", "--product", "other").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "tomorrow"), "Write it as YYYY-MM-DD"),
        (("--from", "2024-03-03", "--to", "2024-03-01"), "Swap the two days"),
        (("--class", "weather"), "Choose one of: billing"),
        (("show", "issue_9"), "no issue 'issue_9'"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(call: Call, arguments: tuple[str, ...], told: str) -> None:
    outcome = call("issues", *arguments)
    assert outcome.code == 2
    assert told in outcome.error


def test_show_as_json_adds_the_days(call: Call) -> None:
    issue = json.loads(call("issues", "show", "issue_1", "--json").out)
    assert list(issue)[: len(FIXED_FIELDS)] == FIXED_FIELDS
    assert issue["daily"] == [{"event_date": "2024-03-01", "fragment_count": 3}, {"event_date": "2024-03-03", "fragment_count": 9}]


def test_show_tells_the_verdict_on_each_candidate(call: Call) -> None:
    assert f"not supported: {CANDIDATE['statement']}" in call("issues", "show", "issue_1").out


def test_show_tells_whose_words_a_language_models_are(call: Call) -> None:
    said = call("issues", "show", "issue_1").out
    assert f"in the words of {WORDING['wording_version']}, for reading only: {WORDING['wording_summary']}" in said
    assert "in the words of" not in call("issues", "show", "issue_2").out


def test_marts_without_an_issue_say_so(call: Call, marts_home: Path) -> None:
    from feedback_loop.adapters.marts import publish
    from feedback_loop_tests.adapters.built_marts import build_file_of

    publish(build_file_of(marts_home / "build", {}), marts_home / "marts.duckdb")
    outcome = call("issues")
    assert outcome.code == 1
    assert "no issues yet" in outcome.error


@pytest.mark.parametrize("command", ["issues", "labels hypotheses", "labels queue", "query select"])
def test_a_limit_that_no_database_takes_is_bad_input(call: Call, marts_home: Path, command: str) -> None:
    outcome = call(*command.split(), "--limit", "9" * 24)
    assert outcome.code == 2
    assert "less than or equal to 1000000" in outcome.error
