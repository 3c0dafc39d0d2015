"""`roi`: assumptions with who answers for them, and two stretches of days beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.assumptions_text import seed_text
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.outcomes.one_loop import table
from feedback_loop_tests.outcomes.quarters import BEFORE, QUIET, WITH_LOOP, quarter

DAYS = ("--before", f"{BEFORE.first}:{BEFORE.last}", "--with-loop", f"{WITH_LOOP.first}:{WITH_LOOP.last}")


@pytest.fixture
def traded(home: Path) -> Path:
    """A home of a shop that paid back half as much in the later quarter."""
    rows = [*quarter(BEFORE, QUIET), *quarter(WITH_LOOP, {**QUIET, "refund": 2})]
    events = [row for row in rows if row["business_event_kind"] != "complaint"]
    store = open_store(Settings(home=home))
    store.replace_all(TABLES["context_business_event"], table("context_business_event", *events))
    return home


def own(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "roi.yaml").write_text(text, encoding="utf-8")


def test_show_names_who_answers_for_each_figure_and_where_it_comes_from(call: Call, home: Path) -> None:
    outcome = call("roi", "show")
    assert outcome.code == 0
    assert "head of support" in outcome.out
    assert "agent_hour_usd: placeholder; take the loaded rate from payroll" in outcome.out
    assert not home.exists()


def test_the_template_passes_when_it_is_saved_and_says_what_nobody_stands_for(call: Call, home: Path) -> None:
    own(home, call("roi", "show", "--template").out)
    outcome = call("roi", "lint")
    assert outcome.code == 0
    assert "Nobody stands yet for: usual_incident_hours, infrastructure" in outcome.out


def test_lint_names_what_is_wrong(call: Call, home: Path) -> None:
    own(home, seed_text().replace("value: 12,", "value: twelve,"))
    outcome = call("roi", "lint")
    assert outcome.code == 2
    assert "assumptions.months_kept.value" in outcome.error


def test_what_is_wrong_is_not_shown_as_if_it_counted(call: Call, home: Path) -> None:
    own(home, seed_text().replace("value: 12,", "value: twelve,"))
    outcome = call("roi", "show", "--json")
    assert (outcome.code, outcome.out) == (2, "")


def test_compare_tells_what_was_saved_and_what_is_missing(call: Call, traded: Path) -> None:
    outcome = call("roi", "compare", *DAYS, "--json")
    assert outcome.code == 0, outcome.err
    lines = {line["figure"]: line for line in json.loads(outcome.out)["lines"]}
    assert lines["refunds"]["saved"]["value"] == 13 * 2 * 20.0
    assert "infrastructure" in lines["multiple"]["missing"]
    told = call("roi", "compare", *DAYS).out
    assert "nothing is known of a year before" in told
    assert "The target is a multiple of 3.5, a claim that nobody measured." in told


def test_the_days_of_the_file_count_where_none_are_named(call: Call, traded: Path) -> None:
    named = f"before: {{from: {BEFORE.first}, to: {BEFORE.last}}}, with_loop: {{from: {WITH_LOOP.first}, to: {WITH_LOOP.last}}}"
    own(traded, f"{seed_text()}\ncompared: {{{named}}}\n")
    assert call("roi", "compare").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the days with --before"),
        (("--before", "2026-01-01", "--with-loop", "2026-04-01:2026-06-30"), "names no two days"),
        (("--before", "", "--with-loop", "2026-04-01:2026-06-30"), "names no two days"),
        (("--before", "2026-01-01:2026-04-01", "--with-loop", "2026-04-01:2026-06-30"), "let them end earlier"),
        (("--before", "2026-01-01:2026-03-31", "--with-loop", "2026-04-01:9999-12-31"), "a stretch has more than"),
        (("--before", "0001-01-01:0001-03-31", "--with-loop", "0001-04-01:0001-06-30"), "the days lie before 1971"),
        ((*DAYS, "--product", "bank"), "bank"),
    ],
)
def test_bad_days_and_products_are_refused_in_a_line(call: Call, traded: Path, arguments: tuple[str, ...], said: str) -> None:
    outcome = call("roi", "compare", *arguments)
    assert outcome.code == 2
    assert said in outcome.error


def test_an_endless_file_is_not_read(call: Call, home: Path) -> None:
    own(home, seed_text() + "#" * 200_000)
    outcome = call("roi", "lint")
    assert outcome.code == 2
    assert "Shorten it" in outcome.error


def test_without_events_it_says_what_to_land(call: Call) -> None:
    outcome = call("roi", "compare", *DAYS)
    assert outcome.code == 2
    assert "Ingest them first" in outcome.error
