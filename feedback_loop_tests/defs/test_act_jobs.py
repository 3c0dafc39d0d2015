"""What writes outside of the tables: when the sensors ask for it, that it sends once, and that feeding back twice adds nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

import dagster as dg
import pytest

from feedback_loop.adapters.case_api.case_desk import CaseDesk
from feedback_loop.adapters.case_api.loopback_server import Fault, running_case_system
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs import remediation_assets, state_assets
from feedback_loop.defs.act_jobs import RETRY, act, approved_actions, feed_back_job, outcomes_of_a_run, snapshot_job, what_was_done
from feedback_loop.defs.jobs import loop_job
from feedback_loop.defs.resources import CaseSystemResource, HomeResource
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.defs.distrusted import label_held_out
from feedback_loop_tests.defs.homes import Home, NewHome
from feedback_loop_tests.defs.one_fault import NOW, approve, do, land_all, propose, second_story
from feedback_loop_tests.remediation.made_up_case import issue_row, rollback_proposal

NOBODY = "http://127.0.0.1:9"
"""An address at which nobody listens."""


@pytest.fixture(scope="module")
def awaiting(new_home: NewHome) -> tuple[Home, str]:
    """A home in which a review waits in the outbox and a rollback waits for its approval."""
    home = new_home()
    return home, propose(land_all(home, *second_story()))


@pytest.fixture
def approved(awaiting: tuple[Home, str], new_home: NewHome) -> Home:
    """A home in which two people have approved the rollback as well."""
    home = awaiting[0].copied_to(new_home())
    approve(home, awaiting[1])
    return home


@pytest.fixture
def desk() -> CaseDesk:
    return CaseDesk()


@pytest.fixture
def url(desk: CaseDesk) -> Iterator[str]:
    with running_case_system(desk) as address:
        yield address


def sensed(home: Home, url: str = "", at: datetime = NOW) -> dg.RunRequest | dg.SkipReason:
    """What the sensor says."""
    resources = {name: home.resources(at)[name] for name in ("state", "clock")} | {
        "case_system": CaseSystemResource(home=HomeResource(home=str(home.folder)), url=url)
    }
    with dg.build_sensor_context(resources=resources) as context:
        outcome = approved_actions(context)
    assert isinstance(outcome, dg.RunRequest | dg.SkipReason)
    return outcome


def key(home: Home, at: datetime = NOW) -> str:
    request = sensed(home, NOBODY, at)
    assert isinstance(request, dg.RunRequest)
    return str(request.run_key)


def test_nothing_is_asked_for_where_no_connector_is_switched_on(approved: Home) -> None:
    assert isinstance(sensed(approved), dg.SkipReason)


def test_nothing_is_asked_for_where_nothing_was_ever_decided_and_looking_makes_no_database(home: Home) -> None:
    assert isinstance(sensed(home, NOBODY), dg.SkipReason)
    assert not (home.folder / "state").exists()


def test_nothing_is_asked_for_once_everything_is_done(approved: Home, url: str) -> None:
    assert do(approved, act, url=url).success
    assert isinstance(sensed(approved, url), dg.SkipReason)


def test_same_outbox_is_asked_for_under_one_key_until_it_is_time_to_try_again(approved: Home) -> None:
    assert key(approved) == key(approved, NOW + RETRY - timedelta(seconds=1)) != key(approved, NOW + RETRY)


def test_approval_asks_for_another_run(awaiting: tuple[Home, str], approved: Home) -> None:
    assert key(awaiting[0]) != key(approved)


def test_attempt_without_an_answer_asks_for_another_run_which_sends_nothing_twice(approved: Home, desk: CaseDesk) -> None:
    before = key(approved)
    with running_case_system(desk, deque([Fault.GARBLED_AFTER_WRITE])) as url:
        assert do(approved, act, url=url).success
        assert len(approved.state().actions(ActionStatus.IN_DOUBT)) == 1
        assert key(approved) != before
        assert do(approved, act, NOW + timedelta(minutes=1), url).success
    assert len(desk.actions) == len(approved.state().actions(ActionStatus.DONE)) == 2


def test_what_was_approved_is_carried_out_once_with_a_receipt_however_often_the_job_runs(approved: Home, url: str, desk: CaseDesk) -> None:
    assert do(approved, act, url=url).success
    sent = desk.actions
    assert sorted(action["action_kind"] for action in sent) == ["queue_for_review", "roll_back_release"]
    assert do(approved, act, NOW + timedelta(minutes=1), url).success
    assert desk.actions == sent
    done = approved.state().actions(*ActionStatus)
    assert {a.action_status for a in done} == {ActionStatus.DONE}
    assert {a.receipt_id for a in done} == {action["receipt_id"] for action in sent}


def test_what_is_not_approved_is_not_carried_out(awaiting: tuple[Home, str], new_home: NewHome, url: str, desk: CaseDesk) -> None:
    home = awaiting[0].copied_to(new_home())
    write_nobody(home)
    assert do(home, act, url=url).success
    assert {action["action_kind"] for action in desk.actions} == {"queue_for_review"}


def test_without_a_connector_the_job_sends_nothing_and_keeps_the_approval(approved: Home) -> None:
    assert do(approved, act).success
    assert {a.action_status for a in approved.state().actions(*ActionStatus)} == {ActionStatus.QUEUED}


def test_only_what_a_connector_that_is_switched_on_takes_asks_for_a_run(approved: Home, url: str, desk: CaseDesk) -> None:
    rules = approved.folder / "connectors.yaml"
    rule = f"kind: case_api, address: '{url}', switched_on: true"
    rules.write_text(f"connectors:\n  desk: {{{rule}, takes: [retry_job]}}\n", encoding="utf-8")
    assert isinstance(sensed(approved), dg.SkipReason)
    rules.write_text(f"connectors:\n  desk: {{{rule}, takes: [roll_back_release]}}\n", encoding="utf-8")
    assert isinstance(sensed(approved), dg.RunRequest)
    assert do(approved, act).success
    assert [action["action_kind"] for action in desk.actions] == ["roll_back_release"]
    assert [a.action_kind for a in approved.state().actions(ActionStatus.QUEUED)] == ["queue_for_review"]
    assert isinstance(sensed(approved), dg.SkipReason)


def test_home_that_names_nobody_who_may_decide_is_told_what_to_do(awaiting: tuple[Home, str], new_home: NewHome) -> None:
    result = do(awaiting[0].copied_to(new_home()), act)
    assert not result.success
    failure = result.failure_data_for_node("execute_approved")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "people.yaml" in str(failure.user_failure_data.description)


def write_nobody(home: Home) -> None:
    (home.folder / "people.yaml").write_text("{}\n", encoding="utf-8")


def test_outcomes_are_fed_back_after_runs_of_the_loop_alone() -> None:
    assert outcomes_of_a_run._monitored_jobs == [loop_job]
    assert [target.job_name for target in outcomes_of_a_run.targets] == [feed_back_job.name]


def test_each_run_that_succeeded_is_fed_back_once() -> None:
    @dg.job
    def loop() -> None:
        """As empty as a run can be."""

    with dg.DagsterInstance.ephemeral() as instance:
        keys = []
        for _ in range(2):
            result = loop.execute_in_process(instance=instance)
            event = result.get_run_success_event()
            with dg.build_run_status_sensor_context("outcomes_of_a_run", event, instance, result.dagster_run) as context:
                request = outcomes_of_a_run(context)
            assert isinstance(request, dg.RunRequest)
            keys.append(request.run_key)
    assert len(set(keys)) == 2


def test_feeding_the_same_outcomes_back_twice_adds_nothing(home: Home) -> None:
    proposal = rollback_proposal(issues=[issue_row()])
    home.state(NOW).record_proposals([proposal])
    judged = {"proposal_id": proposal.proposal_id, "effect_verdict": "fixed"}
    home.store.replace_all(TABLES["outcomes_effect"], frame_of(TABLES["outcomes_effect"], judged))
    assert do(home, feed_back_job).success
    trail, statuses = home.state().records(), home.state().snapshot(TABLES["state_issue_status"])
    assert sorted(statuses["issue_status"]) == ["fix_proposed", "resolved"]
    assert do(home, feed_back_job, NOW + timedelta(hours=1)).success
    assert home.state().snapshot(TABLES["state_issue_status"]).equals(statuses)
    assert home.state().records() == trail


def test_nothing_is_sent_because_of_a_classifier_that_the_hold_out_speaks_against(approved: Home, desk: CaseDesk, url: str) -> None:
    label_held_out(approved.store, approved.state(NOW), "auth")
    assert not do(approved, act, url=url).success
    assert desk.actions == []
    assert {a.action_status for a in approved.state().actions(ActionStatus.QUEUED)} == {ActionStatus.QUEUED}


def test_feeding_back_where_nothing_was_decided_adds_nothing_and_makes_no_database(home: Home) -> None:
    assert do(home, feed_back_job).success
    assert not (home.folder / "state").exists()


def test_snapshots_follow_a_run_of_the_outbox_and_propose_nothing() -> None:
    selected = snapshot_job.selection.resolve([*state_assets.SNAPSHOTS, remediation_assets.remediation_proposal])
    assert {key.to_user_string() for key in selected} == {
        "state_autonomy",
        "state_callback",
        "state_gate", "state_hypothesis_label", "state_issue_status", "state_label", "state_model", "state_model_call", "state_threshold",
        "remediation_proposal",
    }  # fmt: skip
    assert what_was_done.name == "what_was_done"
    assert [target.job_name for target in what_was_done.targets] == ["snapshots"]
