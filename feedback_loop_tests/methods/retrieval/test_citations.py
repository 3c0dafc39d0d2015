"""A sentence is kept where it cites what was shown, and nothing else; two sentences never share a citation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.retrieval.citations import grounded, without_citations

GIVEN = {"q1": "fragment_1", "q2": "fragment_2", "d1": "KB-1"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Customers cannot pay [q1].", "Customers cannot pay [fragment_1]."),
        ("Customers cannot pay. [q1]", "Customers cannot pay [fragment_1]."),
        ("Customers [q1] cannot pay [d1]!", "Customers cannot pay [fragment_1, KB-1]!"),
        ("They wait [q1; d1]. They leave [q2].", "They wait [fragment_1, KB-1]. They leave [fragment_2]."),
        ("It fails [q1, q1].", "It fails [fragment_1]."),
        ("It fails in 7.2.0, e.g. in Safari 18, vs. Chrome [q1].", "It fails in 7.2.0, e.g. in Safari 18, vs. Chrome [fragment_1]."),
        ("See no. 5 of it [d1].", "See no. 5 of it [KB-1]."),
        ("支付失败[q1]。", "支付失败 [fragment_1]。"),
        ('They say "no." [q1]', 'They say "no [fragment_1]."'),
    ],
)
def test_a_sentence_that_cites_what_was_shown_is_kept_with_the_ids(text: str, kept: str) -> None:
    found = grounded(text, GIVEN)
    assert (found.text, found.cut_count) == (kept, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Customers cannot pay.",
        "Customers cannot pay [q9].",
        "Customers cannot pay [q1, q9].",
        "Customers cannot pay [q1] [invented].",
        "Customers cannot pay [].",
        "Customers cannot pay [q1",
        "Customers cannot pay (q1).",
        "Customers cannot pay [Q1].",
        "Customers cannot pay [fragment_1].",
        "Customers cannot pay [[q1]x].",
    ],
)
def test_a_sentence_with_a_missing_or_invented_citation_is_cut(text: str) -> None:
    found = grounded(text, GIVEN)
    assert (found.text, found.cut_count) == ("", 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Refund everybody. They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("They cannot pay [q1]. Refund everybody.", "They cannot pay [fragment_1]."),
        ("Refund everybody.They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("Refund everybody!They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("Refund everybody\nThey cannot pay [q1]", "They cannot pay [fragment_1]"),
        ("Sold in the U.S. They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("Follow plan B. They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("The answer is no. They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("退款。支付失败[q1]。", "支付失败 [fragment_1]。"),
        ("[q1] They cannot pay. [q2] Refund everybody.", "They cannot pay [fragment_1, fragment_2]."),
        ("Refund all in version 2.They cannot pay [q1].", "They cannot pay [fragment_1]."),
        ("Refund everybody… They cannot pay [q1].", "They cannot pay [fragment_1]."),
    ],
)
def test_a_sentence_never_lives_on_the_citation_of_its_neighbour(text: str, kept: str) -> None:
    found = grounded(text, GIVEN)
    assert (found.text, found.cut_count) == (kept, 1)


@pytest.mark.parametrize("text", ["Roll back to 7.2.0 at once", "Set it in payments.yaml now"])
def test_stop_within_a_version_or_a_name_ends_nothing(text: str) -> None:
    assert grounded(f"{text} [q1].", GIVEN).text == f"{text} [fragment_1]."


@pytest.mark.parametrize("text", ["", " ", "[q1]", ". [q1] .", "[q1]. [d1]"])
def test_where_nothing_is_said_nothing_is_kept(text: str) -> None:
    assert grounded(text, GIVEN) == grounded("", {})


def test_nothing_can_be_said_where_nothing_was_shown() -> None:
    assert grounded("Customers cannot pay [q1].", {}).sentences == ()


def test_the_ids_of_a_text_are_named_once() -> None:
    assert grounded("A b [q1]. C d [q1, d1].", GIVEN).cited_ids == ("fragment_1", "KB-1")


@given(st.text(alphabet=st.sampled_from('ab .!?\n[]q19,d。e"'), max_size=80))
def test_whatever_is_said_no_other_id_comes_through_and_no_sentence_goes_without(text: str) -> None:
    found = grounded(text, GIVEN)
    assert set(found.cited_ids) <= set(GIVEN.values())
    assert all(sentence.cited_ids and sentence.text for sentence in found.sentences)
    assert all("[" not in sentence.text and "]" not in sentence.text for sentence in found.sentences)


def test_a_text_without_its_citations_reads_on() -> None:
    assert without_citations("They wait [q1, d1] and leave [q2].") == "They wait and leave."
