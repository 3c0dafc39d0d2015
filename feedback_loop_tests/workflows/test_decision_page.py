"""The page of a decision: every section is there, hostile words stay words, and no key or token shows."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import DecisionRefused
from feedback_loop.remediation.replay import Replay
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.decision_page import REPLAYS, decision_page
from feedback_loop.workflows.decision_story import DecisionStory
from feedback_loop.workflows.page import Page, as_html
from feedback_loop_tests.workflows.signed_world import SignedWorld
from feedback_loop_tests.workflows.test_decision_story import told

SECTIONS = (
    "In short", "What was seen", "Causes, with what speaks for and against", "Documents", "Confidence and thresholds", "Versions",
    "Policy checks", "Who decided", "What was done", "Did it help", "Records of the audit trail",
)  # fmt: skip
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror=alert(1)>"\'&'


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture
def world(tmp_path: Path) -> SignedWorld:
    return SignedWorld(tmp_path / "home")


@pytest.fixture
def story(world: SignedWorld) -> DecisionStory:
    return told(world, world.decided())


def text_of(page: Page) -> str:
    return "\n".join(
        part for one in page.sections for part in (one.title, *one.lines, *(" ".join(map(str, row)) for row in (one.columns, *one.rows)))
    )


def section(page: Page, title: str) -> str:
    return text_of(Page("", [one for one in page.sections if one.title == title]))


def test_a_page_tells_what_was_seen_decided_done_and_what_came_of_it(story: DecisionStory) -> None:
    page = decision_page(story)
    assert tuple(one.title for one in page.sections) == SECTIONS
    for title, *said in (
        ("In short", "roll back release of release-6.4.0", "The audit trail is whole.", "Judged fixed"),
        ("What was seen", "alert_1", "fragment_1; fragment_2", "36 of 40 records", "crash"),
        ("Causes, with what speaks for and against", "hypothesis_1", "it began 40 minutes before", "deploy"),
        ("Documents", "rollback-release", "governs the action"),
        ("Confidence and thresholds", "Confidence 0.900, threshold 0.600", "40 complaints, 5 were asked for"),
        ("Versions", story.proposal.playbook_version, story.proposal.policy_version, "kernel-1", "taxonomy t1"),
        ("Policy checks", "Nothing refused it", "2 approvals, by release_manager", "the decision is the same", "has rollback yes"),
        ("Who decided", "ada approve", "bo approve"),
        ("What was done", "receipt_key_", "desk", "done"),
        ("Did it help", "fixed", "Messages to customers: none"),
        ("Records of the audit trail", "action finished", "kept"),
    ):
        for words in said:
            assert words in section(page, title), words


def test_a_refused_attempt_is_told_with_its_reason(world: SignedWorld) -> None:
    (proposal_id,) = world.propose()
    with pytest.raises(DecisionRefused):
        world.say(proposal_id, "cy")
    page = decision_page(told(world, proposal_id))
    assert "cy did not count: approve approver lacks role" in section(page, "Who decided")
    assert "Nothing was sent." in section(page, "What was done")
    assert "nothing to measure" in section(decision_page(replace(told(world, proposal_id), effects=())), "Did it help")


@pytest.mark.parametrize("verdict", ReplayVerdict)
def test_every_outcome_of_a_replay_has_its_sentence(story: DecisionStory, verdict: ReplayVerdict) -> None:
    page = decision_page(replace(story, replay=Replay("p", verdict, ("the policy says 2",), ("policy 1234",))))
    assert REPLAYS[verdict] in section(page, "Policy checks")
    assert "Differs: the policy says 2." in section(page, "Policy checks")
    assert "Lacks: policy 1234." in section(page, "Policy checks")


def test_a_decision_of_which_little_is_left_still_has_every_section(story: DecisionStory) -> None:
    bare = replace(
        story, proposal=replace(story.proposal, evidence={}), told=None, lines=(), approvals=(), actions=(), effects=(), classified=(),
        messages={},
    )  # fmt: skip
    page = decision_page(bare)
    assert tuple(one.title for one in page.sections) == SECTIONS
    assert "was erased" in section(page, "In short")
    assert "No cause was ranked." in section(page, SECTIONS[2])
    assert "Refusals are not recorded." in section(page, "Policy checks")


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
ANY_JSON = st.recursive(LEAVES, lambda part: st.lists(part, max_size=2), max_leaves=4)
PARTS = ("alert", "cohort", "hypotheses", "documents", "reading", "policy_facts", "refusals", "person_because", "certified_count")


@pytest.fixture(scope="module")
def one_story(tmp_path_factory: pytest.TempPathFactory) -> DecisionStory:
    world = SignedWorld(tmp_path_factory.mktemp("told") / "home")
    return told(world, world.decided())


@given(evidence=st.dictionaries(st.sampled_from(PARTS), ANY_JSON | st.dictionaries(st.text(max_size=3), ANY_JSON)))
def test_evidence_that_somebody_altered_is_shown_without_failing(one_story: DecisionStory, evidence: dict[str, Any]) -> None:
    page = decision_page(replace(one_story, told={"evidence": evidence}))
    assert "<!doctype html>" in as_html(page, {})


def hostile(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: hostile(part) for name, part in value.items()}
    if isinstance(value, list):
        return [hostile(part) for part in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) else value


def test_hostile_words_stay_words_and_nothing_is_loaded(world: SignedWorld) -> None:
    (proposal_id,) = world.propose()
    decide(proposal_id, ApprovalVerdict.APPROVE, "ada", world.people, world.state, world.clock, why=HOSTILE)
    plain = told(world, proposal_id)
    evil = replace(plain, told={"evidence": hostile(dict(plain.evidence))}, proposal=replace(plain.proposal, action_target=HOSTILE))
    html = as_html(decision_page(evil), {})
    tags = Tags(html).tags
    text = {"p", "h1", "h2", "table", "tr", "th", "td"}
    assert {tag for tag, _ in tags} <= {"html", "head", "meta", "title", "style", "body", "main", *text}
    assert not any(name in ("src", "href", "onerror", "style") for _, attributes in tags for name in attributes)
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert "@media print" in html


def test_a_page_shows_no_key(world: SignedWorld, story: DecisionStory) -> None:
    secret = world.key.file.read_text().splitlines()[1]
    html = as_html(decision_page(story), {})
    assert secret not in html
    assert not re.search(r"(?i)bearer\s|private key", html)
