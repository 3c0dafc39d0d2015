"""The systems that can be asked for what customers say or what happened: by which reader, as whom, and what a company has to say of them.

A new one is a word here, its traits, and a client in `adapters/vendor_pages`. Files of the same systems are landed with `ingest`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback_loop.methods.named_settings import Setting


class PulledKind(StrEnum):
    """How a source is asked."""

    APP_STORE_CONNECT = "app_store_connect"
    GITHUB_RELEASES = "github_releases"
    GOOGLE_PLAY_REVIEWS = "google_play_reviews"
    IMAP = "imap"
    INTERCOM = "intercom"
    LAUNCHDARKLY = "launchdarkly"
    STATUSPAGE = "statuspage"
    ZENDESK_RATINGS = "zendesk_ratings"
    ZENDESK_TICKETS = "zendesk_tickets"


@dataclass(frozen=True)
class PulledTraits:
    """What holds for every source of a kind: its reader's name in the registry, and whose credentials it needs, if any."""

    reader: str
    vendor: str | None
    settings: Mapping[str, Setting] = field(default_factory=dict)


PULLED: Mapping[PulledKind, PulledTraits] = {
    PulledKind.APP_STORE_CONNECT: PulledTraits(
        "app_store_connect", "app_store_connect", {"app_id": Setting(r"[0-9]{1,20}", "the Apple ID of the app")}
    ),
    PulledKind.GITHUB_RELEASES: PulledTraits(
        "github_releases",
        "github",
        {"repository": Setting(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", "the owner/name of the repository")},
    ),
    PulledKind.GOOGLE_PLAY_REVIEWS: PulledTraits(
        "google_play_reviews", "google_play", {"package": Setting(r"[A-Za-z][A-Za-z0-9_.]{1,149}", "the package name of the app")}
    ),
    PulledKind.IMAP: PulledTraits("mail", "imap", {"folder": Setting(r"[ -~]{1,200}", "the folder, such as INBOX")}),
    PulledKind.INTERCOM: PulledTraits("intercom", "intercom"),
    PulledKind.LAUNCHDARKLY: PulledTraits(
        "launchdarkly", "launchdarkly", {"project": Setting(r"[A-Za-z0-9._-]{1,100}", "the project of the flags")}
    ),
    PulledKind.STATUSPAGE: PulledTraits("statuspage", None),
    PulledKind.ZENDESK_RATINGS: PulledTraits("zendesk", "zendesk"),
    PulledKind.ZENDESK_TICKETS: PulledTraits("zendesk", "zendesk"),
}
