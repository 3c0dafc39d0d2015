"""Severity words are whole words of a fixed list, in the text's language, and none that the text denies."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.severity_words import SeverityWords, phrase_pattern
from feedback_loop.analysis.triage import seed_urgency
from feedback_loop.errors import BadInput

SEED = seed_urgency().words
SMALL = SeverityWords(
    {"loss": {"en": ["data loss", "lost ... (data|all files)"], "pt": ["legal"]}}, {"en": ["no", "n't"], "pt": ["sem"]}, ["any", "real"]
)


def said(text: str, language: str | None = "en") -> set[str]:
    return set(SMALL.said_in(text, language))


@pytest.mark.parametrize("text", ["Data loss again!", "DATA  LOSS", "lost data", "I lost almost all my data", "we lost all files"])
def test_a_phrase_is_found_in_any_case_and_over_a_gap(text: str) -> None:
    assert said(text) == {"loss"}


@pytest.mark.parametrize("text", ["metadata loss", "data losses", "data. Loss of time", "lost one two three four data", ""])
def test_parts_of_words_other_sentences_and_wide_gaps_are_no_phrase(text: str) -> None:
    assert said(text) == set()


@pytest.mark.parametrize("text", ["no data loss", "There was no real data loss", "there isn't any data loss", "wasn’t real data loss"])
def test_a_denied_phrase_was_not_said(text: str) -> None:
    assert said(text) == set()


def test_a_phrase_that_is_denied_once_and_said_once_was_said() -> None:
    assert said("No data loss yesterday. Today there is data loss") == {"loss"}


def test_a_negation_of_another_thing_denies_nothing() -> None:
    assert said("no help, data loss") == {"loss"}
    assert said("It doesn't work and there is data loss") == {"loss"}


def test_only_the_texts_own_language_and_english_are_searched() -> None:
    assert said("app legal", "en") == set()
    assert said("app legal", "pt") == {"loss"}
    assert said("data loss", "pt") == {"loss"}


@pytest.mark.parametrize("language", [None, "xx"])
def test_a_text_of_unknown_or_unlisted_language_is_searched_by_all(language: str | None) -> None:
    assert said("app legal", language) == {"loss"}


def test_an_apostrophe_may_be_curly_or_left_out() -> None:
    pattern = re.compile(phrase_pattern("can't log in"))
    assert all(pattern.search(text) for text in ("can't log in", "can’t log in", "cant log in"))


@pytest.mark.parametrize("phrase", ["", "... data", "data ...", "(lost data", "lost) data"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        phrase_pattern(phrase)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("The whole company cannot work", "en", "outage"),
        ("it is down for everyone", "en", "outage"),
        ("the charger caught fire", "en", "safety"),
        ("my account was hacked", "en", "privacy"),
        ("all of my photos are gone", "en", "data_loss"),
        ("an unauthorised payment", "en", "fraud"),
        ("my lawyer will write to you", "en", "legal"),
        ("I am locked out", "en", "locked_out"),
        ("you charged my card twice", "en", "charged_twice"),
        ("the deadline is near", "en", "deadline"),
        ("Mir wurde der Betrag zweimal abgebucht", "de", "charged_twice"),
        ("Ich schalte meinen Anwalt ein", "de", "legal"),
        ("me han cobrado dos veces", "es", "charged_twice"),
        ("mi cuenta está bloqueada", "es", "locked_out"),
        ("j'ai été débité deux fois", "fr", "charged_twice"),
        ("perdita di dati", "it", "data_loss"),
        ("o site está fora do ar", "pt", "unavailable"),
        ("mijn account is geblokkeerd", "nl", "locked_out"),
    ],
)
def test_the_lexicon_of_the_package_knows(text: str, language: str, kind: str) -> None:
    assert kind in SEED.said_in(text, language)
    assert kind in SEED.said_in(text.upper(), None)


@pytest.mark.parametrize(
    ("text", "language"),
    [("no data loss so far", "en"), ("kein Datenverlust", "de"), ("no hay fraude", "es"), ("sem perda de dados", "pt"),
     ("aucune perte de données", "fr"), ("muito legal", "pt"), ("This app is on fire", "en"), ("I charge my phone twice a day", "en")],
)  # fmt: skip
def test_the_lexicon_of_the_package_stays_silent_on(text: str, language: str) -> None:
    assert SEED.said_in(text, language) == frozenset()


@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "es", "xx"]))
def test_only_names_of_kinds_ever_come_back(text: str, language: str | None) -> None:
    assert SEED.said_in(text, language) <= set(SEED.phrases)
