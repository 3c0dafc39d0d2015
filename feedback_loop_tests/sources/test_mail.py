"""Mails: one record a mail, in its thread, with all of it in the payload; what no customer wrote stays in quarantine."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, Row
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources.mail import mail_bytes, mail_payload, read_mail
from feedback_loop.sources.reading import Reading, reading_again
from feedback_loop_tests.silver.records import batch
from feedback_loop_tests.silver.records import record as spoken
from feedback_loop_tests.silver.stages import fragments_of
from feedback_loop_tests.sources.mail_texts import BODY, OLD, REPLY, mail, several
from feedback_loop_tests.sources.mutations import survives
from feedback_loop_tests.sources.rows import read, record, rejected

MARK = b"From ann@customer.example Tue Mar  3 10:00:00 2026\n"
REFERENCES = {"References": "<root@x.example>\n <s1@acme.example>", "In-Reply-To": "<s1@acme.example>"}


def one(raw: bytes) -> FeedbackRecord:
    return record(read("mail", raw, "eml")[0])


def by_company(changed: Mapping[str, str | None], own_domains: tuple[str, ...] = ("acme.example",)) -> Row:
    reading = Reading(source="mail", file_name="a.eml", form="eml", product="Acme", own_domains=own_domains)
    return next(iter(read_mail(io.BytesIO(mail(changed=changed)), reading)))


def test_a_mail_becomes_a_record_of_its_sender() -> None:
    found = one(mail())
    assert (found.source, found.source_record_id, found.channel, found.product) == ("mail", "m1@customer.example", Channel.EMAIL, "Acme")
    assert (found.text, found.customer_name, found.customer_email) == (BODY.strip(), "Ann Müller", "ann@customer.example")
    assert found.occurred_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert (found.thread_id, found.in_reply_to, found.context_text) == ("m1@customer.example", None, None)


@pytest.mark.parametrize(
    ("changed", "thread", "answered"),
    [
        (REFERENCES, "root@x.example", "s1@acme.example"),
        ({"In-Reply-To": "<s1@acme.example>"}, "s1@acme.example", "s1@acme.example"),
        ({"References": "<root@x.example> <s1@acme.example>"}, "root@x.example", "s1@acme.example"),
        ({"In-Reply-To": "s1@acme.example"}, "s1@acme.example", "s1@acme.example"),
        ({"In-Reply-To": "your mail of Tuesday"}, "m1@customer.example", None),
        ({}, "m1@customer.example", None),
    ],
)
def test_a_thread_is_named_by_its_first_mail(changed: dict[str, str], thread: str, answered: str | None) -> None:
    found = one(mail(changed=changed))
    assert (found.thread_id, found.in_reply_to) == (thread, answered)


def test_quoted_text_is_landed_whole_and_never_becomes_a_fragment() -> None:
    html = mail(f'<p>It still crashes after a restart.</p><blockquote type="cite">{OLD}</blockquote>', {"Content-Type": "text/html"})
    for raw in (mail(REPLY, REFERENCES), html):
        found = one(raw)
        assert OLD in (found.text or "")
        said = fragments_of(batch(spoken(found.text, channel=found.channel.value))).to_pylist()
        assert [row["masked_text"] for row in said] == ["It still crashes after a restart."]


def test_an_attached_mail_is_context() -> None:
    inner = mail("Old words", {"Subject": "Old"}).decode()
    found = one(several("mixed", ("Content-Type: text/plain", "See below"), ("Content-Type: message/rfc822", inner)))
    assert (found.text, found.context_text) == ("See below", "Old\n\nOld words")


def test_attachments_are_no_text_and_stay_named_in_the_payload() -> None:
    log = "Content-Type: text/plain\nContent-Disposition: attachment; filename=crash.log"
    found = one(several("mixed", ("Content-Type: text/plain", "See the log"), (log, "trace")))
    assert found.text == "See the log"
    assert "crash.log" in found.raw_payload


def test_a_subject_is_the_text_of_a_mail_that_opens_a_thread_without_a_body() -> None:
    assert one(mail("")).text == "App crashes"
    assert rejected(read("mail", mail("", REFERENCES), "eml")[0]).reason is QuarantineReason.NOT_FEEDBACK


def test_a_mail_without_an_id_has_a_stable_one_whatever_its_line_ends() -> None:
    unnamed = {"Message-ID": None}
    assert one(mail(changed=unnamed)).record_version_id == one(mail(changed=unnamed, line_end="\r\n")).record_version_id
    assert one(mail(changed=unnamed)).record_id != one(mail("Other words", unnamed)).record_id


def test_a_mail_box_has_the_same_records_as_its_mails_alone() -> None:
    unread = mail(changed={"Date": "soon", "Message-ID": "<m2@x.example>"})
    first, second, third = read(
        "mail", MARK + mail() + b"\n" + MARK + unread + b"\n" + MARK + mail(changed={"Message-ID": "<m3@x>"}), "mbox"
    )
    assert record(first).record_version_id == one(mail()).record_version_id
    assert (rejected(second).raw_bytes, rejected(second).source_row_number) == (unread, 2)
    assert (record(third).source_record_id, record(third).source_row_number) == ("m3@x", 3)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"From": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"From": "nobody"}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"Date": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"Date": "yesterday"}, QuarantineReason.UNREADABLE_DATE),
        ({"Date": "Tue, 3 Mar 1900 10:00:00 +0000"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"Auto-Submitted": "auto-replied; owner-email=x"}, QuarantineReason.NOT_FEEDBACK),
        ({"Precedence": "bulk"}, QuarantineReason.NOT_FEEDBACK),
        ({"List-Id": "News <news.shop.example>"}, QuarantineReason.NOT_FEEDBACK),
        ({"X-Autoreply": "yes"}, QuarantineReason.NOT_FEEDBACK),
        ({"Return-Path": "<>"}, QuarantineReason.NOT_FEEDBACK),
        ({"Content-Type": "multipart/report; boundary=b"}, QuarantineReason.NOT_FEEDBACK),
    ],
)
def test_what_can_not_be_landed_waits_with_its_reason_and_is_read_when_mended(
    changed: dict[str, str | None], reason: QuarantineReason
) -> None:
    row = rejected(read("mail", mail(changed=changed), "eml")[0])
    assert row.reason is reason
    assert "nobody" not in row.detail
    again = reading_again("mail", row.source_file, row.reader_options)
    (mended,) = read_mail(io.BytesIO(mail()), again)
    assert record(mended).source_record_id == "m1@customer.example"
    (still,) = read_mail(io.BytesIO(row.raw_bytes), again)
    assert rejected(still).quarantine_id == row.quarantine_id


def test_auto_submitted_no_is_a_persons_mail() -> None:
    assert one(mail(changed={"Auto-Submitted": "no"})).text


@pytest.mark.parametrize("sender", ["Support <help@acme.example>", "bot@mail.Acme.example"])
def test_what_the_company_sent_is_no_customers_word(sender: str) -> None:
    row = by_company({"From": sender})
    assert isinstance(row, RejectedRow)
    assert row.reason is QuarantineReason.NOT_FEEDBACK
    assert reading_again("mail", "a.eml", row.reader_options).own_domains == ("acme.example",)
    assert isinstance(by_company({"From": sender}, own_domains=()), FeedbackRecord)
    assert isinstance(by_company({"From": "x@notacme.example"}), FeedbackRecord)


def test_a_list_of_the_company_is_how_customers_reach_it() -> None:
    assert isinstance(by_company({"List-Id": "Support <support.acme.example>", "Precedence": "list"}), FeedbackRecord)


@pytest.mark.parametrize(
    "raw", [b"plain", "grün".encode(), "grün".encode("latin-1"), b"\0\xff\r\n", b'{"encoding": "latin-1", "mail": "x"}']
)
def test_the_payload_is_the_mail_without_loss(raw: bytes) -> None:
    assert mail_bytes(mail_payload(raw)) == raw


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_bytes_survive_the_payload(raw: bytes) -> None:
    assert mail_bytes(mail_payload(raw)) == raw


def test_mutated_mails_are_read_or_refused() -> None:
    inner = mail("Old words", {"Subject": "Old"}).decode()
    raw = several("mixed", ("Content-Type: text/html; charset=utf-8", "<p>a</p>"), ("Content-Type: message/rfc822", inner))
    assert survives("mail", raw, "eml")
    assert survives("mail", MARK + mail(REPLY, REFERENCES) + b"\n" + MARK + raw, "mbox")
