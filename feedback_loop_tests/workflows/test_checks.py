"""Each check is silent on good data and names the offender, by id alone, on bad data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.cleaning import PERSON, Cleaner
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.personal_data.masking import mask
from feedback_loop.workflows import checks
from feedback_loop_tests.contracts.rows import frame_of

DAY, NEXT = date(2026, 1, 2), date(2026, 1, 3)
RAW = "  Hi.  Write to  anna.maier@example.com, the app crashes!  "
START, END = 7, 57


def fragments(*changes: dict[str, Any]) -> pl.DataFrame:
    """Rows of `silver_fragment`, each cut from RAW where its span says and masked as the law says, but for the changes."""
    law = {"raw_start": START, "raw_end": END, "masked_text": mask(normalise(RAW[START:END]).text).text, "record_version_id": "v"}
    return frame_of(TABLES["silver_fragment"], *({"fragment_id": f"f{n}", **law, **change} for n, change in enumerate(changes)))


def clusters(*members: list[str], day: date = DAY, product: str = "x") -> pl.DataFrame:
    rows = [{"cluster_id": f"c{n}", "product": product, "event_date": day, "day_fragment_ids": ids} for n, ids in enumerate(members)]
    return frame_of(TABLES["analysis_cluster"], *rows)


def evidence(start: int, end: int, text: str, fragment: str = "f0") -> pl.DataFrame:
    row = {"evidence_id": "e0", "fragment_id": fragment, "masked_start": start, "masked_end": end, "evidence_text": text}
    return frame_of(TABLES["analysis_evidence"], row)


def test_triage_without_owner_or_reason_is_named() -> None:
    said: dict[str, Any] = {"owner": "desk", "urgency_reasons": ["class:crash"]}
    changes: tuple[dict[str, Any], ...] = ({}, {"owner": " "}, {"urgency_reasons": []})
    rows = [{"fragment_id": f"f{n}"} | said | change for n, change in enumerate(changes)]
    assert checks.triage_without_owner_or_reason(frame_of(TABLES["analysis_triage"], *rows)) == ["f1", "f2"]


RECORDS = frame_of(TABLES["bronze_feedback_record"], {"record_version_id": "v", "text": RAW}).select("record_version_id", "text", *PERSON)
CLEANER = Cleaner()


def personal_data(fragments: pl.DataFrame) -> list[str]:
    return checks.fragments_with_personal_data(fragments, RECORDS, CLEANER)


def out_of_place(fragments: pl.DataFrame, records: pl.DataFrame) -> list[str]:
    return checks.fragments_out_of_place(fragments, records, CLEANER)


@pytest.mark.parametrize("text", ["mail anna.maier@example.com", "card 4111 1111 1111 1111", "call +49 30 901820", "from 192.168.7.13"])
def test_personal_data_in_a_masked_text_is_found(text: str) -> None:
    assert personal_data(fragments({}, {"masked_text": text})) == ["f1"]


def test_a_masked_text_passes_and_its_placeholders_are_no_personal_data() -> None:
    assert "[EMAIL]" in fragments({})["masked_text"].item()
    assert personal_data(fragments({}, {"masked_text": "version 4.2.1 of 2021-10-08, error 404"})) == []


@pytest.mark.parametrize(
    "change", [{"raw_start": START + 1}, {"raw_end": END - 1}, {"masked_text": "another text"}, {"record_version_id": "gone"}], ids=str
)
def test_a_fragment_out_of_its_place_is_found(change: dict[str, Any]) -> None:
    assert out_of_place(fragments({}, change), RECORDS) == ["f1"]


def test_a_fragment_in_its_place_passes() -> None:
    assert out_of_place(fragments({}, {}), RECORDS) == []


def test_a_fragment_of_a_record_without_words_is_out_of_place() -> None:
    assert out_of_place(fragments({}), RECORDS.with_columns(text=pl.lit(None, pl.String))) == ["f0"]


def test_a_fragment_that_another_table_lacks_is_found() -> None:
    both = fragments({}, {})
    assert checks.fragments_without_row(both, both) == []
    assert checks.fragments_without_row(both, both.head(1)) == ["f1"]
    assert checks.fragments_without_row(both, both.clear()) == ["f0", "f1"]


@pytest.mark.parametrize(
    ("vector", "is_unit"), [([0.6, 0.8], True), ([1.0, 0.0], True), ([0.6, 0.81], False), ([0.0, 0.0], False), ([], False)]
)
def test_a_vector_of_another_length_than_one_is_found(vector: list[float], is_unit: bool) -> None:
    frame = frame_of(TABLES["analysis_embedding"], {"fragment_id": "f0", "vector": vector})
    assert checks.vectors_not_of_unit_length(frame) == ([] if is_unit else ["f0"])


def test_a_vector_with_a_number_that_is_none_is_found() -> None:
    frame = frame_of(TABLES["analysis_embedding"], {"fragment_id": "f0", "vector": [float("nan"), 1.0]})
    assert checks.vectors_not_of_unit_length(frame) == ["f0"]


def test_evidence_stands_verbatim_at_its_place() -> None:
    frame = fragments({"masked_text": "größer 🖨 error 0x80 here"})
    assert checks.spans_not_verbatim(evidence(9, 19, "error 0x80"), frame) == []
    assert checks.spans_not_verbatim(evidence(10, 19, "error 0x80"), frame) == ["e0"]
    assert checks.spans_not_verbatim(evidence(9, 19, "Error 0x80"), frame) == ["e0"]
    assert checks.spans_not_verbatim(evidence(9, 19, "error 0x80", fragment="gone"), frame) == ["e0"]


def test_a_complaint_is_in_exactly_one_cluster_of_its_day() -> None:
    eligible = fragments({"event_date": DAY}, {"event_date": DAY})
    assert checks.fragments_in_no_or_two_clusters(clusters(["f0"], ["f1"], []), eligible) == []
    assert checks.fragments_in_no_or_two_clusters(clusters(["f0"]), eligible) == ["f1"]
    assert checks.fragments_in_no_or_two_clusters(clusters(["f0", "f1"], ["f1"]), eligible) == ["f1"]
    assert checks.fragments_in_no_or_two_clusters(clusters(["f0", "f1"], day=NEXT), eligible) == ["f0", "f1"]


def test_a_day_without_complaints_needs_no_cluster() -> None:
    assert checks.fragments_in_no_or_two_clusters(clusters(), fragments()) == []


def test_link_with_what_nobody_had_said_yet_is_found() -> None:
    landed = datetime(2026, 1, 2, 12, tzinfo=UTC)
    said = fragments(*({"product": "Acme", "landed_at": landed + timedelta(hours=n)} for n in range(3)))
    change = {"change_id": "c", "product": "Acme", "landed_at": landed + timedelta(hours=1)}
    empty = [frame_of(TABLES[name]) for name in ("context_release", "context_incident", "context_log")]
    changes = frame_of(TABLES["context_change"], change, change | {"statement_id": "y", "landed_at": landed + timedelta(hours=2)})
    known = checks.known_context(empty[0], changes, empty[1], empty[2])
    row = {"link_kind": "change", "link_id": "c", "minutes_since_start": 0.0}
    links = frame_of(TABLES["silver_context_link"], *(row | {"fragment_id": f"f{n}"} for n in range(3)))
    assert checks.links_not_known_in_time(links, said, known) == ["f0"]
    assert checks.links_not_known_in_time(links.with_columns(link_kind=pl.lit("incident")), said, known) == ["f0", "f1", "f2"]
    assert checks.links_not_known_in_time(links.with_columns(minutes_since_start=pl.lit(-0.1)), said, known) == ["f0", "f1", "f2"]
    assert checks.links_not_known_in_time(links.tail(2), said, known) == []


def hypotheses(*scores: tuple[str, float, str]) -> pl.DataFrame:
    rows = [{"hypothesis_id": f"h{n}", "alert_id": a, "hypothesis_score": s, "cause_kind": k} for n, (a, s, k) in enumerate(scores)]
    return frame_of(TABLES["analysis_hypothesis"], *rows)


def test_scores_that_sum_to_one_with_one_unknown_cause_are_silent() -> None:
    found = hypotheses(("a0", 0.75, "deploy"), ("a0", 0.25, "unknown"), ("a1", 1.0, "unknown"))
    assert checks.alerts_whose_scores_do_not_sum_to_one(found) == []


def test_scores_that_do_not_sum_to_one_or_lack_the_unknown_cause_are_named() -> None:
    found = hypotheses(
        ("a0", 0.75, "deploy"), ("a0", 0.26, "unknown"), ("a1", 1.0, "deploy"), ("a2", 0.5, "unknown"), ("a2", 0.5, "unknown")
    )
    assert checks.alerts_whose_scores_do_not_sum_to_one(found) == ["a0", "a1", "a2"]


@pytest.mark.parametrize(
    ("kind", "verdict", "said_for", "said_against", "is_named"),
    [
        ("deploy", "likely", ["near"], [], False),
        ("deploy", "possible", [], ["far"], False),
        ("unknown", "insufficient_evidence", [], [], False),
        ("deploy", "possible", [], [], True),
        ("deploy", "refuted", [], [], True),
        ("deploy", "likely", [], ["far"], True),
    ],
)
def test_a_cause_that_nothing_is_said_of_or_that_nothing_speaks_for_though_it_is_likely_is_named(
    kind: str, verdict: str, said_for: list[str], said_against: list[str], is_named: bool
) -> None:
    said = {"evidence_for": said_for, "evidence_against": said_against}
    row = {"hypothesis_id": "h", "cause_kind": kind, "hypothesis_verdict": verdict, **said}
    assert checks.hypotheses_without_evidence(frame_of(TABLES["analysis_hypothesis"], row)) == (["h"] if is_named else [])
