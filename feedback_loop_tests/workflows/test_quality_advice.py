"""Every kind of finding says what was seen, what is usual, and what to do."""

from __future__ import annotations

from datetime import date

import pytest

from feedback_loop.contracts.vocab import FindingLevel, QualityCheck
from feedback_loop.workflows.quality_advice import Finding, advice_about


def finding(check: QualityCheck, **values: object) -> Finding:
    told = {
        "level": FindingLevel.WARN, "event_date": date(2026, 1, 2), "source": "desk", "product": "Lumen", "subject": "region",
        "observed": 0.4, "usual": 0.1, "threshold": 0.2, "record_count": 50,
    } | values  # fmt: skip
    return Finding(check=check, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("check", QualityCheck)
@pytest.mark.parametrize("level", FindingLevel)
def test_a_sentence_names_the_source_and_ends_with_what_to_do(check: QualityCheck, level: FindingLevel) -> None:
    said = advice_about(finding(check, level=level))
    assert "desk" in said
    assert said.endswith(".")
    assert ": " in said


def test_volume_tells_both_directions_apart() -> None:
    assert "complete, then land the rest" in advice_about(finding(QualityCheck.VOLUME, observed=4, usual=40, threshold=20))
    assert "rows came twice" in advice_about(finding(QualityCheck.VOLUME, observed=90, usual=40, threshold=60))


def test_silence_of_a_store_names_its_own_command_and_short_gaps_in_minutes() -> None:
    said = advice_about(finding(QualityCheck.FRESHNESS, source="google_play", observed=31.2, usual=0.5, threshold=8.0))
    assert said == (
        "google_play has had no row for 31 h, usually 30 min, odd from 8 h on: look whether its fetch job runs, "
        "then `feedback-loop ingest google-play FILE…`."
    )


def test_a_series_without_a_product_is_named_by_its_source() -> None:
    assert finding(QualityCheck.MALFORMED_RECORDS, product=None).series == "desk"
