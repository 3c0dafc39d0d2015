"""The home's connectors.yaml: read where there is one, refused with its place where it can't be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus
from feedback_loop.errors import ConnectorsRefused, UnreadableFile
from feedback_loop.workflows.connector_files import can_be_sent, read_connectors
from feedback_loop_tests.remediation.test_connectors import FULL
from feedback_loop_tests.workflows.outbox_world import made_up_action


def written(folder: Path, text: str) -> Path:
    file = folder / "connectors.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_file_is_no_connectors_of_the_home_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    assert read_connectors(tmp_path / "connectors.yaml") is None
    with pytest.raises(ConnectorsRefused, match="holds no fields"):
        read_connectors(written(tmp_path, ""))


def test_a_mistake_names_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, FULL.replace("kind: jira", "kind: fax"))
    with pytest.raises(ConnectorsRefused) as caught:
        read_connectors(file)
    assert caught.value.place == str(file)


def test_a_link_that_leads_nowhere_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "connectors.yaml").symlink_to(tmp_path / "nothing")
    with pytest.raises(UnreadableFile):
        read_connectors(tmp_path / "connectors.yaml")


def test_only_what_is_switched_on_can_be_sent_to(tmp_path: Path) -> None:
    found = read_connectors(written(tmp_path, FULL))
    assert found is not None
    queued = made_up_action(ActionStatus.QUEUED, kind=ActionKind.ROUTE_WITH_CONTEXT)
    assert can_be_sent(queued, found)
    assert not can_be_sent(made_up_action(ActionStatus.QUEUED, kind=ActionKind.OPEN_INCIDENT), found)
    assert not can_be_sent(made_up_action(ActionStatus.QUEUED, kind=ActionKind.RETRY_JOB), found)
    assert can_be_sent(made_up_action(ActionStatus.IN_DOUBT, kind=ActionKind.RETRY_JOB, connector="desk"), found)
    assert not can_be_sent(made_up_action(ActionStatus.IN_DOUBT, connector="ops-jira"), found)
