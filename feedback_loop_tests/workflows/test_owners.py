"""The ownership table that counts: the home's own or the package's, and whether the playbooks' owners are teams of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.analysis.ownership import Owners, seed_ownership, seed_text
from feedback_loop.config import Settings
from feedback_loop.errors import OwnershipRefused, UnreadableFile
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.owners import duties_of, read_owners, read_ownership, strangers

TAXONOMY = """
classes:
  - {id: card_declined, counts_as: billing, owner: billing-team, formerly: [declined], examples: [my card was declined]}
  - {id: gallery, counts_as: broken_workflow, owner: nobody, examples: [the gallery is empty]}
"""


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
    assert strangers(Owners(seed_ownership()), seed_playbooks()) == []


def test_a_playbook_of_a_stranger_is_named() -> None:
    table = seed_ownership()
    without = table.model_copy(update={"teams": {team: f for team, f in table.teams.items() if team != "release-team"}})
    assert strangers(Owners(without), seed_playbooks()) == [
        "playbook release-rollback: its owner 'release-team' is no team of the table; declare it under teams"
    ]


def test_classes_of_the_homes_taxonomy_bring_their_owners_under_every_name_they_had(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    owners = read_owners(Settings(home=tmp_path))
    assert owners.of_classes == {"card_declined": "billing-team", "declined": "billing-team", "gallery": "nobody"}
    assert strangers(owners, []) == ["class gallery of the taxonomy: its owner 'nobody' is no team of the table; declare it under teams"]


def test_the_seed_taxonomy_names_no_owner_of_its_own(tmp_path: Path) -> None:
    owners = read_owners(Settings(home=tmp_path))
    assert (owners.of_classes, owners.version) == ({}, seed_ownership().ownership_version)


def test_whoever_decides_about_a_case_is_told_who_does_what(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.yaml").write_text(TAXONOMY, encoding="utf-8")
    owners = read_owners(Settings(home=tmp_path))
    crash = duties_of(owners, "crash", "shop")
    assert crash.model_dump() == {
        "owner": "app-team", "bug_fixes": "app-team", "messaging": "support-operations", "refunds": "billing-team",
        "sign_off": "release-team",
    }  # fmt: skip
    assert duties_of(owners, "card_declined", "shop").owner == "billing-team"
    assert duties_of(owners, None, "shop") == owners.table.default
