"""The people file: who may decide, read with care."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.contracts.loop_vocab import RiskLevel
from feedback_loop.errors import BadInput
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.workflows.people import DEMO_PEOPLE, read_people, roles_of, write_people


def test_each_person_has_roles(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("ada: [release_manager, support_lead]\nbo: []\n", encoding="utf-8")
    people = read_people(file)
    assert roles_of("ada", people) == ("release_manager", "support_lead")
    assert roles_of("bo", people) == ()
    with pytest.raises(BadInput, match=r"nobody called 'cy' may decide\. Known are: ada, bo"):
        roles_of("cy", people)


@pytest.mark.parametrize("text", ["- ada", "ada: release_manager", "{", "", "\udcff"])
def test_a_file_that_says_something_else_is_bad_input(tmp_path: Path, text: str) -> None:
    file = tmp_path / "people.yaml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInput):
        read_people(file)


def test_a_missing_file_says_what_belongs_in_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"Write it, with a line for each person such as `ada: \[labeller"):
        read_people(tmp_path / "people.yaml")


def test_in_the_made_up_company_people_can_decide_on_everything() -> None:
    for playbook in seed_playbooks():
        entitled = [person for person, roles in DEMO_PEOPLE.items() if set(roles) & set(playbook.approver_roles)]
        assert len(entitled) >= (2 if playbook.risk is RiskLevel.HIGH else 1), playbook.playbook_id


def test_people_are_written_once_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "home" / "people.yaml"
    write_people(file, DEMO_PEOPLE)
    write_people(file, {"eve": ("release_manager",)})
    assert read_people(file) == DEMO_PEOPLE
