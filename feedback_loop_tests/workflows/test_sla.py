"""The SLA policy that counts: the home's own or the package's, never a mixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.config import Settings
from feedback_loop.errors import SlaPolicyRefused, UnreadableFile
from feedback_loop.outcomes.sla_policy_text import seed_sla_policy, seed_text
from feedback_loop.workflows.sla import read_sla_policy


def test_without_a_file_the_seed_counts(tmp_path: Path) -> None:
    assert read_sla_policy(Settings(home=tmp_path).sla_file) is seed_sla_policy()


def test_a_file_replaces_the_seed_whole(tmp_path: Path) -> None:
    text = seed_text()
    (tmp_path / "sla.yaml").write_text(text[: text.index("rules:\n")], encoding="utf-8")
    policy = read_sla_policy(Settings(home=tmp_path).sla_file)
    assert policy.rules == ()
    assert policy.policy_version != seed_sla_policy().policy_version


def test_a_bad_file_is_refused_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "sla.yaml").write_text("calendars: {}", encoding="utf-8")
    with pytest.raises(SlaPolicyRefused, match=r"sla\.yaml: default: add it"):
        read_sla_policy(tmp_path / "sla.yaml")


def test_a_file_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "sla.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile):
        read_sla_policy(tmp_path / "sla.yaml")
