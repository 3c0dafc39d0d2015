"""The ownership table that counts: the home's own or the package's, and whether the playbooks' owners are teams of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.analysis.ownership import seed_ownership, seed_text
from feedback_loop.errors import OwnershipRefused, UnreadableFile
from feedback_loop.workflows.owners import read_ownership, strangers


def test_without_a_file_the_seed_counts(tmp_path: Path) -> None:
    assert read_ownership(tmp_path / "owners.yaml") is seed_ownership()


def test_a_file_replaces_the_seed_whole(tmp_path: Path) -> None:
    file = tmp_path / "owners.yaml"
    file.write_text(seed_text().replace("billing-team", "money-team"), encoding="utf-8")
    table = read_ownership(file)
    assert "billing-team" not in table.teams
    assert table.ownership_version != seed_ownership().ownership_version


def test_a_bad_file_is_refused_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "owners.yaml"
    file.write_text("teams: {}", encoding="utf-8")
    with pytest.raises(OwnershipRefused, match=r"owners\.yaml: default: add it"):
        read_ownership(file)


def test_a_file_that_is_no_text_is_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "owners.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile):
        read_ownership(file)


def test_every_playbook_of_the_package_has_an_owner_of_the_seed() -> None:
    assert strangers(seed_ownership()) == []


def test_a_playbook_of_a_stranger_is_named() -> None:
    table = seed_ownership()
    without = table.model_copy(update={"teams": {team: f for team, f in table.teams.items() if team != "release-team"}})
    assert strangers(without) == ["playbook release-rollback: its owner 'release-team' is no team of the table; declare it under teams"]
