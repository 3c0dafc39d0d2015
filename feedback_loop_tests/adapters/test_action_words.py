"""What is said of an action to people elsewhere: every argument, signed with its key, and never a sentence of somebody."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.action_words import Unfit, fit_key, lines_of, opening_of, signed, subject_of, text_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind


def asked(target: str = "sync", key: str = "key_1", **arguments: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.RETRY_JOB, target, arguments)


def test_an_action_is_told_with_its_arguments_and_signed() -> None:
    request = asked(job_id="sync-7", scope={"region": ["eu", "us"], "browser": []}, started_at=None)
    assert subject_of(request) == "Retry job: sync"
    assert opening_of(request) == "The feedback loop asks to retry job: sync"
    assert lines_of(request) == ["job_id: sync-7", "scope.region: eu, us", "scope.browser: none", "started_at: none"]
    assert text_of(request).splitlines()[-1] == signed("key_1") == "Sent once under the key key_1"


@pytest.mark.parametrize("text", ["", "a\nb", "x" * 201, "a\u2028b", "\x1b[31m"])
def test_what_may_be_somebodys_sentence_is_refused_and_not_repeated(text: str) -> None:
    for told in (asked(target=text), asked(said=text), asked(said=[text]), asked(said={text: 1})):
        with pytest.raises(Unfit) as caught:
            text_of(told)
        assert not text or text not in str(caught.value)


@pytest.mark.parametrize("arguments", [{"a": {"b": {"c": {"d": {"e": 1}}}}}, {f"n{i}": i for i in range(201)}, {"x": object()}])
def test_what_is_too_much_or_no_value_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(Unfit):
        lines_of(ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", arguments))


@pytest.mark.parametrize("key", ["", "a b", 'a"b', "a\n", "x" * 201])
def test_a_key_that_is_no_word_is_refused(key: str) -> None:
    with pytest.raises(Unfit):
        fit_key(key)
