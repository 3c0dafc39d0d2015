"""The shapes in which Jira is told of an action, and that nothing but ids, figures and labels finds its way into them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.jira.work_item import bears, comment_label, comment_of, existing_issue, issue_label, issue_of, label_edit
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop_tests.adapters.jira.jira_desk import is_document, texts_of

PLAIN = st.text(st.characters(blacklist_categories=["C", "Zl", "Zp"]), min_size=1, max_size=200).filter(str.isprintable)
VALUES = st.one_of(PLAIN, st.integers(), st.floats(allow_nan=False), st.none(), st.booleans(), st.lists(PLAIN, max_size=5))
ARGUMENTS = st.dictionaries(PLAIN, st.one_of(VALUES, st.dictionaries(PLAIN, VALUES, max_size=3)), max_size=8)


def asked(target: str = "sync", key: str = "key_1", **arguments: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.RETRY_JOB, target, arguments)


@given(ARGUMENTS)
def test_whatever_is_short_and_printable_makes_a_document_that_jira_takes(arguments: dict[str, object]) -> None:
    body = issue_of(ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", arguments), "OPS", "Task")
    assert is_document(body["fields"]["description"])
    assert json.loads(json.dumps(body)) == body
    assert bears(body["fields"]["description"], "key_1")
    assert not bears(body["fields"]["description"], "key_11")


def test_values_stand_by_their_dotted_names() -> None:
    body = comment_of(asked(job_id="sync-7", scope={"region": ["eu", "us"], "browser": []}, started_at=None, is_late=True))
    assert texts_of(body["body"])[1:-1] == [
        "job_id: sync-7", "scope.region: eu, us", "scope.browser: none", "started_at: none", "is_late: True",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "a\nb", "x" * 201, "a\u2028b", "\x1b[31m"])
@pytest.mark.parametrize("place", ["target", "value", "list", "name"])
def test_a_text_that_may_be_a_sentence_of_somebody_is_refused_by_its_place(text: str, place: str) -> None:
    request = {
        "target": asked(target=text), "value": asked(said=text), "list": asked(said=[text]), "name": asked(said={text: "x"}),
    }[place]  # fmt: skip
    with pytest.raises(Unfit) as caught:
        issue_of(request, "OPS", "Task")
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("key", ["", "a b", 'a"b', "a\n", "x" * 201])
def test_a_key_that_is_no_label_is_refused(key: str) -> None:
    for make in (lambda: issue_label(key), lambda: comment_label(key), lambda: label_edit(key), lambda: comment_of(asked(key=key))):
        with pytest.raises(Unfit):
            make()


def test_labels_of_issues_and_of_commented_issues_differ_for_all_keys() -> None:
    assert (issue_label("key_1"), comment_label("key_1")) == ("feedback-loop-key_1", "feedback-loop-note-key_1")
    assert label_edit("key_1") == {"update": {"labels": [{"add": "feedback-loop-note-key_1"}]}}


@pytest.mark.parametrize(
    ("target", "issue"), [("OPS-7", "OPS-7"), ("OPS-07", None), ("REL-7", None), ("ops-7", None), ("OPS-7/../1", None)]
)
def test_only_an_issue_of_the_own_project_is_commented_on(target: str, issue: str | None) -> None:
    assert existing_issue(asked(target=target), "OPS") == issue


def test_what_is_to_be_taken_back_is_said_on_the_issue_that_asked_for_it_whichever_project_it_is_in() -> None:
    reversal = replace(asked(target="REL-7"), action_kind=ActionKind.REVERSE_ACTION)
    assert existing_issue(reversal, "OPS") == "REL-7"


@pytest.mark.parametrize(
    "body", [None, "text", {}, {"content": []}, {"content": ["x"]}, {"content": [{"content": [{"text": 3}]}]}, {"content": 3}]
)
def test_a_comment_of_any_other_form_is_not_ours(body: object) -> None:
    assert not bears(body, "key_1")
