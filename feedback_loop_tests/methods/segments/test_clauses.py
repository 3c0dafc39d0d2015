"""Clauses: a sentence is cut where both sides complain of different things and can stand by themselves."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from feedback_loop.methods.segments.clauses import clause_cuts
from feedback_loop.methods.segments.word_kinds import Words
from feedback_loop_tests.methods.texts import messages


def _cut(text: str) -> list[str]:
    edges = [0, *clause_cuts(text, (0, len(text)), Words(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(edges)]


@given(messages)
def test_cuts_ascend_within_the_sentence_and_never_touch_its_edges(text: str) -> None:
    cuts = [*clause_cuts(text, (0, len(text)), Words(text))]
    assert cuts == sorted(set(cuts))
    assert all(0 < cut < len(text) for cut in cuts)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("app crashes on login", "and I was charged twice"),
        ("The delivery was late", "and the driver was rude"),
        ("Not able to open account", "and the support team is clueless"),
        ("My card was declined", "and why is my transfer pending?"),
        ("The price went up,", "the quality went down"),
        ("Great food", "but slow service"),
        ("Although the design is nice,", "the checkout fails with an error"),
        ("Everything works fine since the move,", "also the invoice shows a wrong name"),
        ("The parcel never reached my house", "Also the invoice shows a wrong name"),
        ("Die App stürzt beim Start ab", "und meine Rechnung ist falsch"),
        ("L'application plante au démarrage", "et le remboursement n'est jamais arrivé"),
        ("La aplicación se cierra sola", "y me cobraron dos veces"),
        ("O aplicativo trava na tela inicial", "e fui cobrado duas vezes"),
        ("L'app si blocca all'avvio", "e mi hanno addebitato due volte il costo"),
        ("De app crasht steeds", "en ik heb twee keer betaald"),
        ("两次扣款了，", "而且登录一直失败"),
    ],
)
def test_two_complaints_of_one_sentence_part(left: str, right: str) -> None:
    assert _cut(f"{left} {right}" if right.isascii() or left[-1] != "，" else left + right) == [left, right]


@pytest.mark.parametrize(
    "text",
    [
        "The app crashes when I open it and I lose my work",
        "I ordered the card but it never arrived",
        "I paid for the ticket but the order has never arrived",
        "I love this app but it crashes all the time",
        "Nice design, but slow",
        "app is slow and buggy",
        "When I open the app, the screen stays white for a minute",
        "I like the way it looks and how it works",
        "My kids have all but given up on the search of stations",
        "It asks for my user name and password and never lets me in",
        "J'ai perdu ma carte bancaire hier et je ne peux plus payer",
        "No puedo pagar en las tiendas con la tarjeta",
        "no refund, no reply, no respect",
    ],
)
def test_one_complaint_stays_whole(text: str) -> None:
    assert _cut(text) == [text]


def test_connective_within_the_sentence_given_is_the_only_one_looked_at() -> None:
    text = "The delivery was late and the driver was rude."
    assert [*clause_cuts(text, (0, 21), Words(text))] == []
    assert [*clause_cuts(text, (0, len(text)), Words(text))] == [22]
