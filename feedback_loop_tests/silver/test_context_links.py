"""What a fragment is linked with: what was known, near in time and not ruled out by what it tells of its customer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.silver.context_links import candidate_days, context_links
from feedback_loop_tests.contracts.rows import frame_of

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = DayRange(date(2026, 3, 1), date(2026, 3, 20))
NOTHING_TOLD: dict[str, Any] = dict.fromkeys(SCOPE_DIMENSIONS) | {"channel": "ticket"}
ERROR = "PaymentTimeout: upstream 504"

FRAGMENT, RELEASE, CHANGE, INCIDENT, LOG = (
    TABLES[name] for name in ("silver_fragment", "context_release", "context_change", "context_incident", "context_log")
)


def fragments(*changes: dict[str, Any]) -> pl.DataFrame:
    """Fragments of Acme, said at noon and landed five minutes later, of a customer of whom nothing is known but for the changes."""
    rows = []
    for number, changed in enumerate(changes):
        said_at = changed.get("occurred_at", NOON)
        times = {"occurred_at": said_at, "landed_at": said_at + timedelta(minutes=5), "event_date": said_at.date()}
        rows.append({"fragment_id": f"f{number}", "product": "Acme", "masked_text": "It fails."} | NOTHING_TOLD | times | changed)
    return frame_of(FRAGMENT, *rows)


def releases(*changes: dict[str, Any]) -> pl.DataFrame:
    return _context(RELEASE, "released_at", {"release_version": "2.0"}, changes)


def changes(*changed: dict[str, Any]) -> pl.DataFrame:
    return _context(CHANGE, "started_at", {"change_id": "c", "ended_at": None, "scope": "{}"}, changed)


def incidents(*changed: dict[str, Any]) -> pl.DataFrame:
    return _context(INCIDENT, "started_at", {"incident_id": "i", "ended_at": None, "scope": "{}"}, changed)


def logs(*changed: dict[str, Any]) -> pl.DataFrame:
    return _context(LOG, "minute_at", {"error_text": ERROR}, changed)


def _context(table: Any, start: str, usual: dict[str, Any], changed: tuple[dict[str, Any], ...]) -> pl.DataFrame:
    """Things of Acme that begin an hour before noon and land as they begin."""
    rows = []
    for number, one in enumerate(changed):
        began = one.get(start, NOON - HOUR)
        identity = {"statement_id": f"s{number}"} if "statement_id" in table.columns else {}
        rows.append(identity | {"product": "Acme", start: began, "landed_at": began, "event_date": began.date()} | usual | one)
    return frame_of(table, *rows)


def linked(said: pl.DataFrame, *context: pl.DataFrame, days: DayRange = DAYS) -> pl.DataFrame:
    """The links where of all context there is this."""
    told, moved, failed, logged = (
        next((frame for frame in context if frame.columns == nothing.columns), nothing)
        for nothing in (releases(), changes(), incidents(), logs())
    )
    rows = context_links(said, told, moved, failed, logged, days)
    assert violations(rows, TABLES["silver_context_link"]) == []
    return rows


def ids(rows: pl.DataFrame) -> list[tuple[str, str]]:
    return rows.select("fragment_id", "link_id").rows()


def test_each_kind_of_context_is_linked_with_what_matched_and_since_when() -> None:
    said = fragments({"masked_text": f"I got {ERROR}!", "product_version": "2.0", "region": "eu"})
    there = {"scope": json.dumps({"region": ["us", "eu"], "product_version": ["2.0"]})}
    rows = context_links(said, releases({}), changes(there), incidents({}), logs({}), DAYS)
    assert violations(rows, TABLES["silver_context_link"]) == []
    assert rows.select("link_kind", "link_id", "matched_on", "minutes_since_start").rows() == [
        ("change", "c", ["product_version", "region"], 60.0),
        ("error", ERROR, [], 60.0),
        ("incident", "i", [], 60.0),
        ("release", "2.0", ["product_version"], 60.0),
    ]


@pytest.mark.parametrize("days_ago", [0, 6, 40])
def test_release_of_the_version_is_linked_however_old(days_ago: int) -> None:
    rows = linked(fragments({"product_version": "2.0"}), releases({"released_at": NOON - days_ago * DAY}, {"release_version": "1.0"}))
    assert ids(rows) == [("f0", "2.0")]


@pytest.mark.parametrize(("before", "count"), [(timedelta(0), 1), (7 * DAY, 1), (7 * DAY + timedelta(microseconds=1), 0), (-HOUR, 0)])
def test_without_a_version_releases_of_the_week_before_are_linked(before: timedelta, count: int) -> None:
    rows = linked(fragments({}), releases({"released_at": NOON - before}, {"release_version": "1.0", "released_at": NOON - 30 * DAY}))
    assert rows.height == count
    assert rows["matched_on"].to_list() == [[]] * count


@pytest.mark.parametrize(
    ("started", "ended", "is_linked"),
    [
        (HOUR, None, True),
        (timedelta(0), None, True),
        (7 * DAY, None, True),
        (7 * DAY + timedelta(microseconds=1), None, False),
        (-timedelta(microseconds=1), None, False),
        (3 * DAY, 2 * DAY, True),
        (15 * DAY, timedelta(0), True),
        (15 * DAY, HOUR, False),
        (15 * DAY, -5 * DAY, True),
    ],
)
def test_change_or_incident_is_near_in_the_week_after_its_start_and_until_its_end(
    started: timedelta, ended: timedelta | None, is_linked: bool
) -> None:
    when = {"started_at": NOON - started, "ended_at": None if ended is None else NOON - ended}
    for told in (changes(when | {"landed_at": NOON - 20 * DAY}), incidents(when | {"landed_at": NOON - 20 * DAY})):
        assert (linked(fragments({}), told).height == 1) == is_linked


POISON: list[pl.DataFrame] = [
    releases({"landed_at": NOON + timedelta(minutes=5, microseconds=1)}),
    changes({"landed_at": NOON + timedelta(minutes=5, microseconds=1)}),
    incidents({"landed_at": NOON + timedelta(minutes=5, microseconds=1)}),
    logs({"landed_at": NOON + timedelta(minutes=5, microseconds=1)}),
]


@pytest.mark.parametrize("poison", POISON, ids=["release", "change", "incident", "log"])
def test_what_landed_after_the_fragment_was_not_known_and_is_not_linked(poison: pl.DataFrame) -> None:
    said = fragments({"masked_text": f"I got {ERROR}!", "product_version": "2.0"})
    assert linked(said, poison).is_empty()
    in_time = poison.with_columns(pl.col("landed_at") - timedelta(microseconds=1))
    assert linked(said, in_time).height == 1


def test_of_several_statements_the_one_that_was_known_at_the_time_decides() -> None:
    scopes = [{"region": ["us"]}, {"region": ["eu"]}]
    told = changes(*({"scope": json.dumps(scope), "landed_at": NOON + n * HOUR, "statement_id": f"s{n}"} for n, scope in enumerate(scopes)))
    said = fragments(
        *({"region": region, "occurred_at": NOON + minutes * timedelta(minutes=1)} for region in ("us", "eu") for minutes in (10, 70))
    )
    assert ids(linked(said, told)) == [("f0", "c"), ("f3", "c")]


def test_end_that_was_not_known_yet_leaves_a_change_near_for_a_week() -> None:
    open_and_ended = changes(
        {"started_at": NOON - 9 * DAY, "landed_at": NOON - 9 * DAY},
        {"started_at": NOON - 9 * DAY, "ended_at": NOON + DAY, "landed_at": NOON - DAY},
    )
    said = fragments({"occurred_at": NOON - 2 * DAY + HOUR}, {"occurred_at": NOON})
    assert ids(linked(said, open_and_ended)) == [("f1", "c")]


def test_statements_of_one_instant_count_once() -> None:
    told = changes({"scope": json.dumps({"region": ["us"]}), "statement_id": "s1"}, {"statement_id": "s2"})
    assert linked(fragments({"region": "us"}), told)["matched_on"].to_list() == [[]]


@pytest.mark.parametrize("dimension", SCOPE_DIMENSIONS)
def test_scope_of_a_dimension_reaches_those_of_its_values_alone(dimension: str) -> None:
    told = changes({"scope": json.dumps({dimension: ["a", "b"]})})
    said = fragments({dimension: "a"}, {dimension: "b"}, {dimension: "c"}, {dimension: None})
    rows = linked(said, told)
    assert ids(rows) == [("f0", "c"), ("f1", "c")]
    assert rows["matched_on"].to_list() == [[dimension]] * 2


def test_every_dimension_of_a_scope_must_match() -> None:
    told = changes({"scope": json.dumps({"browser": ["Safari 18"], "region": ["eu"]})})
    said = fragments({"browser": "Safari 18", "region": "eu"}, {"browser": "Safari 18", "region": "us"}, {"browser": "Safari 18"}, {})
    assert ids(linked(said, told)) == [("f0", "c")]


def test_another_product_is_never_linked() -> None:
    other = {"product": "Other", "product_version": "2.0", "masked_text": ERROR}
    assert context_links(fragments(other), releases({}), changes({}), incidents({}), logs({}), DAYS).is_empty()


@pytest.mark.parametrize(("minute", "is_linked"), [(timedelta(0), True), (DAY, True), (DAY + timedelta(minutes=1), False), (-HOUR, False)])
def test_error_is_linked_where_it_was_logged_in_the_day_before(minute: timedelta, is_linked: bool) -> None:
    rows = linked(fragments({"masked_text": f"It says {ERROR}."}), logs({"minute_at": NOON - minute, "landed_at": NOON - 2 * DAY}))
    assert (rows.height == 1) == is_linked


def test_error_is_linked_once_since_its_first_minute_of_the_day_before() -> None:
    minutes = [{"minute_at": NOON - n * HOUR, "measured_region": str(region)} for n in (1, 5, 30) for region in range(2)]
    rows = linked(fragments({"masked_text": ERROR}), logs(*minutes))
    assert rows["minutes_since_start"].to_list() == [300.0]


@pytest.mark.parametrize("text", ["paymenttimeout: upstream 504", "PaymentTimeout", "It fails."])
def test_error_that_is_not_quoted_verbatim_is_not_linked(text: str) -> None:
    assert linked(fragments({"masked_text": text}), logs({})).is_empty()


def test_error_string_that_stands_in_any_text_is_not_looked_for() -> None:
    assert linked(fragments({"masked_text": "error"}), logs({"error_text": "error"})).is_empty()


def test_several_errors_in_one_text_are_all_linked_even_where_one_is_part_of_another() -> None:
    rows = linked(fragments({"masked_text": f"{ERROR}."}), logs({}, {"error_text": "PaymentTimeout"}))
    assert rows["link_id"].to_list() == ["PaymentTimeout", ERROR]


def test_fragments_of_other_days_get_no_rows() -> None:
    said = fragments({}, {"occurred_at": NOON + DAY})
    assert ids(linked(said, changes({}), days=DayRange(NOON.date(), NOON.date()))) == [("f0", "c")]


def test_nothing_known_or_nothing_said_links_nothing() -> None:
    assert linked(fragments({})).is_empty()
    assert linked(fragments(), changes({}), releases({})).is_empty()


things = st.tuples(
    st.integers(-10, 30), st.one_of(st.none(), st.integers(0, 20)), st.integers(-5, 5), st.sampled_from(["{}", '{"region":["eu"]}'])
)


@given(st.lists(things, max_size=5), st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["eu", "us", None])), max_size=5))
@settings(max_examples=60, deadline=None)
def test_links_of_all_days_are_those_of_each_day_and_of_each_fragment_alone(
    told: list[tuple[int, int | None, int, str]], said: list[tuple[int, str | None]]
) -> None:
    starts = [(NOON + (start - 10) * DAY, length, late, scope) for start, length, late, scope in told]
    context = changes(
        *(
            {
                "change_id": f"c{n}",
                "started_at": at,
                "ended_at": None if length is None else at + length * DAY,
                "landed_at": at + late * HOUR,
                "scope": scope,
            }
            for n, (at, length, late, scope) in enumerate(starts)
        )
    )
    fragment_rows = fragments(*({"occurred_at": NOON + (day - 9) * DAY, "region": region} for day, region in said))
    whole = linked(fragment_rows, context)
    expected = []
    for fragment_id, at, landed, region in fragment_rows.select("fragment_id", "occurred_at", "landed_at", "region").iter_rows():
        for n, (start, length, late, scope) in enumerate(starts):
            until = max(start + 7 * DAY, start if length is None else start + length * DAY)
            is_within = scope == "{}" or region == "eu"
            if at.date() in DAYS and start <= at <= until and start + late * HOUR <= landed and is_within:
                expected.append((fragment_id, f"c{n}"))
    assert ids(whole) == sorted(expected)
    by_day = pl.concat([linked(fragment_rows, context, days=DayRange(day, day)) for day in DAYS])
    assert by_day.sort("fragment_id", "link_id").equals(whole)


def test_candidate_days_are_those_on_which_a_link_may_stand() -> None:
    told = changes({}, {"started_at": NOON, "ended_at": NOON + 9 * DAY})
    spans = told.select(candidate_days().alias("days"))["days"]
    assert [(span[0], span[-1]) for span in spans] == [(NOON.date(), (NOON + 7 * DAY).date()), (NOON.date(), (NOON + 9 * DAY).date())]
