"""Data quality beside bronze: what landed of yesterday and today, compared with its own past; one check for each question.

The questions are answered by `workflows/quality`, all of them from one reading. A check that only warns stops nothing; one that finds what
makes later figures wrong fails the landing run, so that whoever watches runs hears of it. Metadata hold counts and thresholds, no values.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import dagster as dg

from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.vocab import FindingLevel, QualityCheck
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import ClockResource, StoreResource
from feedback_loop.workflows.quality import judged
from feedback_loop.workflows.quality_advice import Finding

_SHOWN = 20
_COLUMNS = ("level", "event_date", "source", "product", "subject", "observed", "usual", "threshold", "record_count")

QUESTIONS = {
    QualityCheck.DUPLICATES: ("no_more_repeats_than_usual", "Customers' words are not repeated under other ids more than usual."),
    QualityCheck.REPEATED_IDS: ("every_source_id_names_one_record", "No id of a source names two customers, or two instants in one file."),
    QualityCheck.MISSING_IDS: ("customers_are_named_as_usual", "The share of records without a customer is the usual one."),
    QualityCheck.MALFORMED_RECORDS: ("no_more_rows_are_refused_than_usual", "The share of rows in quarantine is the usual one."),
    QualityCheck.FRESHNESS: ("every_source_is_fresh", "No source has been silent for longer than its own gaps let expect."),
    QualityCheck.VOLUME: ("volume_is_as_the_season_lets_expect", "Yesterday's records are as many as the weeks before let expect."),
    QualityCheck.NULL_SHARES: ("columns_are_filled_as_usual", "Each optional column is empty as often as usual."),
}
"""Name and description of each check."""

_BRONZE = {QualityCheck.MALFORMED_RECORDS: "bronze_quarantine"}


@dg.multi_asset_check(
    name="data_quality",
    specs=[
        dg.AssetCheckSpec(name, asset=_BRONZE.get(check, "bronze_feedback_record"), description=said, blocking=True)
        for check, (name, said) in QUESTIONS.items()
    ],
)
def data_quality(store: StoreResource, clock: ClockResource) -> Iterator[dg.AssetCheckResult]:
    """Compares yesterday and today with the weeks before, by source and product."""
    today = day_of(clock.now())
    with without_values():
        found = judged(store.open(), DayRange(today - timedelta(days=1), today), clock)
    for check, (name, _) in QUESTIONS.items():
        yield told(name, _BRONZE.get(check, "bronze_feedback_record"), [f for f in found if f.check is check])


def told(name: str, asset: str, found: Sequence[Finding]) -> dg.AssetCheckResult:
    """Passed where nothing was found; otherwise what to do, with the figures, as grave as the gravest finding."""
    is_error = any(f.level is FindingLevel.ERROR for f in found)
    figures = [dg.TableRecord({column: _figure(getattr(f, column)) for column in _COLUMNS}) for f in found[:_SHOWN]]
    schema = dg.TableSchema([dg.TableColumn(column) for column in _COLUMNS])
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=asset,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description=" ".join(f.advice for f in found[:3]) or None,
        metadata={
            "finding_count": len(found),
            "what_to_do": dg.MetadataValue.md("\n".join(f"- {f.advice}" for f in found[:_SHOWN]) or "nothing"),
            "figures": dg.MetadataValue.table(figures, schema),
        },
    )


def _figure(value: object) -> str | float | int | None:
    return value if value is None or isinstance(value, int) else round(value, 4) if isinstance(value, float) else str(value)
