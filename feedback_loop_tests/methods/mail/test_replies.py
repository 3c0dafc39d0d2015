"""Replies: what is new stays, what is quoted, signed or legal goes, and both tile the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.mail.replies import new_text, strip_reply
from feedback_loop_tests.mail_fixtures import WHY_ABSENT, are_absent, kept_lines, replies, signature_lines, signed_mails
from feedback_loop_tests.methods.texts import messages

LINES = [
    "Hello team,",
    "",
    "",
    "The app crashes.",
    "> old words",
    ">> older",
    "On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote:",
    "Am 05.04.2022 um 10:00 schrieb Bob:",
    "-----Original Message-----",
    "From: Bob",
    "Sent: Monday",
    "To: Ann",
    "Subject: Hi",
    "--",
    "-- ",
    "Sent from my iPhone",
    "Best regards,",
    "Jane Doe",
    "Thanks",
    "+49 30 1234567",
    "____________",
    "This e-mail is confidential and intended solely for the addressee.",
    "PS: one more thing",
    "Text On 5 Apr 2022 at 10:00, Bob wrote: > hi",
    "\u2028",
    "\x0b",
]
mails = st.lists(st.sampled_from(LINES), max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


@settings(max_examples=300)
@given(mails | messages)
def test_kept_and_removed_spans_tile_the_text(text: str) -> None:
    reply = strip_reply(text)
    spans = sorted([*reply.kept, *((r.start, r.end) for r in reply.removed)])
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert (spans[-1][1] if spans else 0) == len(text)
    assert all(start < end for start, end in spans)


@settings(max_examples=200)
@given(mails)
def test_new_text_holds_no_quoted_line(text: str) -> None:
    assert not any(line.startswith(">") for line in new_text(text).splitlines())


def _kinds(text: str) -> list[RemovedKind]:
    return [removed.kind for removed in strip_reply(text).removed]


@pytest.mark.parametrize(
    "introduction",
    [
        "On Tue, 5 Apr 2022 at 10:00, Bob <bob@example.org> wrote:",
        "On Tue, Sep 25, 2012 at 8:59 AM, Bob\n<bob@example.org>wrote:",
        "Am 05.04.2022 um 10:00 schrieb Bob <bob@example.org>:",
        "Le mar. 5 avr. 2022 à 10:00, Bob <bob@example.org> a écrit :",
        "El mar, 5 abr 2022 a las 10:00, Bob (<bob@example.org>) escribió:",
        "-----Original Message-----",
        "----- Ursprüngliche Nachricht -----",
        "-------- Message d'origine --------",
        "-----Mensaje original-----",
        "________________________________\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: Hi\n",
        "Von: Bob\nGesendet: Montag\nAn: Ann\nBetreff: Hallo\n",
        "De : Bob\nEnvoyé : lundi\nÀ : Ann\nObjet : Salut\n",
        "*De:* Bob\n*Enviado:* lunes\n*Para:* Ann\n*Asunto:* Hola\n",
    ],
)
@pytest.mark.parametrize("quoted", ["> It worked before\n> they said", "It worked before\nthey said"])
def test_quoted_mail_is_removed_with_its_introduction(introduction: str, quoted: str) -> None:
    text = f"The refund is still missing.\n\n{introduction}\n{quoted}\n"
    assert new_text(text) == "The refund is still missing."
    assert _kinds(text) == [RemovedKind.QUOTE]


def test_answers_between_quoted_lines_are_kept() -> None:
    text = "On 5 Apr 2022 at 10:00, Bob wrote:\n> Did you restart?\n\nYes, twice.\n\n> And now?\n\nStill broken.\n"
    assert new_text(text) == "Yes, twice.\nStill broken."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJane Doe\nHead of Support",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for Android",
        "Best regards,\nJane Doe\nExample Inc.\n+49 30 1234567",
        "Mit freundlichen Grüßen\nJana Müller",
        "Cordialement,\nJeanne",
        "Un saludo\nJuana",
        "Thanks,\nJane",
        "Jane Doe\njane@example.org",
        "-Jane Doe",
    ],
)
def test_signature_at_the_end_is_removed(signature: str) -> None:
    text = f"The refund is still missing.\nWhat can I do?\n\n{signature}\n"
    assert new_text(text) == "The refund is still missing.\nWhat can I do?"
    assert _kinds(text) == [RemovedKind.SIGNATURE]


def test_signature_above_a_quote_is_removed_too() -> None:
    text = "It fails.\n\nSent from my iPhone\n\nOn Apr 3, 2012, at 4:19 PM, bob <bob@example.com> wrote:\n\n> Hi\n"
    assert new_text(text) == "It fails."
    assert _kinds(text) == [RemovedKind.SIGNATURE, RemovedKind.QUOTE]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for the update, but it still fails.",
        "Sent from my desk, it is much easier.",
        "this -- is not a signature\n\nAnd here is more.",
        "From: the start it was slow.\nNothing helped.",
        "On the first page I wrote:\nnothing works.",
        "Steps:\n- open the app\n- press pay\n\nThen it closes.",
        "Jane Doe",
    ],
)
def test_text_that_only_looks_like_a_signature_or_quote_is_kept(text: str) -> None:
    assert new_text(text) == text
    assert _kinds(text) == []


@pytest.mark.parametrize(
    "notice",
    [
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "Please consider the environment before printing this e-mail.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie.",
        "Ce message est confidentiel. Si vous n'êtes pas le destinataire, veuillez le détruire.",
        "To unsubscribe click here",
    ],
)
def test_legal_notice_is_removed_as_disclaimer(notice: str) -> None:
    text = f"It fails again.\n\n{notice}\n"
    assert new_text(text) == "It fails again."
    assert _kinds(text) == [RemovedKind.DISCLAIMER]


@pytest.mark.parametrize(
    "unit",
    [
        "> a\n",
        ">",
        "On \n",
        "On ",
        "\n",
        "From: x\n",
        "-",
        "----\n",
        "a@",
        "On 1/1/22 10:00 a wrote:\n",
        "x\n> y\n",
        "--\n",
        "Ann Lee\n\n",
        "PS\n",
        "a:\n",
    ],
)
def test_hostile_mail_comes_back_in_one_piece(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    reply = strip_reply(text)
    assert sum(end - start for start, end in reply.kept) + sum(r.end - r.start for r in reply.removed) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Paris\nDate: 5 May\nThe booking of my ticket failed.",
        "My confidential data was disclosed to an unauthorised person by email.\nThis is a scandal.",
        "Unsubscribe does not work.\nI get ten mails a day.",
        "On 5 May 2022 your agent wrote:\nPlease wait three days.\nI have waited ten.",
        "The app crashes:\n>5 items in the cart\nand it closes",
        "I am so angry\n>:(\nfix it",
        "Outlook with a reply directly above the line\nfails",
        "Hello\nthanks\nmy card is blocked",
        "The app fails.",
        "Settings: pay fails",
        "hello -- help",
        "",
    ],
)
def test_complaint_in_the_shape_of_a_mail_loses_nothing(text: str) -> None:
    assert new_text(text) == text


def test_own_words_below_a_signature_are_kept() -> None:
    text = "Refund failed.\n\nBest,\nAnna\n\nPS: the card fails too and nobody answers me."
    assert new_text(text) == "Refund failed.\nPS: the card fails too and nobody answers me."


def test_answer_on_the_line_of_the_quoted_mail_is_kept() -> None:
    assert new_text("Still broken. On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote: > Did you restart? > Bob") == "Still broken."


def test_answer_below_headers_and_quoted_lines_is_kept() -> None:
    assert new_text("From: Bob <b@x.de>\nSent: Tuesday\nTo: Ann\nSubject: Card\n\n> Did you restart?\n\nYes.") == "Yes."


def test_rest_of_a_broken_quoted_line_is_quoted() -> None:
    text = "> a long line that the mail program of the sender has broken where it\nended\n> and more\n\nNo."
    assert new_text(text) == "No."


def test_mail_that_is_forwarded_without_a_word_is_what_the_customer_says() -> None:
    forward = "---------- Forwarded message ---------\nFrom: Ann <a@x.de>\nDate: Tue\nSubject: Card\nTo: Bob\n\nThe card fails."
    assert "The card fails." in new_text(forward)
    assert new_text(f"See below.\n\n{forward}") == "See below."


@pytest.mark.parametrize(
    ("text", "kind"), [("> hi", RemovedKind.QUOTE), ("Sent from my iPhone", RemovedKind.SIGNATURE), ("Unsubscribe", RemovedKind.DISCLAIMER)]
)
def test_single_line_goes_where_it_is_nobodys_word(text: str, kind: RemovedKind) -> None:
    assert _kinds(text) == [kind]


@pytest.mark.skipif(are_absent(), reason=WHY_ABSENT)
@pytest.mark.parametrize("half", [0, 1])
def test_public_signatures_are_found_line_by_line(half: int) -> None:
    mails = [mail for folder in ("with_signature", "without_signature") for mail in signed_mails(folder)[half::2]]
    found = [(signature_lines(mail.text, strip_reply(mail.text)), mail.told) for mail in mails]
    hits, said = sum(len(gone & told) for gone, told in found), sum(len(gone) + len(told) for gone, told in found)
    assert 2 * hits / said >= 0.90


@pytest.mark.skipif(are_absent(), reason=WHY_ABSENT)
def test_public_replies_keep_exactly_what_is_new() -> None:
    mails = replies()
    assert len(mails) == 34
    assert [mail.name for mail in mails if kept_lines(mail.text, strip_reply(mail.text)) != mail.told] == []
