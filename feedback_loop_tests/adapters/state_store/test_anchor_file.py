"""The anchor: the highest sequence counts, a line that a crash cut off is no harm, and each line is signed by the one key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.adapters.signing_key import SigningKey
from feedback_loop.adapters.state_store.anchor_file import AnchorFile, open_anchor
from feedback_loop.config import Settings
from feedback_loop.contracts.audit_trail import Anchor
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.errors import SigningKeyLost
from feedback_loop.remediation.anchors import statement_of
from feedback_loop_tests.fakes import FakeClock


def signing(path: Path, key: Path) -> AnchorFile:
    return AnchorFile(path, SigningKey(key), FakeClock().now)


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
        file.write('{"sequence": 2, "rec\n[]\n{"sequence": Infinity, "record_hash": ""}\n7\n')
    with path.open("ab") as file_of_bytes:
        file_of_bytes.write(b"\xff\n")
    assert AnchorFile(path).latest() == Anchor(1, "hash1")


def test_a_line_that_was_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    AnchorFile(path).write(Anchor(1, "hash1"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"sequence": 2, "rec')
    AnchorFile(path).write(Anchor(3, "hash3"))
    assert [anchor.sequence for anchor in AnchorFile(path).all()] == [1, 3]


def test_a_line_is_signed_over_the_canonical_bytes_of_what_it_says(tmp_path: Path) -> None:
    file = signing(tmp_path / "anchor.jsonl", tmp_path / "signing.key")
    file.write(Anchor(7, "hash7"))
    (line,) = (tmp_path / "anchor.jsonl").read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    signature = said.pop("signature")
    assert said["signed_at"] == "2026-01-05T09:30:00.000000Z"
    key = file.verifying_key()
    assert key is not None
    assert said["key_id"] == key.key_id
    assert key.verifies(canonical_json({**said, "purpose": "feedback_loop audit anchor 1"}), signature)
    (anchor,) = file.all()
    assert statement_of(anchor) == canonical_json({**said, "purpose": "feedback_loop audit anchor 1"})


def test_asking_for_the_key_makes_none(tmp_path: Path) -> None:
    file = signing(tmp_path / "anchor.jsonl", tmp_path / "signing.key")
    assert file.verifying_key() is None
    assert list(tmp_path.iterdir()) == []
    assert AnchorFile(tmp_path / "anchor.jsonl").verifying_key() is None


def test_a_key_that_is_gone_is_missed_before_anything_is_changed(tmp_path: Path) -> None:
    path, key = tmp_path / "anchor.jsonl", tmp_path / "signing.key"
    first = signing(path, key)
    first.prepare()
    first.write(Anchor(1, "hash1"))
    key.unlink()
    before = sorted(file.name for file in tmp_path.iterdir())
    with pytest.raises(SigningKeyLost):
        signing(path, key).prepare()
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_another_key_does_not_sign_on(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    signing(path, tmp_path / "one.key").write(Anchor(1, "hash1"))
    with pytest.raises(SigningKeyLost, match="another key"):
        signing(path, tmp_path / "two.key").prepare()


def test_a_home_from_before_gets_its_key_with_the_next_change(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    AnchorFile(path).write(Anchor(1, "hash1"))
    file = signing(path, tmp_path / "signing.key")
    file.prepare()
    file.write(Anchor(2, "hash2"))
    assert [anchor.signature is not None for anchor in file.all()] == [False, True]


def test_the_key_is_found_at_the_end_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "anchor.jsonl"
    signing(path, tmp_path / "one.key").write(Anchor(1, "hash1"))
    line = path.read_bytes()
    path.write_bytes(line * 500)
    with pytest.raises(SigningKeyLost):
        signing(path, tmp_path / "two.key").prepare()
    signing(path, tmp_path / "one.key").prepare()


def test_the_settings_say_where_anchors_and_key_lie(tmp_path: Path) -> None:
    home = Settings(home=tmp_path / "home")
    moved = Settings(home=tmp_path / "home", chosen_signing_key_file=tmp_path / "elsewhere" / "audit.key")
    open_anchor(moved, FakeClock()).write(Anchor(1, "hash1"))
    assert home.anchor_file.exists()
    assert not home.signing_key_file.exists()
    assert moved.signing_key_file.exists()
