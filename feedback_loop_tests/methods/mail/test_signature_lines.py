"""Signatures: where they begin in the last lines of a message, and what stands at the end of complaints without being one."""

from __future__ import annotations

import pytest

from feedback_loop.methods.mail.lines import split_lines
from feedback_loop.methods.mail.signature_lines import start_of_signature, starts_postscript

TEXT = "My card was charged twice.\nPlease refund.\n\n"


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Lee\nLife is short. Enjoy it.\nhttp://x.de",
        "--\nAnn",
        "Best,\nAnna",
        "Best regards\nAnna Lee",
        "Kind regards,\n\nAnna Lee\nCustomer Manager\nExample GmbH\nMain Street 5\n12345 Berlin\nTel.: +49 30 1234567\nwww.example.com",
        "Thanks,\nann",
        "thanks, ann",
        "Thanks Yasmin Stubbs\nPrimary school teacher",
        "Thanks & regards\nRahul Sharma\n9876543210",
        "Thanks!\n\nAnn Lee\nCFO | Example Inc.",
        "Mit freundlichen Grüßen\ni.A. Anna Müller\nSachbearbeiterin",
        "Mit freundlichem Gruß\nPeter Meier\n\nMeier GmbH\nHauptstr. 5\n12345 Berlin\nGeschäftsführer: Peter Meier\nHRB 12345",
        "Regards,\nyour customer Anna",
        'Warm regards,\nAnna\n\n"Be the change you wish to see"',
        "Regards,\nAnna Lee\n\nSent from my iPhone",
        "Best,\nAnna\n-- \nAnna Lee\nCEO, Example Inc.",
        "Yours sincerely,\n\n\nMrs. A. Lee",
        "Anna Lee\nHead of Support\nExample Inc.\n+1 555 123 4567",
        "Anna Lee, MBA\nVP Sales - Example Corp.\nM: 555-123-4567 | anna@example.com",
        "Anna Lee | Example Inc. | +1 555 123 4567",
        "*Anna Lee*\nDirector\n*Example Inc.*\n555-123-4567",
        "Anna\nx5-1234",
        "A. Lee",
        "BT",
        "-Anna",
        "anna@example.com\n+49 30 1234567",
        "____________________\nAnna Lee\nExample Inc.\n(555) 123-4567",
        "Anna\n----------\nSent from my iPad",
        "Regards",
    ],
)
def test_signature_begins_below_the_text(signature: str) -> None:
    assert start_of_signature(split_lines(TEXT + signature)) == 3


def test_last_word_below_a_sentence_is_a_name() -> None:
    assert start_of_signature(["It fails.\n", "Bert"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe",
        "Thank you for the refund.",
        "Hello\nthank you\nmy app is not working\nplease help",
        "I wait since Monday.\n\nthanks\napp broken",
        "The card fails.\nThank you\n\nAnd the second card fails too.",
        "The app fails.\n\nThanks",
        "Dear Team\n\nCard Blocked\n\nplease help me fast",
        "The app crashes.\n\nNOT WORKING",
        "It crashes.\n\nTerrible",
        "It crashes!\nUnacceptable",
        "The app fails\n\nHi David\nYour card was charged",
        "It fails.\n\nhttps://example.com/issues/4517#123-456-7890",
        "It fails.\nOrder number:\n\n12345678",
        "It fails.\n\nReferences\nhttps://example.com/a",
        "Notes:\n\n=====\nJetty server 9.4\nCVE-2020\n=====",
        "Please help\n--\nsecond issue: the card does not arrive and nobody answers.\nthird issue: the limit is wrong.",
        "Best\nregards to the team but the app fails again.",
        "Regards to all.\n" + "a long line that is no signature at all and has no end in sight " * 5,
        "",
    ],
)
def test_end_of_a_complaint_is_no_signature(text: str) -> None:
    assert start_of_signature(split_lines(text)) is None


@pytest.mark.parametrize(
    ("line", "is_one"), [("PS: and more", True), ("P.S. and more", True), ("> PS", True), ("psychology", False), ("Maps", False)]
)
def test_postscript_is_told_by_its_first_letters(line: str, is_one: bool) -> None:
    assert starts_postscript(line) is is_one
