"""Charts of reports: SVG that stands alone, whatever the names and however few the rows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from xml.etree import ElementTree

import polars as pl
import pytest

from feedback_loop.adapters.report_charts import bars, bars_by_day, draw, line_by_day

DAYS = pl.DataFrame({"event_date": [date(2026, 4, 1), date(2026, 4, 2)], "complaints": [3, 5], "share": [0.1, 0.2], "class": ["a", "b"]})
ISSUES = pl.DataFrame({"issue": ["login <b>", "pay & go"], "complaints": [7, 2]})


def words_in(picture: bytes) -> str:
    return " ".join(text for text in ElementTree.fromstring(picture.decode()).itertext() if text.strip())


@pytest.mark.parametrize(
    "picture",
    [
        bars(ISSUES, "complaints", "issue", "Issues"),
        bars_by_day(DAYS, "complaints", "Days", None),
        bars_by_day(DAYS, "complaints", "Days", "class"),
        line_by_day(DAYS, "share", "Shares", "class"),
        line_by_day(DAYS, "share", "Shares", None),
        bars_by_day(DAYS.head(1), "complaints", "One day", None),
    ],
)
def test_a_chart_is_one_svg_that_loads_and_runs_nothing(picture: bytes) -> None:
    said = picture.decode()
    assert said.startswith("<svg")
    assert not re.search(r"<script|<foreignObject|href=\"http|url\(http", said)
    ElementTree.fromstring(said)


def test_names_and_figures_can_be_read() -> None:
    said = words_in(bars(ISSUES, "complaints", "issue", "Issues"))
    assert all(word in said for word in ("login <b>", "pay & go", "Issues", "7", "2"))


def test_a_day_is_that_day_wherever_the_machine_stands() -> None:
    one = DAYS.head(1)
    at_home = bars_by_day(one, "complaints", "Day", None)
    code = "import polars as pl, datetime as d, sys; from feedback_loop.adapters.report_charts import bars_by_day as b; "
    code += "f = pl.DataFrame({'event_date': [d.date(2026, 4, 1)], 'complaints': [3]}); "
    code += "sys.stdout.buffer.write(b(f, 'complaints', 'Day', None))"
    for zone in ("America/Los_Angeles", "Pacific/Auckland"):
        done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, check=True)
        assert words_in(done.stdout) == words_in(at_home)


def test_each_kind_is_drawn_and_no_other() -> None:
    assert b"login" in draw("bars", ISSUES, "Issues", x="complaints", y="issue", colour=None)
    assert b"<svg" in draw("bars_by_day", DAYS, "Days", x=None, y="complaints", colour="class")
    assert b"<svg" in draw("line_by_day", DAYS, "Shares", x=None, y="share", colour=None)
    with pytest.raises(ValueError, match="pie"):
        draw("pie", DAYS, "Days", x=None, y="share", colour=None)


def test_rows_of_one_name_are_one_bar() -> None:
    twice = pl.concat([ISSUES, ISSUES])
    assert words_in(bars(twice, "complaints", "issue", "Issues")).count("pay & go") == 1


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ufffe", "\uffff", "\u202e", "\u2067", "\u200f"])
def test_what_svg_cannot_hold_or_what_turns_text_round_neither_ends_the_process_nor_hides_the_rest(character: str) -> None:
    odd = pl.DataFrame({"issue": [f"lo{character}gin"], "complaints": [7], "event_date": [date(2026, 4, 1)]})
    assert "lo gin" in words_in(bars(odd, "complaints", "issue", "Issues"))
    assert "lo gin" in words_in(bars_by_day(odd, "complaints", "Days", "issue"))
