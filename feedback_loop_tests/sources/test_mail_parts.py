"""Mails taken apart: which part is the sender's words, which is somebody else's, and what is too costly to look at."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import mail_parts
from feedback_loop.sources.mail_parts import MailTexts, header, parsed, texts
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.mail_texts import mail, several

PLAIN, HTML = "Content-Type: text/plain; charset=utf-8", "Content-Type: text/html; charset=utf-8"


def said(raw: bytes) -> MailTexts:
    return texts(parsed(raw))


@pytest.mark.parametrize(
    ("raw", "own"),
    [
        (mail("one\n"), ["one"]),
        (mail("one\n", line_end="\r\n"), ["one"]),
        (mail("<p>one</p>", {"Content-Type": "text/html"}), ["one"]),
        (several("alternative", (PLAIN, "plain"), (HTML, "<p>rich</p>")), ["plain"]),
        (several("alternative", (HTML, "<p>rich</p>"), (PLAIN, "plain")), ["plain"]),
        (several("alternative", (PLAIN, "   "), (HTML, "<p>rich</p>")), ["rich"]),
        (several("related", (HTML, "<p>rich</p>"), ("Content-Type: image/png", "x")), ["rich"]),
        (several("signed", (PLAIN, "signed"), ("Content-Type: application/pgp-signature", "x")), ["signed"]),
        (several("mixed", (PLAIN, "one"), (PLAIN, "two")), ["one", "two"]),
        (several("mixed", (PLAIN, "one"), (f"{PLAIN}\nContent-Disposition: attachment; filename=log.txt", "log")), ["one"]),
        (several("mixed", (PLAIN, "one"), ('Content-Type: text/plain; name="log.txt"', "log")), ["one"]),
        (mail("Z3LDvG4=\n", {"Content-Transfer-Encoding": "base64"}), ["grün"]),
        (mail("gr=C3=BCn=\n!\n", {"Content-Transfer-Encoding": "quoted-printable"}), ["grün!"]),
        (mail("gr\u00fcn", {"Content-Type": "text/plain; charset=utf-8"}, encoding="latin-1"), ["grün"]),
        (mail("", {"Content-Type": "application/pdf"}), []),
    ],
)
def test_the_senders_words_are_the_readable_parts(raw: bytes, own: list[str]) -> None:
    assert said(raw).own == own


def test_an_attached_mail_is_somebody_elses_words() -> None:
    inner = mail("The old complaint", {"Subject": "Old"}).decode()
    found = said(several("mixed", (PLAIN, "See below"), ("Content-Type: message/rfc822", inner)))
    assert (found.own, found.attached) == (["See below"], ["Old\n\nThe old complaint"])


def test_parts_within_parts_are_followed_to_a_depth() -> None:
    nested = "x"
    for number in range(60):
        nested = f"Content-Type: multipart/mixed; boundary=n{number}\n\n--n{number}\n{nested}\n--n{number}--"
    assert said(b"From: a@x.example\n" + nested.encode()).own == []


def test_headers_are_found_whatever_their_case_and_joined() -> None:
    message = parsed(mail("x", {"X-Long": "one\n two"}))
    assert header(message, "x-long") == "one two"
    assert header(message, "X-Absent") == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; " + b"(a)" * 20_000 + b"\n\nx",
        b"A: b\nContent-Disposition: attachment;" + b"\n a=b;" * 20_000 + b"\n\nx",
        b"A: b\n\n" + b"\n" * 200_000 + b"boundary" * 100,
    ],
)
def test_what_would_take_too_long_is_refused_at_once(raw: bytes) -> None:
    with pytest.raises(RowRefused) as refusal:
        parsed(raw)
    assert refusal.value.problem.reason is QuarantineReason.ROW_TOO_LARGE


def test_a_mail_that_says_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_parts, "MAX_ROW_BYTES", 5)
    with pytest.raises(RowRefused, match="more than 5 characters"):
        said(mail("123456"))


@pytest.mark.parametrize("value", ["x; filename*0*=a; filename=b", "x; filename*" + "9" * 5000 + "=a", "x; name*=utf-8'' %ff", '";"' * 99])
def test_broken_parameters_are_read_or_refused(value: str) -> None:
    try:
        said(mail("x", {"Content-Disposition": value, "Content-Type": value}))
    except RowRefused as refusal:
        assert refusal.problem.reason is QuarantineReason.MALFORMED_ROW  # noqa: PT017 - one of two good outcomes
