"""Notices: those of lawyers, lists and ticket systems are known; complaints in the same words are not taken for one."""

from __future__ import annotations

import pytest

from feedback_loop.methods.mail.notices import is_disclaimer, starts_footer


@pytest.mark.parametrize(
    "paragraph",
    [
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "Please consider the environment before printing this e-mail.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie.",
        "Ce message est confidentiel. Si vous n'êtes pas le destinataire, veuillez le détruire.",
        "Este mensaje es confidencial. Si no es usted el destinatario, informe al remitente.",
        "CAUTION: This email originated from an external sender.",
        "This email has been checked for viruses by a scanner.",
    ],
)
def test_notice_about_the_mail_itself_is_known(paragraph: str) -> None:
    assert is_disclaimer(paragraph)


@pytest.mark.parametrize(
    "paragraph",
    [
        "My confidential data was disclosed to an unauthorised person by email.",
        "Your message was confidential, you said.",
        "The attachment of my claim was distributed.",
        "The app warns of a virus.",
        "",
    ],
)
def test_complaint_in_the_words_of_a_notice_is_none(paragraph: str) -> None:
    assert not is_disclaimer(paragraph)


@pytest.mark.parametrize(
    "line",
    [
        "Unsubscribe", "Unsubscribe<http://example.org>", "To unsubscribe from this group send an email to x",
        "You received this message because of x",
        "View this email in your browser", "Reply to this email directly or view it", "Powered by Zendesk", "Ticket-Id: 123",
        "[0Z9X8Y-ABCD]",
        "This email is a service from Example. Delivered by Zendesk", "ref:_00D20abc._5002xyz:ref", "{#HS:1234-567#}",
    ],
)  # fmt: skip
def test_footer_begins_with_a_line_that_systems_write(line: str) -> None:
    assert starts_footer([line], 0)


@pytest.mark.parametrize(
    "line",
    [
        "Unsubscribe does not work.",
        "To unsubscribe I had to call.",
        "Manage subscription button is missing",
        "Ticket id was lost.",
        "You received my mail",
        "",
    ],
)
def test_complaint_about_a_footer_is_none(line: str) -> None:
    assert not starts_footer([line], 0)


def test_drawn_line_begins_a_footer_only_above_the_words_of_a_list() -> None:
    rule = "_" * 40
    assert starts_footer([rule, "users mailing list", "users@lists.example.org"], 0)
    assert not starts_footer([rule, "Ann Lee", "Example Inc."], 0)
