"""Playbooks: the seeds are complete, the most specific one applies, and an unsafe one is refused with all its set."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RiskLevel
from feedback_loop.contracts.vocab import AlertKind, ComplaintClass
from feedback_loop.errors import PlaybookRefused
from feedback_loop.remediation.playbooks import (
    Playbook,
    TriggerFacts,
    filled,
    load_playbooks,
    matching_notices,
    matching_playbook,
    parse_playbook,
    review_playbook,
    seed_playbooks,
)

TEXTS = [f.read_text("utf-8") for f in (files("feedback_loop.remediation") / "playbook_texts").iterdir() if f.name.endswith(".yaml")]
RELEASE = next(text for text in TEXTS if "playbook_id: release-rollback" in text)
REVIEW = next(text for text in TEXTS if "playbook_id: human-review" in text)


def loaded(*texts: str) -> tuple[Playbook, ...]:
    return load_playbooks([parse_playbook(text) for text in texts])


def facts(kind: CauseKind, service: str | None = None, alert: AlertKind = AlertKind.RATE) -> TriggerFacts:
    return TriggerFacts(alert, ComplaintClass.CRASH, kind, service)


@pytest.mark.parametrize(
    ("kind", "service", "playbook"),
    [
        (CauseKind.DEPLOY, "web", "release-rollback"),
        (CauseKind.FLAG, "web", "config-rollback"),
        (CauseKind.CONFIG, "web", "config-rollback"),
        (CauseKind.CONFIG, "entitlements", "entitlement-queue"),
        (CauseKind.CAMPAIGN, "entitlements", "entitlement-queue"),
        (CauseKind.CAMPAIGN, "mail", "human-review"),
        (CauseKind.JOB, "billing", "billing-sync-retry"),
        (CauseKind.JOB, "printing", "human-review"),
        (CauseKind.CONTENT, None, "broken-article-task"),
        (CauseKind.INCIDENT, "payments", "provider-notice"),
        (CauseKind.UNKNOWN, None, "human-review"),
    ],
)
def test_the_most_specific_playbook_takes_the_cause(kind: CauseKind, service: str | None, playbook: str) -> None:
    assert matching_playbook(seed_playbooks(), facts(kind, service)).playbook_id == playbook


def test_every_cause_of_every_class_has_a_playbook() -> None:
    for kind in CauseKind:
        for complaint_class in ComplaintClass:
            found = matching_playbook(seed_playbooks(), TriggerFacts(AlertKind.RATE, complaint_class, kind, None))
            assert found in seed_playbooks()


def test_a_share_alert_brings_an_incident_notice_and_a_rate_alert_none() -> None:
    notices = matching_notices(seed_playbooks(), facts(CauseKind.DEPLOY, alert=AlertKind.SHARE))
    assert [(n.playbook_id, n.action_kind) for n in notices] == [("incident-notice", ActionKind.OPEN_INCIDENT)]
    assert matching_notices(seed_playbooks(), facts(CauseKind.DEPLOY)) == ()


def test_what_rolls_back_or_costs_money_is_of_high_risk() -> None:
    kinds = {ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG, ActionKind.REFUND}
    assert {p.action_kind for p in seed_playbooks() if p.risk is RiskLevel.HIGH} == kinds


def test_the_version_follows_from_the_text() -> None:
    one, other = (loaded(REVIEW, text)[1] for text in (RELEASE, RELEASE + "# a remark\n"))
    assert one.playbook_version != other.playbook_version
    assert len(one.playbook_version) == 64


@pytest.mark.parametrize("part", ["owner", "rollback", "acceptance_criteria", "documents", "approver_roles", "expires_hours", "trigger"])
def test_a_playbook_that_lacks_a_part_is_refused_by_name(part: str) -> None:
    content = yaml.safe_load(RELEASE)
    del content[part]
    with pytest.raises(PlaybookRefused, match=rf"release-rollback: {part}: add it") as refused:
        loaded(REVIEW, yaml.safe_dump(content))
    assert refused.value.playbook == "release-rollback"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("owner", "  "),
        ("documents", []),
        ("acceptance_criteria", []),
        ("approver_roles", []),
        ("rollback", {"steps": [], "document_id": "rollback-release"}),
        ("rollback", {"steps": ["undo"], "document_id": ""}),
        ("rollback", {"steps": ["undo"]}),
        ("action_kind", "delete_everything"),
        ("threshold_score", 1.5),
        ("surprise", True),
    ],
)
def test_a_playbook_with_an_empty_or_unknown_part_is_refused(part: str, value: object) -> None:
    with pytest.raises(PlaybookRefused, match=part):
        loaded(REVIEW, yaml.safe_dump(yaml.safe_load(RELEASE) | {part: value}))


@pytest.mark.parametrize("change", [{"target": "{customer_words}"}, {"arguments": {"text": "{masked_text}"}}])
def test_a_template_names_known_facts_only(change: dict[str, object]) -> None:
    with pytest.raises(PlaybookRefused, match="no fact is called"):
        loaded(REVIEW, yaml.safe_dump(yaml.safe_load(RELEASE) | change))


@pytest.mark.parametrize("text", ["{", "- a list", "", "just words"])
def test_what_is_no_playbook_is_refused(text: str) -> None:
    with pytest.raises(PlaybookRefused):
        loaded(REVIEW, text)


def test_two_playbooks_of_one_id_are_refused() -> None:
    with pytest.raises(PlaybookRefused, match="two of the set bear this id"):
        loaded(REVIEW, RELEASE, RELEASE)


def test_a_set_that_leaves_cases_to_nobody_is_refused() -> None:
    with pytest.raises(PlaybookRefused, match="queues for review"):
        loaded(RELEASE)


def test_the_review_takes_the_rest() -> None:
    assert review_playbook(seed_playbooks()).playbook_id == "human-review"


def test_a_template_of_one_fact_keeps_its_type() -> None:
    assert filled("{scope}", {"scope": {"os": ["iOS"]}}) == {"os": ["iOS"]}
    assert filled("job {id} of {n}", {"id": "a", "n": 2}) == "job a of 2"
    assert filled("review", {}) == "review"
