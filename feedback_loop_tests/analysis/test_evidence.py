"""Evidence stands verbatim where it says, in the masked and in the raw text, or it is dropped and counted."""

from __future__ import annotations

from datetime import date

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.analysis.evidence import INPUT_SCHEMA, OUTPUT_SCHEMA, Claim, Fragment, extract, extract_counted, find_spans, verify
from feedback_loop.analysis.evidence_patterns import Span
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import EvidenceKind
from feedback_loop.methods.alignment import Alignment, Replacement, rewrite

DAY = date(2024, 5, 1)
PIECES = [
    "app crashes",
    "error E-1234",
    "v2.4.1",
    "iPhone 12",
    "[EMAIL]",
    '"not found"',
    "\n",
    "👍",
    "bob@x.org",
    "refund missing. ",
    "खुल नहीं",
    "it says no way",
]


def _fragment(raw: str, raw_start: int = 0, secret: str = "bob@x.org", identity: str = "fragment_1") -> Fragment:
    """The fragment of a raw text in which every occurrence of the secret is masked."""
    found = [n for n in range(len(raw)) if raw.startswith(secret, n)]
    masked = rewrite(raw, [Replacement(n, n + len(secret), "[EMAIL]") for n in found])
    return Fragment(identity, masked.text, masked.alignment.flatten(), raw_start, raw_start + len(raw), DAY)


def _batch(fragments: list[Fragment]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([fragment._asdict() for fragment in fragments], schema=INPUT_SCHEMA)


def test_result_fulfils_the_contract_of_its_table() -> None:
    result = extract(_batch([_fragment("error E-1234 on iPhone 12, v2.4.1", identity="a"), _fragment("app crashes", identity="b")]))
    assert result.schema == OUTPUT_SCHEMA
    frame = pl.DataFrame(pa.Table.from_batches([result]))
    assert violations(frame, TABLES["analysis_evidence"]) == []
    assert set(frame["evidence_kind"]) == {"error_code", "version", "device", "key_phrase"}


def test_raw_offsets_skip_what_a_mask_replaced_and_start_at_the_message() -> None:
    raw = "bob@x.org gets E-1234 daily"
    rows = extract(_batch([_fragment(raw, raw_start=100)])).to_pylist()
    (code,) = [row for row in rows if row["evidence_kind"] == "error_code"]
    assert code["evidence_text"] == "E-1234"
    assert (code["masked_start"], code["masked_end"]) == (13, 19)
    assert raw[code["raw_start"] - 100 : code["raw_end"] - 100] == "E-1234"


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_every_span_is_verbatim_in_both_texts_and_no_mask_is_evidence(pieces: list[str], raw_start: int) -> None:
    raw = " ".join(pieces)
    fragment = _fragment(raw, raw_start)
    extraction = extract_counted(_batch([fragment]))
    assert extraction.dropped_count == 0
    for row in extraction.batch.to_pylist():
        assert fragment.masked_text[row["masked_start"] : row["masked_end"]] == row["evidence_text"]
        assert raw[row["raw_start"] - raw_start : row["raw_end"] - raw_start] == row["evidence_text"]
        assert "EMAIL" not in row["evidence_text"]


@given(st.text(max_size=120))
@settings(max_examples=80, deadline=None)
def test_any_text_gives_spans_inside_it_and_none_twice(text: str) -> None:
    spans = find_spans(text)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert len(set(spans)) == len(spans)


def test_evidence_of_a_fragment_does_not_depend_on_the_rows_beside_it() -> None:
    fragments = [_fragment(text, identity=text) for text in ("error E-1234", "app crashes on iPhone 12", "", "love it", "v2.4.1 fails")]
    together = extract(_batch(fragments)).to_pylist()
    assert together == [row for fragment in fragments for row in extract(_batch([fragment])).to_pylist()]


def test_empty_batch_gives_an_empty_batch() -> None:
    assert (extract(_batch([])).num_rows, extract(_batch([])).schema) == (0, OUTPUT_SCHEMA)


def test_claim_is_verified_with_its_offsets() -> None:
    row = verify(_fragment("app crashes"), Claim(Span(EvidenceKind.KEY_PHRASE, 4, 11), "crashes"))
    assert row is not None
    assert (row["evidence_text"], row["raw_start"], row["raw_end"]) == ("crashes", 4, 11)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [(4, 11, "crashed"), (0, 0, ""), (3, 4, " "), (-7, 11, "crashes"), (4, 99, "crashes"), (11, 4, "crashes")],
)
def test_claim_that_does_not_stand_there_is_refused(start: int, end: int, text: str) -> None:
    assert verify(_fragment("app crashes"), Claim(Span(EvidenceKind.KEY_PHRASE, start, end), text)) is None


def test_claim_over_a_mask_is_refused() -> None:
    assert verify(_fragment("bob@x.org fails"), Claim(Span(EvidenceKind.KEY_PHRASE, 0, 13), "[EMAIL] fails")) is None


def test_endless_claim_is_refused() -> None:
    assert verify(_fragment("a" * 300), Claim(Span(EvidenceKind.QUOTED_ERROR, 0, 300), "a" * 300)) is None


@pytest.mark.parametrize("alignment", [[], [1, 2, 3], Alignment.identity(4).flatten()])
def test_spans_without_a_fitting_alignment_are_dropped_and_counted(alignment: list[int]) -> None:
    broken = _fragment("app crashes")._replace(alignment=alignment)
    extraction = extract_counted(_batch([broken]))
    assert (extraction.batch.num_rows, extraction.dropped_count) == (0, 1)


def test_error_code_outranks_a_version_and_a_device_of_the_same_place() -> None:
    kinds = {span.kind for span in find_spans("Android 13.0.1")}
    assert kinds == {EvidenceKind.DEVICE}
    assert [span.kind for span in find_spans("error code 1001")] == [EvidenceKind.ERROR_CODE]


def test_hostile_text_is_read_in_no_time() -> None:
    for text in (
        "A" * 5000,
        "a" * 5000,
        "1" * 5000,
        " " * 5000,
        "e." * 3000,
        '"' * 5000,
        "error: " * 2000,
        "A_" * 5000,
        "1." * 5000,
        "it says " * 2000,
        "'a " * 3000,
    ):
        assert isinstance(find_spans(text), list)
