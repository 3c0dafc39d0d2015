"""The rules that count: the home's own or the package's, and a bad file is refused by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.analysis.alert_rules import seed_rules, seed_text
from feedback_loop.errors import AlertRulesRefused, UnreadableFile
from feedback_loop.workflows.alert_rules import read_rules


def test_without_a_file_the_seed_counts(tmp_path: Path) -> None:
    assert read_rules(tmp_path / "alert_rules.yaml") is seed_rules()


def test_a_file_replaces_the_seed_whole(tmp_path: Path) -> None:
    file = tmp_path / "alert_rules.yaml"
    file.write_text(seed_text().replace("rule_id: segment-share", "rule_id: ours"), encoding="utf-8")
    assert [rule.rule_id for rule in read_rules(file)] == ["ours"]


def test_a_bad_file_is_refused_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "alert_rules.yaml"
    file.write_text("rules: [{rule_id: a, share: 2, window_hours: 6}]", encoding="utf-8")
    with pytest.raises(AlertRulesRefused, match=r"alert_rules\.yaml: rules\.0\.share"):
        read_rules(file)


def test_a_file_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "alert_rules.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile, match="no text"):
        read_rules(file)
