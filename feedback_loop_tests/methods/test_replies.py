"""Replies: what is new stays, what is quoted, signed or legal goes, and both tile the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.replies import new_text, strip_reply
from feedback_loop_tests.methods.texts import messages

SIGNATURES = Path(__file__).parents[3] / "shared" / "data" / "email_signatures"

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


def test_hostile_mail_costs_no_more_than_its_size() -> None:
    text = "On " * 20_000 + "\n" + "From: x\n" * 5_000 + "> " * 20_000 + "\nOn 1/1/22 a wrote:\n" * 2_000
    assert sum(end - start for start, end in strip_reply(text).kept) < len(text)


def test_public_signatures_are_found_line_by_line() -> None:
    if not SIGNATURES.exists():
        pytest.skip("the signatures of the shared data are absent")
    hit = missed = wrong = 0
    for file in sorted((SIGNATURES / "with_signature").iterdir()):
        marked = file.read_text(encoding="utf-8", errors="replace").splitlines()
        lines = [line.removeprefix("#sig#") for line in marked]
        removed = strip_reply("\n".join(lines)).removed
        start = 0
        for line, original in zip(lines, marked, strict=True):
            is_removed = any(r.start <= start < r.end for r in removed)
            start += len(line) + 1
            if line.strip():
                hit += is_removed and original.startswith("#sig#")
                missed += not is_removed and original.startswith("#sig#")
                wrong += is_removed and not original.startswith("#sig#")
    assert hit / (hit + missed) >= 0.95
    assert hit / (hit + wrong) >= 0.95
