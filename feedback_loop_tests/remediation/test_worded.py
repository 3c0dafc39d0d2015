"""A model's wording: every fact verbatim, and nothing beside the message, whatever the model was made to say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import MessageKind
from feedback_loop.remediation.messages import IssueFacts
from feedback_loop.remediation.worded import lines_to_word, worded_text
from feedback_loop_tests.remediation.test_messages import FULL

OURS = lines_to_word(MessageKind.FIXED, FULL)
DUTCH = [
    "Hallo,",
    "het probleem in [product] dat op [began_on] begon, is op [fixed_on] verholpen.",
    "Het ging om de website, versie [version].",
    "Het spijt ons dat u er last van had.",
    "U hoeft niets te doen. Als u het toch nog ziet, beantwoord dan dit bericht en iemand kijkt ernaar.",
]


def test_a_model_is_shown_names_and_no_fact() -> None:
    shown = "\n".join(OURS)
    assert "[product] that began on [began_on] was put right on [fixed_on]" in shown
    assert not any(fact in shown for fact in ("Printwren", "7.2.0", "2026", "17"))


def test_a_faithful_wording_has_every_fact_verbatim() -> None:
    text = worded_text(DUTCH, OURS, FULL, ["Lumen"])
    assert text is not None
    assert "probleem in Printwren dat op 2026-03-17 begon, is op 2026-03-18 verholpen" in text
    assert "versie 7.2.0" in text


@pytest.mark.parametrize(
    "said",
    [
        "Zie https://evil.example/pay.", "Ga naar www.evil.example.", "Ga naar evil.example.", "Mail hulp@evil.example.",
        "Bel ons onder 020 555.", "Bel ٠٢٠.", "U krijgt € terug.", "U krijgt een refund.", "Wij geven garantie.", "Lumen helpt u.",
        "Klik <b>hier</b>.", "Versie [version].", "[voucher]", "[product](x)", "U\u200bhoeft", "x" * 400, "{product}", "Start*nu*", "",
    ],
)  # fmt: skip
def test_what_is_added_to_a_line_is_refused(said: str) -> None:
    assert worded_text([*DUTCH[:3], f"{DUTCH[3]} {said}" if said else "[began_on]", DUTCH[4]], OURS, FULL, ["Lumen"]) is None


@pytest.mark.parametrize(
    "lines", [DUTCH[:4], [*DUTCH, "Tot ziens."], [], [DUTCH[0], "het probleem is op [fixed_on] verholpen.", *DUTCH[2:]]]
)
def test_a_line_too_few_or_too_many_or_a_fact_left_out_is_refused(lines: list[str]) -> None:
    assert worded_text(lines, OURS, FULL) is None


@given(st.lists(st.text(st.sampled_from("abz .[]€1@/:productversion\u200b"), max_size=60), min_size=len(OURS), max_size=len(OURS)))
def test_no_wording_that_passes_changes_a_fact(lines: list[str]) -> None:
    text = worded_text(lines, OURS, FULL)
    assert text is None or all(fact in text for fact in ("Printwren", "7.2.0", "2026-03-17", "2026-03-18"))


@given(st.sampled_from(MessageKind), st.text(max_size=60), st.integers(0, 4))
def test_whatever_a_model_adds_no_figure_and_no_address_gets_in(kind: MessageKind, added: str, place: int) -> None:
    bare = replace(FULL, began_at=None, fixed_at=None, product_version=None, browser=None)
    ours = lines_to_word(kind, bare)
    lines = [line + (added if number == place else "") for number, line in enumerate(ours)]
    text = worded_text(lines, ours, bare)
    assert text is None or not any(sign.isdigit() or sign in "@/<>[]{}€$%+" for sign in text)


def test_without_facts_there_are_no_names_to_fill_in() -> None:
    bare = IssueFacts("p", "Printwren")
    ours = lines_to_word(MessageKind.EXPLANATION, bare)
    assert worded_text(ours, ours, bare) is not None
