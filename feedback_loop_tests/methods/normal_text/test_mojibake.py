"""Mojibake: what is read as it was meant, and what looks like it and stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.alignment import rewrite
from feedback_loop.methods.normal_text.mojibake import may_hold_mojibake, repaired

_LEFT_OUT = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_SENTENCE = (
    "für Größe naïve ça déjà señor coração Zażółć gęślą ığdır říše “quoted” don’t 5€ русский в ελληνικά שלום العربية 中文字 가나다 😀 👍🏽"
)
_WORDS = st.sampled_from(_SENTENCE.split())


def _misread(text: str, encoding: str = "cp1252") -> str:
    """UTF-8 read in another encoding, bytes that it leaves out kept as controls."""
    return "".join(_LEFT_OUT.get(byte) or bytes([byte]).decode(encoding) for byte in text.encode("utf-8"))


def _read(text: str) -> str:
    while (following := rewrite(text, repaired(text)).text) != text:
        text = following
    return text


@pytest.mark.parametrize(
    ("spoilt", "meant"),
    [
        ("donâ€™t", "don’t"),
        ("donâ\x80\x99t", "don’t"),
        ("FÃ¼r", "Für"),
        ("Ã©", "é"),
        ("voilÃ\xa0 le cafÃ©", "voilà le café"),
        ("voilÃ  le", "voilà  le"),
        ("bÄ™dÄ… Å›wiat", "będą świat"),
        ("aÅŸkÄ±, ülke", "aşkı, ülke"),
        ("Ã¢â‚¬â„¢ and ÃƒÂ©", "’ and é"),
        ("â€œgoodâ€ sheâ€\ufffd", "“good” she”"),
        ("Â£5 and 20Â°C", "£5 and 20°C"),
        ("ðŸ˜€ ï¸\x8f", "😀 \ufe0f"),
        ("Ð’ Ñ‡ÐµÐ¼ Ð´ÐµÐ»Ð¾", "В чем дело"),
        ("РџСЂРёРІРµС‚, РґР°", "Привет, да"),
        ("donвЂ™t", "don’t"),
        ("don‚Äôt caf√© √† la", "don’t café à la"),
        ("donΓÇÖt caf├⌐", "don’t café"),
        ("donÔÇÖt", "don’t"),
        ("fĂĽr", "für"),
        ("ğŸ˜€", "😀"),
        ("s\x92engager \x85 3 \x80", "s’engager … 3 €"),
        ("É\x85 \x93café\x94", "É… “café”"),
    ],
)
def test_text_is_read_as_it_was_meant(spoilt: str, meant: str) -> None:
    assert may_hold_mojibake(spoilt)
    assert _read(spoilt) == meant


@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "DÉSOLÉ… OÙ… CAFÉ» CAFÉ’S",
        "“LE CAFÉ’” et “le café’”",
        "NÃO, AMANHÃ… IRMû",
        "Úžasné, «blíž“ až…",
        "5×² 3×£5",
        "витамин «С» и «Р»",
        "СЄРІЙ РІК, СЈАЈ, ЗАРЈА",
        "Ăştia nu",
        "┌┤├│└ √2 ≈ 1.4",
        "Nestlé® café™ até°",
        "mamá»… o que é…”",
        "Å… Ä… ÅØ",
        "Ελλάδα «Γ»",
        "mùa hè à…",
    ],
)
def test_text_that_means_what_it_says_stays(text: str) -> None:
    assert _read(text) == text


@given(st.lists(_WORDS, max_size=6).map(" ".join), st.integers(1, 3), st.sampled_from(["cp1252", "latin-1"]))
def test_words_misread_once_or_more_are_read_again(text: str, times: int, encoding: str) -> None:
    spoilt = text
    for _ in range(times):
        spoilt = _misread(spoilt, encoding)
    assert _read(spoilt) == text


@given(st.text(st.sampled_from("aZ é É…’”Ã©Â°â€™РСЂЎ√├Γ\x80\x92\x9d\xa0"), max_size=24))
def test_what_is_replaced_is_within_the_text_and_ends_after_some_rounds(text: str) -> None:
    read = _read(text)
    assert len(read) <= len(text)
    assert not list(repaired(read))


@pytest.mark.parametrize("run", ["√©", "ë‘“", "Ã–", "Ñƒ", "Рі"])
@pytest.mark.parametrize("shape", ["{}{}", "{1}{0}", "{} {}"])
def test_run_beside_a_number_reads_the_same_once_the_number_is_masked(run: str, shape: str) -> None:
    number, masked = _read(shape.format("4930123456", run)), _read(shape.format("[PHONE]", run))
    assert number.replace("4930123456", "[PHONE]") == masked


@given(st.text("ab .", max_size=8), st.text("ab .", max_size=8))
def test_run_reads_the_same_whatever_stands_further_away(before: str, after: str) -> None:
    assert _read(f"{before} FÃ¼r donâ€™t {after}") == f"{before} Für don’t {after}"
