"""The anchor: the highest sequence counts, and a line that a crash cut off is no harm."""

from __future__ import annotations

from pathlib import Path

from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.contracts.audit_trail import Anchor


def test_nothing_was_ever_written(tmp_path: Path) -> None:
    assert AnchorFile(tmp_path / "none" / "anchor.jsonl").latest() is None


def test_the_highest_sequence_counts_whatever_the_order(tmp_path: Path) -> None:
    file = AnchorFile(tmp_path / "audit" / "anchor.jsonl")
    for sequence in (1, 3, 2):
        file.write(Anchor(sequence, f"hash{sequence}"))
    assert file.latest() == Anchor(3, "hash3")


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    AnchorFile(path).write(Anchor(1, "hash1"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"sequence": 2, "rec\n[]\n{"sequence": Infinity, "record_hash": ""}\n')
    with path.open("ab") as file_of_bytes:
        file_of_bytes.write(b"\xff\n")
    assert AnchorFile(path).latest() == Anchor(1, "hash1")
