"""What `fuzz_inputs` makes inputs of: the pieces that parsers and text methods stumble over, whole texts, and a good row of each source."""

from __future__ import annotations

from collections.abc import Mapping

TOKENS = [
    "On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote:", "Am 05.04.2022 um 10:00 schrieb Bob:", "-----Original Message-----",
    "From: a@b.de", "> ", ">> >", "-- \n", "--", "___________", "Sent from my iPhone", "Best regards,\nJane Doe",
    "CONFIDENTIAL: this e-mail is for", "Jane Doe", "<script", "</script>", "<style>", "<!--", "-->", "<br>", "<p>", "</p>", '<a href="',
    "<b x='", "<", ">", "&", "&#", "&amp;", "&#x1F600;", "&lt;", "&nbsp", ";", "[EMAIL]", "[EMAIL_bcdfghjk]", "[PHONE]", "[NAME", "]",
    "[", "_bcdfghjk]", "[CARD]", "a@b.de", "@", "＠", " at ", "dot com", "+49 30 1234567", "(713) 215-4504", "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00", "192.168.10.20", "fe80::1ff:fe23:4567:890a", "password: hunter2", "otp 123456", "order no 12345",
    "account number: ", "https://u:p@host.de/x?token=abc1", "://", "Bearer abcdef1234567890", "-----BEGIN PRIVATE KEY-----",
    "550e8400-e29b-41d4-a716-446655440000", "123-45-6789", "12", "7", "0000000000000000", "９", "٣", "१", "²", "½", "\u200b", "\u200c",
    "\u200d", "\u202e", "\u2066", "\ufeff", "\xad", "\u0301", "\u0316", "\u0338", "\u20e3", "\ufe0f", "\u180e", "\U000e0041",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "👍🏽", "🇩🇪", "😡", "é", "e\u0301", "\u1112\u1161\u11ab", "\u0958", "ß",
    "ŉ", "İ", "ﬁ", "Ǆ", "\ud83d", "\udc00",
    "�", "FÃ¼r", "â€™", "Ã", "â€", "РџСЂ", "√©", "\x80", "\x85", "\x92", "\x00", "\x1f", "\r", "\r\n", "\n", "\n\n", "\t", " ", "  ",
    "\xa0", "\u2028", "हिन्दी।", "支付失败了。", "ไม่ได้", "مرحبا؟", "שלום", "Привет.", "e.g.", "Dr.", "...", "!!!", "?", ".",
    ",", ", and the",
    " but ", ":", "1.", "• ", "- ", "http://", "www.x.com", "12:30", "2021-10-08", "Rs 5,000", "$", "%", "#", "/", '\\', "'", '"', "“",
    "”", "’", "(", ")", "{", "}", "=", "+", "-",
]  # fmt: skip
BYTES = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"\\",
    b"\\ud800", b"{", b"}", b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", b"]", b":", b"null", b"NaN", b"1e999", b"-0",
    b"9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
    b"true", b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"---\n", b"&a ", b"*a", b"!!python/object:os.system", b"\xe2\x80\xa8", b"\xc2\x85",
    b"%", b"=cmd()", b"9999-12-31T23:59:59+99:99", b"\xff\xfe", b" ", b"\t", b"'",
    b"Zenobia Quux, zenobia.quux@private.example", b"zenobia",
]  # fmt: skip
TEXTS = [
    "The app crashes every time I open it. Support never answers, but the design is nice. Please fix!",
    "Hi team,\n\nmy order 12345678 never arrived. Call me: +49 30 1234567 or mail jane.doe@example.org.\n\nBest regards,\nJane Doe\n"
    "Acme Inc.\n+1 713 215 4504\n\nOn Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote:\n> Where is it?\n>> I asked\n\n"
    "CONFIDENTIAL: this e-mail is intended only for",
    "<html><head><style>p {color: red}</style></head><body><p>Hello&nbsp;<b>you</b> &amp; me</p><br><table><tr><td>1</td></tr></table>",
    "DonâÂ€Â™t know. FÃ¼r mich â€œnichtâ€. Привет, не работает! 支付失败了。हिन्दी में बात करो। ไม่ได้ 👨\u200d👩\u200d👧",
    "card 4111 1111 1111 1111, iban DE89 3704 0044 0532 0130 00, ip 192.168.10.20, password is Abc@123 https://u:p@host.de/x?token=abc1",
]  # fmt: skip
WORD_OF_A_PERSON = "zenobia"
"""Stands in what may be put anywhere in a file, as a customer's own words may; no error may tell it."""

PERSONAL = "Zenobia Quux, zenobia.quux@private.example"
_AT = {"product": "Acme", "occurred_at": "2026-01-02T03:04:05Z"}
_MINUTE = {"product": "Acme", "service": "web", "minute": "2026-03-01T12:00:00Z", "version": "1"}
_SAID = 'Cards, never "arrive"\nagain'
ROWS: Mapping[str, Mapping[str, object]] = {
    "records": _AT | {"source_record_id": "r1", "channel": "ticket", "text": _SAID, "language": "en", "severity": "high", "rating": "4"},
    "google_play": {"reviewId": "r1", "content": _SAID, "score": "1", "reviewCreatedVersion": "1.2", "at": "2021-10-08 09:00:00"},
    "releases": {"version": "1.0", "released_at": "2026-01-02", "notes": "fixes, and more"},
    "business_events": _AT | {"event_id": "e1", "kind": "refund", "customer_id": "c1", "amount_usd": "12.50"},
    "changes": {
        "change_id": "c1",
        "change_kind": "deployment",
        "product": "Acme",
        "started_at": "2026-01-02",
        "scope": '{"region": ["eu"]}',
    },
    "customers": {"customer_id": "c1", "product": "Acme", "stated_at": "2026-01-02", "consent": "yes", "monthly_revenue_usd": "1e2"},
    "incidents": {"incident_id": "i1", "product": "Acme", "started_at": "2026-01-02", "severity": "high", "scope": "{}", "summary": "down"},
    "logs": _MINUTE | {"error": "E1", "lines": "3"},
    "telemetry": _MINUTE | {"requests": "10", "errors": "1", "latency_p95_ms": "12.5"},
    "try": {"text_id": "1", "text": _SAID, "label": "cards"},
}
DOCUMENT = (
    b"---\ndocument_id: d1\nkind: policy\ntitle: Refunds\nproduct: Acme\nowner: a team\nvalid_from: 2026-01-01\n---\n\n"
    b"# Refunds\n\nWithin 30 days.\n"
)
VALUES: list[object] = [
    None, True, 0, -1, 1.5, 10**30, [], {}, {"region": "eu"}, [[]], "", " ", "NaN", "2026-13-45", "1e400", '{"a":' * 30, "x" * 2000,
    PERSONAL, WORD_OF_A_PERSON,
]  # fmt: skip
"""Values that a row may have in place of one of its own."""
