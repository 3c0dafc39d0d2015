"""Opens the sources that sources.yaml switches on. What may be said of one is decided in `sources/pulled_rules`.

The rule that is easy to break: one source is opened and asked at a time, so that what one vendor lacks (credentials, an answer) keeps
nothing from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.adapters.vendor_pages.app_store_connect import AppStorePages
from feedback_loop.adapters.vendor_pages.github_releases import GithubReleasePages
from feedback_loop.adapters.vendor_pages.google_play import GooglePlayPages
from feedback_loop.adapters.vendor_pages.imap import ImapPages, mail_server
from feedback_loop.adapters.vendor_pages.intercom import IntercomPages
from feedback_loop.adapters.vendor_pages.launchdarkly import LaunchdarklyPages
from feedback_loop.adapters.vendor_pages.statuspage import StatuspagePages
from feedback_loop.adapters.vendor_pages.zendesk import ZendeskRatingPages, ZendeskTicketPages
from feedback_loop.contracts.credentials import Credentials, how_to_say
from feedback_loop.errors import BadInput
from feedback_loop.ports import Clock, SourceClient
from feedback_loop.sources.pulled_kinds import PULLED, PulledKind
from feedback_loop.sources.pulled_rules import PulledRule

Opened = AbstractContextManager[SourceClient]
_NOBODY = Credentials("nobody")
_OPENERS: Mapping[PulledKind, Callable[[str, PulledRule, Credentials, Clock], Opened]] = {
    PulledKind.APP_STORE_CONNECT: lambda name, rule, who, clock: AppStorePages(
        rule.address, rule.settings["app_id"], who, clock, source=name
    ),
    PulledKind.GITHUB_RELEASES: lambda name, rule, who, _: GithubReleasePages(rule.address, rule.settings["repository"], who, source=name),
    PulledKind.GOOGLE_PLAY_REVIEWS: lambda name, rule, who, clock: GooglePlayPages(
        rule.address, rule.settings["package"], who, clock, source=name
    ),
    PulledKind.IMAP: lambda name, rule, who, _: ImapPages(rule.address, rule.settings["folder"], who, source=name),
    PulledKind.INTERCOM: lambda name, rule, who, _: IntercomPages(rule.address, who, source=name),
    PulledKind.LAUNCHDARKLY: lambda name, rule, who, _: LaunchdarklyPages(rule.address, rule.settings["project"], who, source=name),
    PulledKind.STATUSPAGE: lambda name, rule, _who, _clock: StatuspagePages(rule.address, {}, source=name),
    PulledKind.ZENDESK_RATINGS: lambda name, rule, who, _: ZendeskRatingPages(rule.address, who, source=name),
    PulledKind.ZENDESK_TICKETS: lambda name, rule, who, _: ZendeskTicketPages(rule.address, who, source=name),
}
_EXAMPLE = "https://example.com"


def open_source(name: str, rule: PulledRule, credentials: Mapping[str, Credentials], clock: Clock) -> Opened:
    """A client of the source, to be closed; raises BadInput where nobody says who asks."""
    vendor = PULLED[rule.kind].vendor
    if vendor is not None and vendor not in credentials:
        raise BadInput(f"source {name} is switched on, but nobody says who asks {vendor}. {how_to_say(vendor)}, or switch it off.")
    return _OPENERS[rule.kind](name, rule, credentials.get(vendor or "", _NOBODY), clock)


def unopenable_sources(rules: Mapping[str, PulledRule], credentials: Mapping[str, Credentials]) -> list[str]:
    """What stands against opening the sources, those that are switched off included as far as it is their address."""
    problems = []
    for name, rule in rules.items():
        try:
            _check_address(name, rule)
        except BadInput as error:
            problems.append(f"{name}.address: {str(error).rstrip('.')}")
        vendor = PULLED[rule.kind].vendor
        if rule.switched_on and vendor is not None and vendor not in credentials:
            problems.append(f"{name}: nobody says who asks {vendor}. {how_to_say(vendor)}, or switch it off")
    return problems


def _check_address(name: str, rule: PulledRule) -> None:
    if rule.kind is PulledKind.IMAP:
        mail_server(rule.address, f"source {name}")
    else:
        safe_address(rule.address, f"source {name}", _EXAMPLE)
