"""Addresses on the network: every way to write them is found whole, and what only looks like one is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.personal_data import online_addresses
from feedback_loop.methods.personal_data.detectors import folded

Find = Callable[[str], Iterator[tuple[int, int, int]]]


def values(find: Find, text: str) -> list[str]:
    """What the finder finds in the folded text, as it stands in the text."""
    return [text[start:end] for _, start, end in find(folded(text))]


@pytest.mark.parametrize(
    "address",
    [
        "jane.doe+x@mail.example.org",
        "O'Neil@example.ie",
        "rahul99@okaxis",
        "JANE@EXAMPLE.COM",
        '"john doe"@example.org'.replace(" ", "."),
        "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "用户@例子.公司",
        f"{'x' * 90}@example.org",
    ],
)
def test_email_is_found_whole_within_a_sentence(address: str) -> None:
    assert values(online_addresses.emails, f"write to ({address}), please. Thanks") == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("mail john@gmail.com.Please help", "john@gmail.com"),
        ("from='jane@example.org'", "jane@example.org"),
        ("mailto:jane@example.org?x", "jane@example.org"),
    ],
)
def test_email_ends_and_begins_where_the_address_does(text: str, address: str) -> None:
    assert values(online_addresses.emails, text) == [address]


@pytest.mark.parametrize("text", ["@support", "5@ home", "a @ b", "us@10", "x@y", "...@..."])
def test_at_sign_alone_makes_no_email(text: str) -> None:
    assert values(online_addresses.emails, text) == values(online_addresses.spaced_emails, text) == []


@pytest.mark.parametrize(
    "address",
    [
        "john [at] example [dot] com",
        "john[at]example.com",
        "john(at)example(dot)co(dot)uk",
        "john.doe (AT) example.com",
        "john{at}example{dot}com",
        "john <at> example <dot> com",
        "john at example dot com",
        "john dot doe at example dot org",
        "john at gmail.com",
        "john[@]example[.]com",
        "john＠example (dot) com",
    ],
)
def test_spelt_email_is_found_whole(address: str) -> None:
    assert values(online_addresses.spelt_emails, f"reach me: {address} thanks") == [address]


@pytest.mark.parametrize(
    "text", ["look at amazon.com", "meet (at) home", "at the dot com bubble", "good at least", "[EMAIL] at example dot com"]
)
def test_talk_with_at_and_dot_is_no_email(text: str) -> None:
    assert values(online_addresses.spelt_emails, text) == []


@pytest.mark.parametrize("address", ["john @ example.com", "john@ gmail.com", "john@example . com", "john @gmail. com"])
def test_email_with_blanks_is_found_whole(address: str) -> None:
    assert values(online_addresses.spaced_emails, f"me: {address}, ok") == [address]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/",
        "https://user:p@ss@host.de:8080/x?a=1&b=2#c",
        "postgresql://ann:pw@10.0.0.1/db",
        "www.example.co.uk/a",
        "bit.ly/3xYz",
        "HTTPS://EXAMPLE.COM/A",
        "https://x.org/wiki/Card_(bank)",
        "upi://pay?pa=ann@okaxis",
    ],
)
@pytest.mark.parametrize("after", ["", ".", ", and", ") it", "!", " [EMAIL]", "[URL]"])
def test_url_is_found_whole_without_the_punctuation_behind_it(url: str, after: str) -> None:
    assert values(online_addresses.urls, f"(see {url}{after}") == [url]


@pytest.mark.parametrize("text", ["and/or", "https://", "http://[IP]/x", "24/7", "e.g./i.e.", "Niyo.com", "a.b.c", "://x"])
def test_what_has_no_host_and_path_is_no_url(text: str) -> None:
    assert values(online_addresses.urls, text) == []


@given(st.ip_addresses(v=4).filter(lambda address: len(str(address)) > 7))
def test_every_v4_address_is_found(address: IPv4Address) -> None:
    assert values(online_addresses.ipv4s, f"from {address}. Then") == [str(address)]


@given(st.ip_addresses(v=6).filter(lambda address: any(map(str.isdigit, str(address)))))
def test_every_v6_address_is_found_in_each_of_its_forms(address: IPv6Address) -> None:
    for form in {str(address), address.exploded, str(address).upper(), f"{address}%eth0"} - {"::", "::%eth0"}:
        assert values(online_addresses.ipv6s, f"ip:{form}, ok") == [form]


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "version 10.20.30.40", "v 10.20.30.40", "app 2.10.14.33", "300.1.1.1", "1.2.3.4.50", "x10.0.0.12", "10.0.0.12a"]
)
def test_versions_are_no_v4_addresses(text: str) -> None:
    assert values(online_addresses.ipv4s, text) == []


@pytest.mark.parametrize("text", ["ip 8.8.8.8", "dns: 1.1.1.1", "app 192.168.1.20", "version 192.168.1.20", "192[.]168[.]1[.]20"])
def test_cue_or_size_makes_a_v4_address(text: str) -> None:
    assert len(values(online_addresses.ipv4s, text)) == 1


@pytest.mark.parametrize("text", ["12:30:45", "std::map", "::", "fade::add", "a:b:c", "1:2", "00:1B:44:11:3A:B7"])
def test_times_and_scopes_are_no_v6_addresses(text: str) -> None:
    assert values(online_addresses.ipv6s, text) == []


def test_v6_address_may_end_in_a_v4_address() -> None:
    assert values(online_addresses.ipv6s, "at ::ffff:192.0.2.128 now") == ["::ffff:192.0.2.128"]


@pytest.mark.parametrize("address", ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7"])
def test_hardware_addresses_are_found(address: str) -> None:
    assert values(online_addresses.macs, f"mac {address}.") == [address]
    assert values(online_addresses.macs, f"{address}:11") == []


def test_word_that_announces_an_address_is_its_cue() -> None:
    assert list(online_addresses.ipv4s("my ip is 8.8.8.8")) == [(3, 9, 16)]
