"""The home's own playbooks go before those of the package, and a bad one stops everything."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from feedback_loop.errors import PlaybookRefused, UnreadableFile
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.playbook_files import own_playbooks, read_playbooks

RELEASE = (files("feedback_loop.remediation") / "playbook_texts" / "release-rollback.yaml").read_text("utf-8")


def folder_of(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_folder_and_with_an_empty_one_those_of_the_package_count(tmp_path: Path) -> None:
    assert read_playbooks(tmp_path / "playbooks") == seed_playbooks()
    assert read_playbooks(folder_of(tmp_path)) == seed_playbooks()


def test_one_of_the_same_id_takes_the_place_of_the_packages_and_another_comes_beside_them(tmp_path: Path) -> None:
    stricter, other = RELEASE.replace("0.6", "0.9"), RELEASE.replace("release-rollback", "own-rollback", 1)
    found = {p.playbook_id: p for p in read_playbooks(folder_of(tmp_path, a=stricter, b=other))}
    assert len(found) == len(seed_playbooks()) + 1
    assert (found["release-rollback"].threshold_score, found["own-rollback"].threshold_score) == (0.9, 0.6)


def test_a_bad_playbook_is_refused_with_its_file_and_all_others(tmp_path: Path) -> None:
    with pytest.raises(PlaybookRefused, match=r"release-rollback of .*mine\.yaml: owner"):
        read_playbooks(folder_of(tmp_path, mine=RELEASE.replace("owner: release-team", 'owner: " "')))


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlaybookRefused, match="another file of the folder bears this id"):
        own_playbooks(folder_of(tmp_path, a=RELEASE, b=RELEASE))


@pytest.mark.parametrize("name", ["notes.txt", "release.yml"])
def test_what_is_no_playbook_is_not_passed_over(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path, a=RELEASE)
    (folder / name).write_text(RELEASE, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=name):
        read_playbooks(folder)


def test_hidden_files_of_an_editor_are_none(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a=RELEASE)
    (folder / ".a.yaml.swp").write_bytes(b"\xff")
    assert list(own_playbooks(folder)) == ["release-rollback"]


def test_a_file_in_the_place_of_the_folder_and_a_link_to_nowhere_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(RELEASE, encoding="utf-8")
    (tmp_path / "b").symlink_to(tmp_path / "gone")
    for place in ("a", "b"):
        with pytest.raises(UnreadableFile, match="is no folder"):
            read_playbooks(tmp_path / place)
