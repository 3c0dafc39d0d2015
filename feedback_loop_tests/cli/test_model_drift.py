"""`model drift`: one page from days alone, by a release, as JSON; and a refusal that says what to name."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.cli.places import open_store
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.workflows.labelled_home import WORDS
from feedback_loop_tests.workflows.test_label import fragments

FIRST = date(2026, 1, 5)


@pytest.fixture
def two_weeks(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five fragments a day: about refunds in the first week, about crashes in the second; a release between the two."""
    monkeypatch.setenv("FEEDBACK_LOOP_EMBEDDER", "tfidf")
    store = open_store(Settings(home=home))
    days = [FIRST + timedelta(days=n) for n in range(14)]
    store.append(TABLES["silver_fragment"], pl.concat([_fragment(day, n) for day in days for n in range(5)]))
    record, release = TABLES["bronze_feedback_record"], TABLES["context_release"]
    landed = [{"record_version_id": f"v{day}", "event_date": day, "landed_date": day} for day in days]
    store.append(record, _on(record, landed))
    store.append(release, _on(release, [{"product": "Lumen", "release_version": "6.4", "event_date": days[7]}]))
    return home


def _on(table: object, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Valid rows whose instants are those of their days."""
    frame = frame_of(table, *rows)  # type: ignore[arg-type]
    noon = pl.col("event_date").cast(pl.Datetime("us", "UTC")) + pl.duration(hours=9)
    instants = [name for name in ("occurred_at", "landed_at", "released_at") if name in frame.columns]
    return frame.with_columns(noon.alias(name) for name in instants)


def _fragment(day: date, number: int) -> pl.DataFrame:
    text = WORDS["money_back" if day < FIRST + timedelta(days=7) else "closes_itself"].format(f"{day.day}{number}")
    made = fragments(f"fragment_{day}_{number}", day)
    noon = pl.lit(day).cast(pl.Datetime("us", "UTC")) + pl.duration(hours=9)
    said = {"masked_text": pl.lit(text), "language": pl.lit("en"), "product": pl.lit("Lumen")}
    return made.with_columns(**said, duplicate_of=pl.lit(None, pl.String), occurred_at=noon, landed_at=noon)


def test_days_alone_compare_with_as_many_days_before(call: Call, two_weeks: Path) -> None:
    outcome = call("model", "drift", "--from", "2026-01-12", "--to", "2026-01-18")
    assert (outcome.code, outcome.err) == (0, "")
    assert "2026-01-05..2026-01-11: 35 fragments" in outcome.out
    assert "The same version classified both periods" in outcome.out
    assert "by what customers wrote" in outcome.out
    assert "owed to" in outcome.out
    assert call("model", "drift").out == outcome.out  # the last seven days are the default


def test_a_release_names_its_days(call: Call, two_weeks: Path) -> None:
    outcome = call("model", "drift", "--release", "6.4")
    assert "6.4 of Lumen came on 2026-01-12" in outcome.out
    assert "2026-01-05..2026-01-11" in outcome.out


def test_json_holds_the_figures_and_the_sentences(call: Call, two_weeks: Path) -> None:
    found = json.loads(call("model", "drift", "--before", "2026-01-05..2026-01-10", "--json").out)
    assert found["before"] == {"first": "2026-01-05", "last": "2026-01-10"}
    assert {one["cause"] for one in found["drift"]["classes"]} <= {"input", "neither"}
    assert found["said"]


def test_too_few_fragments_are_not_enough(call: Call, two_weeks: Path) -> None:
    assert call("model", "drift", "--from", "2026-01-18").out.startswith("Not enough to say anything: 5 fragments")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--release", "9.9"), "no release and no promoted model is called 9.9"),
        (("--before", "2026-01-05"), "is no range of days"),
        (("--before", "2026-01-05..2026-01-17"), "do not end before"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_name(call: Call, two_weeks: Path, arguments: tuple[str, ...], words: str) -> None:
    outcome = call("model", "drift", *arguments)
    assert outcome.code == 2
    assert words in outcome.error


def test_nothing_landed_says_so(call: Call, home: Path) -> None:
    assert "nothing has landed yet" in call("model", "drift").error
