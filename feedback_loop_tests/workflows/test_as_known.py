"""What the analysis says at an instant: of what had landed by then, and of nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import polars as pl
import pytest

from feedback_loop.analysis.hypotheses import TELEMETRY_DAYS
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.ports import TableStore
from feedback_loop.workflows.as_known import Analysed, Findings
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, day, feedback, record
from feedback_loop_tests.workflows.made_up_findings import TABLE_OF
from feedback_loop_tests.workflows.made_up_history import CHANGE, LAST, SPIKE, analysed, context_of, instant, landed, late, telemetry

RECORD = TABLES["bronze_feedback_record"]
NOW = instant(SPIKE + 1)
LATE = [*late(NOW)]


def taken(store: TableStore) -> Analysed:
    known = analysed()
    known.take(store.read(RECORD))
    return known


def found(store: TableStore) -> Findings:
    return taken(store).findings(day(SPIKE), NOW, context_of(store))


def same(one: Findings, other: Findings) -> list[str]:
    """The names of the tables that differ."""
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in TABLE_OF}
    return [name for name, (ours, theirs) in pairs.items() if not ours.sort(pl.nth(0)).equals(theirs.sort(pl.nth(0)))]


@pytest.fixture(scope="module")
def known() -> Findings:
    return found(landed())


def test_findings_are_rows_of_their_tables(known: Findings) -> None:
    assert {name: violations(getattr(known, name), TABLES[table]) for name, table in TABLE_OF.items()} == {name: [] for name in TABLE_OF}
    assert {field.name for field in fields(Findings)} == {*TABLE_OF, "day", "as_of"}


def test_the_rise_is_found_with_its_cause(known: Findings) -> None:
    rise = known.alerts.filter(alert_kind="rate", alerted_class="crash", subject_kind="class")
    causes = known.hypotheses.filter(pl.col("alert_id").is_in(rise["alert_id"].implode()))
    assert causes.filter(hypothesis_rank=1)["cause_id"].to_list() == [CHANGE]


@pytest.mark.parametrize("kind", LATE)
def test_what_lands_later_changes_nothing(known: Findings, kind: str) -> None:
    assert same(found(landed(late(NOW + timedelta(microseconds=1))[kind])), known) == []


@pytest.mark.parametrize("kind", [kind for kind in LATE if kind != "a document"])
def test_the_same_rows_would_have_counted_in_time(known: Findings, kind: str) -> None:
    assert same(found(landed(late(NOW)[kind])), known) != []


def test_an_edited_record_counts_as_it_was_known_then() -> None:
    original = next(each for each in feedback(LAST, per_day=5, spike=SPIKE) if each.occurred_at.date() == day(SPIKE))
    edit = (instant(SPIKE + 1, 9), [replace(original, text=SAYINGS["praise"][0])])
    store = landed(edit)
    analysis = taken(store)
    said = {}
    for now in (NOW, instant(SPIKE + 2)):
        texts = analysis.findings(day(SPIKE), now, context_of(store)).fragments
        of_record = store.read(RECORD).filter(source_record_id=original.source_record_id)["record_id"][0]
        said[now] = texts.filter(record_id=of_record)["masked_text"].to_list()
    assert said[NOW] != said[instant(SPIKE + 2)] == [SAYINGS["praise"][0]]


def test_a_record_that_an_edit_moves_to_another_day_leaves_the_first() -> None:
    moved = record("moved", SPIKE, SAYINGS["crash"][0])
    edit = replace(moved, occurred_at=moved.occurred_at - timedelta(days=2))
    store = landed((instant(SPIKE, 23), [moved]), (instant(SPIKE + 1, 9), [edit]))
    analysis = taken(store)
    counts = [
        analysis.findings(day(number), now, context_of(store)).messages.filter(event_date=day(number)).height
        for number, now in ((SPIKE, NOW), (SPIKE, instant(LAST)), (SPIKE - 2, NOW), (SPIKE - 2, instant(LAST)))
    ]
    assert (counts[0] - counts[1], counts[3] - counts[2]) == (1, 1)


def test_a_complaint_that_repeats_one_that_landed_is_known_as_its_duplicate() -> None:
    text = "The gallery closes by itself as soon as I pick the second album of last summer."
    said = [record(f"said{n}", SPIKE - n, text, customer_id="anna") for n in (1, 0)]
    fragments = found(landed(*((each.occurred_at, [each]) for each in said))).fragments
    assert fragments.filter(masked_text=text).sort("occurred_at")["duplicate_of"].is_null().to_list() == [True, False]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_rows_does_not_matter(known: Findings, seed: int) -> None:
    store, analysis = landed(late(NOW + timedelta(hours=1))["an edit"]), analysed()
    analysis.take(store.read(RECORD).sample(fraction=1.0, shuffle=True, seed=seed))
    assert same(analysis.findings(day(SPIKE), NOW, context_of(store)), known) == []


def test_a_past_that_was_taken_in_before_leaves_nothing_behind(known: Findings) -> None:
    other, store, analysis = landed(late(instant(SPIKE, 20))["records"]), landed(), analysed()
    for part in store.read(RECORD).sample(fraction=1.0, shuffle=True, seed=3).iter_slices(97):
        analysis.take(part)
    for past in (other, store):
        analysis.take(past.read(RECORD))
    assert same(analysis.findings(day(SPIKE), NOW, context_of(store)), known) == []


def test_a_version_counts_from_its_landing_in_the_past_at_hand(known: Findings) -> None:
    store = landed()
    records, analysis = store.read(RECORD), analysed()
    analysis.take(records.with_columns(landed_at=pl.lit(instant(LAST)), landed_date=pl.lit(day(LAST))))
    assert analysis.findings(day(SPIKE), NOW, context_of(store)).messages.is_empty()
    analysis.take(records)
    assert same(analysis.findings(day(SPIKE), NOW, context_of(store)), known) == []


@pytest.mark.parametrize("is_edit_first", [False, True], ids=["as it landed", "the edit first"])
def test_what_depends_on_a_text_alone_is_filed_under_the_day_of_the_version_that_counts(is_edit_first: bool) -> None:
    moved = record("moved", SPIKE, SAYINGS["crash"][0])
    edit = replace(moved, occurred_at=moved.occurred_at - timedelta(days=1))
    store = landed((instant(SPIKE, 23), [moved]), (instant(SPIKE + 1, 9), [edit]))
    versions, analysis = store.read(RECORD).filter(source_record_id="moved").sort("landed_at", descending=is_edit_first), analysed()
    analysis.take(versions[:1])
    analysis.take(versions)
    for now, number in ((NOW, SPIKE), (instant(LAST), SPIKE - 1)):
        assert analysis.findings(day(SPIKE), now, context_of(store)).classifications["event_date"].to_list() == [day(number)]


def test_telemetry_is_kept_as_far_back_as_a_hypothesis_may_ask() -> None:
    measured = [(instant(number, 21), telemetry(number)) for number in range(SPIKE - 40, 0)]
    kept = context_of(landed(*measured)).known_at(NOW, day(SPIKE)).telemetry["event_date"]
    assert (kept.min(), kept.max()) == (day(SPIKE - TELEMETRY_DAYS), day(SPIKE))


def test_before_anything_landed_nothing_is_known() -> None:
    nothing = taken(landed()).findings(day(SPIKE), instant(-90), context_of(landed()))
    assert [getattr(nothing, name).height for name in TABLE_OF] == [0] * len(TABLE_OF)
