"""Without a language model documents speak for themselves: a sentence of each, with its document."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.knowledge import FoundPassage
from feedback_loop.contracts.loop_vocab import DocumentKind
from feedback_loop.workflows.knowledge_summary import extracted_summary
from feedback_loop_tests.methods.retrieval.made_up_documents import days, passage


def found(document_id: str, text: str, number: int = 0, nearness: float = 0.5) -> FoundPassage:
    return FoundPassage(passage(document_id, text, number), DocumentKind.RUNBOOK, "ops", days(1), 0.03, 1, 1, (), nearness)


def test_each_document_says_the_sentence_that_answers_best_and_is_cited() -> None:
    read = [found("pay", "Baskets are kept. The payment page may stay blank. Ask us."), found("code", "Wait for the code.")]
    said = extracted_summary("Why does my payment page stay blank?", read)
    assert said.text == "The payment page may stay blank [pay]. Wait for the code [code]."
    assert said.cited_ids == ("pay", "code")


def test_a_document_is_cited_once_and_three_are_enough() -> None:
    read = [found("a", "One."), found("a", "Two.", 1), found("b", "Three."), found("c", "Four."), found("d", "Five.")]
    assert extracted_summary("?", read).cited_ids == ("a", "b", "c")


@pytest.mark.parametrize("text", ["1. **Wait** `two` minutes.", "# Wait two minutes.", "- Wait two minutes."])
def test_markup_is_left_out(text: str) -> None:
    assert extracted_summary("wait", [found("pay", text)]).text == "Wait two minutes [pay]."


@pytest.mark.parametrize(
    "text", ["Roll back to 7.2.0 at once.", "Set retry_limit to 3 in payments.yaml.", "Wait 2.5 minutes.", "Rate 4*5 * 2 is off."]
)
def test_numbers_and_names_of_a_document_are_said_as_they_stand(text: str) -> None:
    assert extracted_summary(text, [found("pay", f"Before all. {text} After all.")]).text == f"{text[:-1]} [pay]."


def test_what_a_document_has_in_square_brackets_cites_nothing() -> None:
    said = extracted_summary("wait", [found("pay", "Wait two minutes [d2]. [secret] Go on."), found("code", "[d1]")])
    assert said.text == "Wait two minutes [pay]."


def test_a_long_sentence_is_cut_at_a_word() -> None:
    said = extracted_summary("word", [found("pay", "word " * 200)])
    assert len(said.text) < 320
    assert "word … [pay]" in said.text or "word [pay]" in said.text


def test_a_document_that_only_stands_among_the_results_is_not_quoted() -> None:
    assert extracted_summary("wait", [found("pay", "Wait.", nearness=0.2), found("code", "Hold on.")]).cited_ids == ("code",)


def test_nothing_is_said_where_nothing_was_found() -> None:
    assert extracted_summary("wait", []).text == ""
