"""`report`: every report of the marts as a file that needs nothing else, and what is not to be had."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from feedback_loop_tests.cli.conftest import Call

COMMANDS = [("control-room",), ("weekly",), ("pilot",), ("issue", "issue_1")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_query_of_every_report_runs_and_the_page_loads_and_runs_nothing(
    call: Call, marts_home: Path, command: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "page.html"
    outcome = call("report", *command, "--out", out)
    assert outcome.code == 0, outcome.err
    page = out.read_text(encoding="utf-8")
    assert page.count("<h2>") == page.count("The query of these rows")
    assert not re.search(r"<script|<link|<iframe|src=\"(?!data:)|href=", page)
    assert "default-src 'none'" in page


def test_without_a_file_it_lies_in_the_home_under_its_last_day(call: Call, marts_home: Path) -> None:
    told = json.loads(call("report", "weekly", "--json").out)
    file = Path(told["file"])
    assert (file.parent, file.name, file.exists()) == (marts_home / "reports", f"weekly-{told['days']['last']}.html", True)
    assert 0 < told["with_rows"] <= told["figures"]


def test_a_chart_stands_inside_of_html_and_beside_markdown(call: Call, marts_home: Path, tmp_path: Path) -> None:
    call("report", "weekly", "--out", tmp_path / "week.html")
    assert "data:image/svg+xml;base64," in (tmp_path / "week.html").read_text(encoding="utf-8")
    call("report", "weekly", "--out", tmp_path / "week.md")
    (pictures,) = [re.findall(r"!\[[^]]*\]\(([^)]+)\)", (tmp_path / "week.md").read_text(encoding="utf-8"))]
    assert pictures
    assert all((tmp_path / name).read_text(encoding="utf-8").startswith("<svg") for name in pictures)


def test_the_page_of_an_issue_goes_from_the_words_of_customers_to_the_effect(call: Call, marts_home: Path, tmp_path: Path) -> None:
    call("report", "issue", "issue_1", "--out", tmp_path / "issue.md")
    said = (tmp_path / "issue.md").read_text(encoding="utf-8")
    titles = re.findall(r"^## (.*)$", said, re.MULTILINE)
    assert (titles[0], titles[1], titles[-1]) == ("What it is", "In the words of customers", "Its life")
    assert "it closes whenever I open my basket" in said


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("issue", "issue_9"), 1, "no issue is called issue_9"),
        (("weekly", "--product", "Nothing"), 1, "no message of this product"),
        (("weekly", "--out", "page.pdf"), 2, ".html nor .md"),
        (("weekly", "--to", "soon"), 2, "soon"),
    ],
)
def test_what_can_not_be_reported_is_one_line(call: Call, marts_home: Path, arguments: tuple[str, ...], code: int, named: str) -> None:
    outcome = call("report", *arguments)
    assert (outcome.code, named in outcome.error) == (code, True)


def test_a_product_of_a_hostile_name_stays_a_name(call: Call, marts_home: Path) -> None:
    outcome = call("report", "weekly", "--product", "x' or 1=1; drop table mart_issue; --")
    assert (outcome.code, "no message of this product" in outcome.error) == (1, True)


def test_without_marts_nothing_is_written(call: Call, home: Path) -> None:
    outcome = call("report", "weekly")
    assert (outcome.code, "no marts yet" in outcome.error, home.exists()) == (1, True, False)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_bad_input(call: Call, marts_home: Path, day: str) -> None:
    outcome = call("report", "weekly", "--to", day)
    assert (outcome.code, "Name another day with --to" in outcome.err) == (2, True)
