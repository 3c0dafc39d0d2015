"""Files of rows lose the rows of the erased and keep all others byte for byte."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.erasure.row_files import Theirs, copied_without
from feedback_loop.adapters.erasure.search import Finder
from feedback_loop.contracts.erasure import ErasedStrings

TEXT = "quibble walrus and nothing else"
THEIRS = Theirs(frozenset({"c-1", "7"}), frozenset({"r-1"}), Finder(ErasedStrings(texts=(TEXT,))))

CASES = {
    "csv by customer": (".csv", b"customer_id,n\r\nc-1,1\r\nc-11,2\r\n", b"customer_id,n\r\nc-11,2\r\n", 1),
    "csv with marks, blank lines and quotes": (
        ".csv",
        b'\xef\xbb\xbf\n"customer_id",n\n\nc-2,"a ""b"",\nc"\nc-1,"x\ny"\n',
        b'\xef\xbb\xbf\n"customer_id",n\n\nc-2,"a ""b"",\nc"\n',
        1,
    ),
    "csv that can't be read": (".csv", b"customer_id,n\nc-1,1,2\nc-11,1,2\nc-2,c-1\n", b"customer_id,n\nc-11,1,2\nc-2,c-1\n", 1),
    "csv by what was said": (".csv", f"id,t\n1,{TEXT}\n2,other\n".encode(), b"id,t\n2,other\n", 1),
    "csv by the record": (".csv", b"reviewId,t\nr-1,x\nr-12,x\n", b"reviewId,t\nr-12,x\n", 1),
    "a short id is a customer in its column only": (".csv", b"customer_id,n\n7,1\n8,7\n", b"customer_id,n\n8,7\n", 1),
    "json": (".jsonl", b'{"customer_id": "c-1"}\n\n{"customer_id": "c-2", "n": 7}\n', b'\n{"customer_id": "c-2", "n": 7}\n', 1),
    "json with numbers": (".jsonl", b'{"customer_id": 7}\n{"customer_id": 8}', b'{"customer_id": 8}', 1),
    "json that can't be read": (".ndjson", b'{"customer_id": "c-1"\n[1]\n', b"[1]\n", 1),
    "an empty file": (".csv", b"", b"", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_other_rows_stay_byte_for_byte(tmp_path: Path, case: str) -> None:
    suffix, before, after, removed = CASES[case]
    source, target = tmp_path / f"source{suffix}", tmp_path / "target"
    source.write_bytes(before)
    counted = copied_without(source, target, THEIRS)
    assert target.read_bytes() == after
    assert counted.removed == removed
    assert copied_without(source, None, THEIRS) == counted


def test_parquet_keeps_the_values_and_types_of_others(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["c-1", "c-2", None], "vector": [[0.1], [1 / 3], None], "n": [1, 2, 3]})
    frame.write_parquet(tmp_path / "f.parquet")
    assert copied_without(tmp_path / "f.parquet", tmp_path / "g.parquet", THEIRS) == (3, 1)
    assert pl.read_parquet(tmp_path / "g.parquet").equals(frame[1:])
