"""Languages: real sentences are recognised, short texts are left undetermined."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.methods.language import MIN_CONFIDENCE, MIN_CONFIDENCE_SHORT, SHORT_LETTERS, Guess, determined, guess_languages

SENTENCES = Path(__file__).parents[3] / "shared" / "data" / "languages"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The application crashes whenever I try to pay", "en"),
        ("Seit dem letzten Update stürzt die Anwendung ständig ab", "de"),
        ("L'application plante dès que je veux payer", "fr"),
        ("La aplicación se cierra cuando quiero pagar", "es"),
        ("支付失败了三次，钱没有退回来。", "zh"),
        ("बहुत ही बेकार ऐप है, पैसा वापस नहीं मिला", "hi"),
        ("アプリがすぐに落ちてしまいます", "ja"),
        ("THE APPLICATION DOES NOT OPEN ANY MORE", "en"),
    ],
)
def test_sentence_gets_its_language_with_confidence(text: str, language: str) -> None:
    (guess,) = guess_languages([text])
    assert guess is not None
    assert (guess.language, determined(guess)) == (language, language)
    assert 0.0 < guess.confidence <= 1.0


@pytest.mark.parametrize("text", ["", "👍👍", "123 456", "[EMAIL] [PHONE]", "!!!"])
def test_text_without_a_letter_gets_no_guess(text: str) -> None:
    assert guess_languages([text]) == [None]
    assert determined(None) is None


@pytest.mark.parametrize("text", ["ok", "good", "Nice app"])
def test_text_of_a_word_or_two_is_guessed_but_not_determined(text: str) -> None:
    (guess,) = guess_languages([text])
    assert guess is not None
    assert determined(guess) is None


def test_short_texts_need_more_confidence_than_long_ones() -> None:
    between = (MIN_CONFIDENCE + MIN_CONFIDENCE_SHORT) / 2
    assert determined(Guess("en", between, SHORT_LETTERS)) == "en"
    assert determined(Guess("en", between, SHORT_LETTERS - 1)) is None
    assert determined(Guess("en", MIN_CONFIDENCE_SHORT, 1)) == "en"
    assert determined(Guess("en", MIN_CONFIDENCE - 0.01, 500)) is None


def test_guess_depends_neither_on_the_other_texts_nor_on_placeholders_and_emoji() -> None:
    alone = guess_languages(["Mein Konto wurde gesperrt und niemand hilft"])[0]
    assert guess_languages(["ok", "Mein Konto wurde gesperrt und niemand hilft", "ok"])[1] == alone
    dressed = guess_languages(["Mein Konto wurde gesperrt und niemand hilft 😡 [EMAIL] 123"])[0]
    assert dressed is not None
    assert alone is not None
    assert dressed.language == alone.language


def test_public_sentences_are_recognised_in_all_languages() -> None:
    if not SENTENCES.exists():
        pytest.skip("the sentences of the shared data are absent")
    right = stored = stored_right = total = 0
    for file in sorted(SENTENCES.glob("*.txt")):
        for guess in guess_languages(file.read_text(encoding="utf-8").splitlines()[:60]):
            if guess is not None:
                total += 1
                right += guess.language == file.stem
                stored += determined(guess) is not None
                stored_right += determined(guess) == file.stem
    assert total > 0
    assert right / total >= 0.97
    assert stored / total >= 0.94
    assert stored_right / stored >= 0.985
