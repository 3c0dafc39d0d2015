"""Words: their stems, fields and kinds, and how scripts without blanks are counted."""

from __future__ import annotations

import pytest

from feedback_loop.methods.segments.word_kinds import Words, kind_of


@pytest.mark.parametrize(
    ("text", "count"),
    [("支付失败", 2), ("app 支付失败了", 4), ("it's a well-known bug", 4), ("रिचार्ज नहीं हुआ", 3), ("ไม่ได้", 3), ("v2.3.1", 1), ("!?", 0)],
)
def test_two_characters_of_a_spaceless_script_are_one_word(text: str, count: int) -> None:
    assert len(Words(text).starts) == count


def test_words_between_two_offsets_are_those_that_begin_there() -> None:
    words = Words("the map stays empty.Please repair")
    assert words.starts == [0, 4, 8, 14, 20, 27]
    assert words.between(4, 14) == [kind_of("map"), kind_of("stays")]
    assert words.first_from(5) == 2


@pytest.mark.parametrize(("one", "other"), [("payment", "payments"), ("parcel", "Parcel's"), ("charge", "charged"), ("story", "stories")])
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    assert kind_of(one).stem == kind_of(other).stem


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("charged", "money"), ("Rechnung", "money"), ("l’argent", "money"), ("password", "access"), ("crashes", "stability"),
        ("langsam", "speed"), ("parcels", "delivery"), ("waitress", "people"), ("padding", None), ("paya", None),
    ],
)  # fmt: skip
def test_words_belong_to_a_field_by_their_beginning(word: str, field: str | None) -> None:
    assert kind_of(word).field == field


@pytest.mark.parametrize("word", ["please", "furious", "enttäuscht", "Merci", "gracias", "the", "2", "app"])
def test_moods_pleas_grammar_and_numbers_say_nothing(word: str) -> None:
    assert not kind_of(word).says_something


@pytest.mark.parametrize(
    ("word", "is_verb", "is_praise", "is_negative"),
    [
        ("doesn't", True, False, True),
        ("refused", True, False, True),
        ("n'est", True, False, False),
        ("need", True, False, False),
        ("helpful", False, True, False),
        ("nobody", False, False, True),
        ("invoice", False, False, False),
    ],
)
def test_verbs_praise_and_failure_are_told(word: str, is_verb: bool, is_praise: bool, is_negative: bool) -> None:
    kind = kind_of(word)
    assert (kind.is_verb, kind.is_praise, kind.is_negative) == (is_verb, is_praise, is_negative)
