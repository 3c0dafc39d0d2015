"""The person who speaks: found by name and address where the record tells them, and by what the text announces."""

from __future__ import annotations

import pytest

from feedback_loop.methods.cleaning import Cleaner, Speaker

ANNA = Speaker("c1", "Dr. Anna-Lena Müller", "a.mueller77@example.org", "Lange Straße 12a, 10115 Berlin")
WILL = Speaker("c2", "Will Grace")


def cleaned(text: str, speaker: Speaker = ANNA) -> str:
    return Cleaner().for_speaker(speaker).clean(text).text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("I am Anna-Lena Müller and it crashes", "I am [NAME] and it crashes"),
        ("Müller, Anna-Lena is my account", "[NAME] is my account"),
        ("ANNA-LENA MÜLLER cannot log in", "[NAME] cannot log in"),
        ("anna-lena müller cannot log in", "[NAME] cannot log in"),
        ("Frau Müller waits since May", "Frau [NAME] waits since May"),
        ("my mail a.mueller77 is wrong", "my mail [EMAIL] is wrong"),
        ("send it to Lange Straße 12a, please", "send it to [ADDRESS], please"),
        ("I live in Lange Straße 12a 10115 Berlin", "I live in [ADDRESS]"),
        ("the weather in Berlin is bad", "the weather in Berlin is bad"),
    ],
)
def test_what_the_record_tells_of_its_person_is_masked(text: str, masked: str) -> None:
    assert cleaned(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Will you ever mend this?", "Will you ever mend this?"),
        ("Will Grace wants a refund", "[NAME] wants a refund"),
        ("it will not start", "it will not start"),
        ("Grace wants a refund", "[NAME] wants a refund"),
        ("WILL GRACE, will grace", "[NAME], [NAME]"),
        ("give me grace time", "give me grace time"),
    ],
)
def test_a_part_of_a_name_that_is_an_everyday_word_is_left_alone(text: str, masked: str) -> None:
    assert cleaned(text, WILL) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("The app crashes.\nThanks, Peter", "The app crashes.\nThanks, [NAME]"),
        ("The app crashes.\n\nViele Grüße\nPeter Maier", "The app crashes.\n\nViele Grüße\n[NAME]"),
        ("My name is Maria Lopez and I paid twice", "My name is [NAME] and I paid twice"),
        ("Hola, me llamo José García.", "Hola, me llamo [NAME]."),
        ("it crashed\n- Tom", "it crashed\n- [NAME]"),
        ("Thanks, Now it works", "Thanks, Now it works"),
        ("Many thanks for the update", "Many thanks for the update"),
    ],
)
def test_a_name_that_the_text_announces_is_masked(text: str, masked: str) -> None:
    assert cleaned(text, Speaker("c3")) == masked


def test_nothing_is_looked_for_where_the_record_tells_nothing() -> None:
    assert cleaned("Anna-Lena Müller is a name", Speaker("c4", "", "", "")) == "Anna-Lena Müller is a name"


def test_a_masked_text_is_masked_to_itself() -> None:
    masked = cleaned("I am Anna-Lena Müller, Lange Straße 12a.\nThanks, Anna")
    assert cleaned(masked) == masked


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Jane O'Malley-Quux", "I am jane o’malley-\nquux", "I am [NAME]"),
        ("Jane O'Malley-Quux", "jane here, Marigold_Jane", "[NAME] here, Marigold_[NAME]"),
        ("Ronald McDonald", "i'm ronald", "i'm [NAME]"),
        ("李小龍", "李小龍的应用崩溃", "[NAME]的应用崩溃"),
        ("İpek İnanç", "IPEK INANC cannot log in", "[NAME] cannot log in"),
        ("Jörg Weiß", "Joerg Weiss and jorg weiß", "[NAME] and [NAME]"),
        ("Price", "the price is wrong, says Price", "the price is wrong, says [NAME]"),
    ],
)
def test_a_name_is_found_in_other_spellings_and_scripts(name: str, text: str, masked: str) -> None:
    assert cleaned(text, Speaker("c5", name)) == masked


@pytest.mark.parametrize("street", ["Lange Strasse 5", "LANGE STRASSE 5", "Lange Str. 5", "lange straße 5"])
def test_an_address_is_found_in_other_spellings(street: str) -> None:
    assert cleaned(f"I live at {street} now", Speaker("c6", address="Lange Straße 5")) == "I live at [ADDRESS] now"
