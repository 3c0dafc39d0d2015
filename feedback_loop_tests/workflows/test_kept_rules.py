"""Every version of a home's own rules stays at hand for making old decisions again, and for nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedback_loop.config import Settings
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.workflows.kept_rules import keep_rules, kept_playbooks, kept_policies, rules_at_hand
from feedback_loop.workflows.rules_in_force import read_policy, read_rules
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.test_playbook_files import RELEASE

FIRST, SECOND = ('@id("mine") forbid (principal, action, resource) when { false };', '@id("mine") forbid (principal, action, resource);')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def with_guards(settings: Settings, text: str) -> str:
    settings.guards_file.write_text(text, encoding="utf-8")
    keep_rules(settings)
    return read_policy(settings.policy_file, settings.guards_file).policy_version


def test_a_policy_that_was_changed_since_is_still_at_hand(settings: Settings) -> None:
    versions = {with_guards(settings, FIRST), with_guards(settings, SECOND)}
    assert {policy.policy_version for policy in kept_policies(settings)} == versions
    assert set(rules_at_hand(settings).policies) == {*versions, seed_policy().policy_version}
    settings.guards_file.unlink()
    assert versions < set(rules_at_hand(settings).policies)


def test_a_playbook_that_was_changed_or_removed_since_is_still_at_hand(settings: Settings) -> None:
    settings.playbooks_folder.mkdir()
    file = settings.playbooks_folder / "own.yaml"
    versions = set()
    for text in (RELEASE + "\n", RELEASE.replace("title: ", "title: Again ")):
        file.write_text(text, encoding="utf-8")
        keep_rules(settings)
        versions |= {playbook.playbook_version for playbook in kept_playbooks(settings)}
    file.unlink()
    assert len(versions) == 2
    assert versions | {playbook.playbook_version for playbook in seed_playbooks()} == set(rules_at_hand(settings).playbooks)


def test_keeping_twice_writes_once_and_a_home_without_rules_keeps_nothing(settings: Settings) -> None:
    assert keep_rules(settings) == []
    assert not settings.kept_rules_folder.exists()
    settings.guards_file.write_text(FIRST, encoding="utf-8")
    assert len(keep_rules(settings)) == 1
    assert keep_rules(settings) == []


ODD = ['{"limits": "a: [", "guards": ""}', '{"limits": 5, "guards": ""}', '{"limits": null, "guards": 5}', "[" * 200_000]
PERMITS = '{"limits": null, "guards": "permit (principal, action, resource);"}'


@pytest.mark.parametrize("text", ["", "{", '{"limits": null, "guards": ""}', PERMITS, "[]", *ODD])
def test_what_was_altered_since_is_not_at_hand(settings: Settings, text: str) -> None:
    with_guards(settings, FIRST)
    (file,) = settings.kept_rules_folder.iterdir()
    file.write_text(text, encoding="utf-8")
    (settings.kept_rules_folder / ("0" * 64 + ".playbook.yaml")).write_text(text, encoding="utf-8")
    assert (kept_policies(settings), kept_playbooks(settings)) == ([], [])


def test_what_is_kept_is_not_in_force(settings: Settings) -> None:
    with_guards(settings, SECOND)
    settings.guards_file.unlink()
    assert read_rules(settings, None, START).policy.policy_version == seed_policy().policy_version


def test_what_is_no_file_is_not_at_hand(settings: Settings) -> None:
    settings.kept_rules_folder.mkdir(parents=True)
    for ending in (".policy.json", ".playbook.yaml"):
        (settings.kept_rules_folder / f"folder{ending}").mkdir()
        (settings.kept_rules_folder / f"link{ending}").symlink_to("/nowhere")
        os.mkfifo(settings.kept_rules_folder / f"pipe{ending}")
    assert (kept_policies(settings), kept_playbooks(settings)) == ([], [])
