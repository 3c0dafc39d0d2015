"""Mails of a mail box: each once, none marked as read, and none lost that begins a line with From."""

from __future__ import annotations

import io

import pytest

from feedback_loop.adapters.vendor_pages.imap import ImapPages
from feedback_loop.adapters.vendor_pages.imap import mail_server as checked
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.errors import BadInput, ConnectorRefused, ConnectorUnreachable, CursorExpired
from feedback_loop.sources.mail import read_mail
from feedback_loop.sources.reading import Reading
from feedback_loop_tests.adapters.vendor_pages.mail_server import MailBox, mail_server
from feedback_loop_tests.fakes import START

WHO = Credentials("imap", {"USER": "loop", "PASSWORD": "t0ken"})


def mail(number: int) -> bytes:
    lines = [
        f"Message-ID: <m{number}@example.com>", "From: Ada <ada@example.com>", "Date: Mon, 05 Jan 2026 09:00:00 +0000", "Subject: no", "",
        f"no {number}", "From then on nothing worked", ">From me", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def texts(content: bytes) -> list[str | None]:
    reading = Reading(source="mail", file_name="box.mbox", form="mbox", product="Shop")
    return [row.text for row in read_mail(io.BytesIO(content), reading) if isinstance(row, FeedbackRecord)]


def test_a_folder_is_read_page_by_page_and_only_what_is_new_afterwards() -> None:
    box = MailBox({uid: mail(uid) for uid in range(10, 130, 2)})
    with mail_server(box) as address, ImapPages(address, "INBOX", WHO, source="post") as client:
        first = client.page(None, START)
        second = client.page(first.next_cursor, START)
        assert [len(texts(page.content)) for page in (first, second)] == [50, 10]
        assert (first.is_last, second.is_last) == (False, True)
        third = client.page(second.next_cursor, START)
        assert (third.content, third.is_last, third.next_cursor) == (b"", True, second.next_cursor)
        box.mails[200] = mail(200)
        assert len(texts(client.page(third.next_cursor, START).content)) == 1
    assert (texts(first.content)[0] or "").splitlines() == ["no 10", "From then on nothing worked", ">From me"]
    assert not [told for told in box.told if told.startswith(("SELECT", "STORE", "UID STORE")) or "BODY[]" in told]


def test_a_folder_that_was_made_anew_begins_anew() -> None:
    box = MailBox({1: mail(1)})
    with mail_server(box) as address, ImapPages(address, "INBOX", WHO, source="post") as client:
        cursor = client.page(None, START).next_cursor
        box.validity = 8
        with pytest.raises(CursorExpired):
            client.page(cursor, START)
        for odd in ("x", "{}", "[]", '{"validity": "x", "uid": 1}'):
            with pytest.raises(CursorExpired):
                client.page(odd, START)


@pytest.mark.parametrize("at", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_connection_that_ends_is_told_and_the_next_page_opens_another(at: str) -> None:
    box = MailBox({1: mail(1)})
    with mail_server(box) as address, ImapPages(address, "INBOX", WHO, source="post") as client:
        box.drops_at = at
        with pytest.raises(ConnectorUnreachable):
            client.page(None, START)
        box.drops_at = None
        assert len(texts(client.page(None, START).content)) == 1


def test_wrong_credentials_and_a_wrong_folder_are_told_without_the_secret() -> None:
    box = MailBox({1: mail(1)})
    with mail_server(box) as address:
        with ImapPages(address, "Nowhere", WHO, source="post") as client, pytest.raises(ConnectorRefused, match="no such folder"):
            client.page(None, START)
        box.password = "other"
        with ImapPages(address, "INBOX", WHO, source="post") as client, pytest.raises(ConnectorUnreachable) as caught:
            client.page(None, START)
    assert "credentials do not suffice" in str(caught.value)
    assert "t0ken" not in str(caught.value)


def test_a_mail_box_is_asked_by_tls_but_on_this_machine() -> None:
    assert checked("imaps://mail.example.com", "post") == ("mail.example.com", 993, True)
    assert checked("imaps://mail.example.com:10993", "post") == ("mail.example.com", 10993, True)
    for address in (
        "imap://mail.example.com",
        "https://mail.example.com",
        "imaps://",
        "imaps://a:b@mail.example.com",
        "imaps://m/INBOX",
        "x",
    ):
        with pytest.raises(BadInput):
            checked(address, "post")
