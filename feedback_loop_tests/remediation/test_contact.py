"""When customers may be written to: never in quiet hours, never too often, and never who asked not to be."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.message_vocab import HeldReason
from feedback_loop.errors import BadInput
from feedback_loop.remediation.contact import (
    Contact,
    Suppression,
    parse_contact_rules,
    parse_suppressions,
    seed_contact_rules,
    seed_text,
    sorted_out,
)

RULES = seed_contact_rules()
NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
NAMES = ("ada", "bo", "cy")


def message(number: int, customer: str) -> dict[str, object]:
    return {"message_draft_id": f"m{number}", "recipient_customer_id": customer, "sent_at": None}


def about(customer: str, region: str | None = None, locale: str | None = None) -> dict[str, object]:
    return {"known_customer_id": customer, "region": region, "locale": locale}


@pytest.mark.parametrize(
    ("region", "locale", "zones"),
    [
        ("uk", "de-DE", ("Europe/London",)),
        ("UK", None, ("Europe/London",)),
        ("north", "de_DE", ("Europe/Berlin",)),
        (None, "en-US", ("America/New_York", "America/Los_Angeles")),
        (None, "en", ("UTC",)),
        (None, None, ("UTC",)),
    ],
)
def test_the_zone_is_that_of_the_region_then_of_the_country_then_the_default(
    region: str | None, locale: str | None, zones: tuple[str, ...]
) -> None:
    assert RULES.zones_of(region, locale) == zones


@pytest.mark.parametrize(
    ("hour", "minute", "is_quiet"), [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (7, 59, True), (8, 0, False)]
)
def test_quiet_hours_cross_midnight_and_end_on_the_minute(hour: int, minute: int, is_quiet: bool) -> None:
    local = datetime(2026, 3, 17, hour, minute, tzinfo=ZoneInfo("Europe/Madrid"))
    assert RULES.is_quiet(local.astimezone(UTC), ("Europe/Madrid",)) is is_quiet


def test_quiet_hours_within_a_day_are_quiet_between_their_ends() -> None:
    rules = parse_contact_rules(seed_text().replace('{from: "21:00", until: "08:00"}', '{from: "12:00", until: "14:00"}'))
    assert [rules.is_quiet(NOON + timedelta(hours=hours), ("UTC",)) for hours in (-1, 0, 1, 2)] == [False, True, True, False]


def test_where_it_may_be_one_of_two_zones_it_is_quiet_if_it_is_in_either() -> None:
    assert RULES.is_quiet(NOON, ("Europe/London", "America/Los_Angeles"))
    assert not RULES.is_quiet(NOON, ("Europe/London", "Europe/Madrid"))


def test_what_is_held_goes_in_the_morning() -> None:
    evening = datetime(2026, 3, 17, 22, 7, tzinfo=UTC)
    assert RULES.quiet_until(evening, ("Europe/London",)) == datetime(2026, 3, 18, 8, tzinfo=UTC)
    assert RULES.quiet_until(NOON, ("Europe/London",)) == NOON


def test_a_message_in_quiet_hours_waits_and_the_others_go() -> None:
    found = sorted_out([message(1, "ada"), message(2, "bo")], [about("ada", "us"), about("bo", "uk")], [], RULES, NOON)
    assert (found.going, found.held) == (["m2"], {"m1": HeldReason.QUIET_HOURS})


def test_the_cap_of_a_week_counts_every_issue_and_what_goes_now() -> None:
    sent = [{"recipient_customer_id": "ada", "sent_at": NOON - timedelta(days=days)} for days in (1, 6, 7, 8)] + [
        {"recipient_customer_id": "ada", "sent_at": None}
    ]
    found = sorted_out([message(1, "ada"), message(2, "ada"), message(3, "bo")], [], sent, RULES, NOON)
    assert (found.going, found.held) == (["m1", "m3"], {"m2": HeldReason.WEEKLY_CAP})


@given(
    st.lists(st.sampled_from(NAMES), max_size=12),
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9 * 24)), max_size=8),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([None, "uk", "us", "jp", "iberia"])),
    st.integers(0, 365 * 24 * 60),
)
def test_nothing_is_sent_in_quiet_hours_or_beyond_the_cap_and_nothing_is_lost(
    to: list[str], before: list[tuple[str, int]], regions: dict[str, str | None], minute: int
) -> None:
    now, messages = NOON + timedelta(minutes=minute), [message(number, customer) for number, customer in enumerate(to)]
    sent = [{"recipient_customer_id": customer, "sent_at": now - timedelta(hours=hours)} for customer, hours in before]
    found = sorted_out(messages, [about(*one) for one in regions.items()], sent, RULES, now)
    assert Counter([*found.going, *found.held]) == Counter(row["message_draft_id"] for row in messages)
    went = Counter(str(row["recipient_customer_id"]) for row in messages if row["message_draft_id"] in found.going)
    for customer, count in went.items():
        zones = RULES.zones_of(regions.get(customer), None)
        assert not any(now.astimezone(ZoneInfo(zone)).hour < 8 or now.astimezone(ZoneInfo(zone)).hour >= 21 for zone in zones)
        lately = sum(name == customer and hours < 7 * 24 for name, hours in before)
        assert count + lately <= RULES.weekly_cap


def test_who_asked_not_to_be_written_to_is_not_for_that_product_and_channel() -> None:
    lines = ("{customer: ada}", "{customer: bo, product: Lumen}", "{customer: cy, channel: sms}", "{customer: di, channel: email}")
    text = "suppressed:\n" + "".join(f"- {line}\n" for line in lines)
    contact = Contact(RULES, parse_suppressions(text))
    assert contact.unwelcome("Lumen") == {"ada", "bo", "di"}
    assert contact.unwelcome("Printwren") == {"ada", "di"}
    assert parse_suppressions("suppressed: []") == ()
    assert Suppression(customer="ada").why == ""


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("weekly_cap: 3", "weekly_cap: 0", "weekly_cap"),
        ("weekly_cap: 3\n", "", "add it"),
        ("Europe/Vienna", "Europe/Wien", "IANA"),
        ("[UTC]", "[Mars]", "IANA"),
        ('until: "08:00"', 'until: "21:00"', "two different times"),
        ("channel: email", "chanel: email", "chanel"),
        ("channel: email", "channel: [", "no YAML"),
    ],
)
def test_rules_that_can_not_be_followed_are_refused_with_the_reason(was: str, becomes: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_contact_rules(seed_text().replace(was, becomes))
