"""Sound files of the vendors' own forms, by source and form, of which `fuzz_inputs` makes spoilt ones: the fixtures of their tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feedback_loop_tests.sources import call_files, mail_texts, otlp_requests, survey_files, zendesk_pages
from feedback_loop_tests.sources import test_app_store_connect as app_store_connect
from feedback_loop_tests.sources import test_app_store_text as app_store_text
from feedback_loop_tests.sources import test_cdevents as cdevents
from feedback_loop_tests.sources import test_chats as chats
from feedback_loop_tests.sources import test_github_compare as github_compare
from feedback_loop_tests.sources import test_github_releases as github_releases
from feedback_loop_tests.sources import test_google_play_reviews as google_play_reviews
from feedback_loop_tests.sources import test_incident_comments as incident_comments
from feedback_loop_tests.sources import test_intercom as intercom
from feedback_loop_tests.sources import test_launchdarkly as launchdarkly
from feedback_loop_tests.sources import test_mail as mail
from feedback_loop_tests.sources import test_segment as segment
from feedback_loop_tests.sources import test_statuspage as statuspage


def _page(document: Any) -> bytes:
    return json.dumps(document).encode()


def _lines(*rows: Any) -> bytes:
    return b"".join(_page(row) + b"\n" for row in rows)


_MAILS = (mail_texts.mail(mail_texts.REPLY), mail_texts.mail("Ça plante.\n", encoding="latin-1"))
_CALLS = (
    call_files.amazon_speakers(), call_files.amazon_channels(), call_files.analytics(), call_files.contact_lens(), call_files.deepgram(),
    call_files.deepgram_words(),
)  # fmt: skip
_EVENTS = (
    segment.track("Feedback Submitted", text="no"), segment.track("Order Refunded", order_id="o1", total=12.5, currency="USD"),
    segment.track("Application Error", code="E1"), segment.call("identify", traits={"plan": "pro", "email": "a@b.example"}),
)  # fmt: skip
_REQUESTS = (
    otlp_requests.metrics(otlp_requests.point(60, (5, 3, 1, 0))), otlp_requests.logs(otlp_requests.log(5, "Payment 17 failed")),
    otlp_requests.spans(otlp_requests.span(1, 5)),
)  # fmt: skip
_DEPLOYS = (cdevents.event(), cdevents.event("rolledback", 2), cdevents.cloud_event(cdevents.event("removed", 3)))
_PLAY, _APPLE = google_play_reviews.PAGE, app_store_connect.PAGE
_ZENDESK = (zendesk_pages.TICKETS_PAGE, zendesk_pages.COMMENTS_PAGE, zendesk_pages.AUDITS_PAGE, zendesk_pages.RATINGS_PAGE)
_TALKS = intercom.whole(*intercom.PARTS)

FILES: Mapping[tuple[str, str], tuple[bytes, ...]] = {
    ("app_store_connect", "page"): (_page(_APPLE),),
    ("app_store_connect", "jsonl"): (_lines(*_APPLE["data"]),),
    ("app_store_text", "text"): (app_store_text.line() * 2,),
    ("calls", "webvtt"): (call_files.webvtt(),),
    ("calls", "page"): tuple(map(_page, _CALLS)),
    ("cdevents", "page"): (_page(list(_DEPLOYS)), _page(_DEPLOYS[0])),
    ("cdevents", "jsonl"): (_lines(*_DEPLOYS),),
    ("chats", "jsonl"): (_lines(*chats.CHAT),),
    ("github_compare", "page"): (_page(github_compare.COMPARE),),
    ("github_compare", "jsonl"): (_lines(github_compare.COMPARE),),
    ("github_releases", "page"): (github_releases.page(github_releases.RELEASE),),
    ("github_releases", "jsonl"): (_lines(github_releases.RELEASE),),
    ("google_play_reviews", "page"): (_page(_PLAY),),
    ("google_play_reviews", "jsonl"): (_lines(*_PLAY["reviews"]),),
    ("incident_comments", "csv"): (incident_comments.comments(),),
    ("intercom", "page"): (_page(intercom.PAGE), _page({"conversations": [_TALKS]})),
    ("intercom", "jsonl"): (_lines(_TALKS),),
    ("launchdarkly", "page"): (launchdarkly.page(launchdarkly.ENTRY),),
    ("launchdarkly", "jsonl"): (_lines(launchdarkly.ENTRY),),
    ("mail", "eml"): _MAILS,
    ("mail", "mbox"): (b"\n".join(mail.MARK + one for one in _MAILS),),
    ("otlp", "page"): tuple(map(_page, _REQUESTS)),
    ("otlp", "jsonl"): (_lines(*_REQUESTS),),
    ("segment", "page"): (_page({"batch": list(_EVENTS)}),),
    ("segment", "jsonl"): (_lines(*_EVENTS),),
    ("statuspage", "page"): (statuspage.page(statuspage.INCIDENT),),
    ("statuspage", "jsonl"): (_lines(statuspage.INCIDENT),),
    ("survey", "csv"): (survey_files.qualtrics({}), survey_files.monkey(), b"id,date,csat,comment\n1,2026-01-02,2,slow\n"),
    ("zendesk", "page"): tuple(map(_page, _ZENDESK)),
    ("zendesk", "jsonl"): (_lines(zendesk_pages.TICKET),),
}
