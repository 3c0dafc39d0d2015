"""Languages: real sentences are recognised, short texts are left undetermined."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.languages.guessing import (
    LANGUAGES,
    MAXIMUM_CHARS,
    MIN_CONFIDENCE,
    MIN_CONFIDENCE_SHORT,
    SHORT_LETTERS,
    WRITTEN_IN,
    Guess,
    determined,
    guess_languages,
)
from feedback_loop.methods.languages.scripts import SCRIPTS

SENTENCES = Path(__file__).parents[4] / "shared" / "data" / "languages"


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
        ("Приложение вылетает при оплате картой", "ru"),
        ("Застосунок закривається, коли я хочу заплатити", "uk"),
        ("التطبيق لا يعمل بعد التحديث الأخير", "ar"),
        ("Aplikasi ini tidak bisa dibuka sejak kemarin", "id"),
        ("ئەپەکە کار ناکات دوای نوێکردنەوە", "ku"),
        ("PhonePe app में login नहीं हो रहा है", "hi"),
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


@pytest.mark.parametrize(
    ("text", "language"), [("ดี", "th"), ("환불", "ko"), ("κακό", "el"), ("アプリ", "ja"), ("நல்ல", "ta"), ("ცუდი", "ka")]
)
def test_a_script_of_one_language_decides_even_a_word(text: str, language: str) -> None:
    assert [determined(guess) for guess in guess_languages([text])] == [language]


def test_kana_make_japanese_of_han_signs_and_a_stray_one_does_not() -> None:
    japanese, chinese = guess_languages(["返金希望。支払いが二回", "优の良品的支付功能失败了三次，钱没有退回来"])
    assert japanese is not None
    assert chinese is not None
    assert (japanese.language, chinese.language) == ("ja", "zh")


def test_a_language_is_only_guessed_for_a_script_that_it_is_written_in() -> None:
    texts = ["тест тест", "ünîcödé wörds", "می خواهم", "支付失败"]
    scripts = ["cyrillic", "latin", "arabic", "han"]
    for guess, script in zip(guess_languages(texts), scripts, strict=True):
        assert guess is not None
        assert guess.language in WRITTEN_IN[script].split()


def test_every_script_has_a_language_and_every_language_a_code_that_is_stored() -> None:
    assert set(WRITTEN_IN) == set(SCRIPTS)
    assert {"en", "zh", "ku", "sr"} <= set(LANGUAGES)
    assert not {"pcm", "yue", "arz", "sdh"} & set(LANGUAGES)


def test_a_text_is_judged_by_its_beginning() -> None:
    start = ("Mein Konto wurde gesperrt. " * 100)[:MAXIMUM_CHARS]
    assert guess_languages([start + "the rest is English " * 5_000]) == guess_languages([start])


def test_guess_depends_neither_on_the_other_texts_nor_on_placeholders_and_emoji() -> None:
    alone = guess_languages(["Mein Konto wurde gesperrt und niemand hilft"])[0]
    assert guess_languages(["ok", "Mein Konto wurde gesperrt und niemand hilft", "ok"])[1] == alone
    dressed = "😡 Mein Konto [EMAIL_bcdfghjk] wurde gesperrt https://example.com/en/help und niemand hilft 😡 [PHONE] 123"
    assert guess_languages([dressed]) == [alone]


PARTS = [
    "the app ",
    "zahlt nicht ",
    "मेरा पैसा ",
    "支付失败",
    "نہیں ",
    "ok ",
    "não consigo ",
    "тест ",
    "\ud800",
    "👍",
    "[EMAIL]",
    "\n",
    "x" * 500,
]


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(PARTS), max_size=6).map("".join) | st.text(max_size=30), max_size=8))
def test_guess_is_the_same_alone_and_in_any_batch(texts: list[str]) -> None:
    together = guess_languages(texts)
    assert together == [guess_languages([text])[0] for text in texts]
    assert guess_languages(texts[::-1]) == together[::-1]
    assert all(guess is None or (guess.language in LANGUAGES and 0 < guess.confidence <= 1) for guess in together)


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
    assert right / total >= 0.985
    assert stored / total >= 0.94
    assert stored_right / stored >= 0.995
