"""Addresses on the network: e-mail, URL, IP, MAC, as they are written and as people disguise them.

Here: shapes, and what is not meant by them (versions, times, C++ scopes). Keys and passwords are in `secrets`. The rule that is easy to
break: every pattern takes a run of characters whole (possessive, from its first character), so that its time grows with the text only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from feedback_loop.methods.personal_data.cued import Cued

_LOCAL_CHAR = r"[\w.!#$%&'*+^{|}~-]"
_TOP_LEVEL = (
    r"(?:com|net|org|edu|gov|info|biz|app|dev|online|site|store|shop|cloud|tech|xyz|live|club|mobi|name|pro|co|io|ai|me|ly|gl|gg|tv|us|uk|in|"
    r"de|fr|es|it|nl|be|ch|at|pl|se|no|dk|fi|pt|ie|cz|hu|ro|gr|ru|ua|tr|br|mx|ar|cl|ca|au|nz|jp|cn|kr|sg|my|ph|pk|za|ng|ke|ae|sa|il|eu)"
)
_MAIL_HOSTS = r"(?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|gmx|proton|protonmail|zoho|yandex|rediffmail|web|mail)"

_EMAIL = re.compile(
    rf"(?<!{_LOCAL_CHAR})(?:[.!#$%&'*+^{{|}}~-]*+(?P<value>\w{_LOCAL_CHAR}*+@"
    r"(?P<domain>[\w-]++(?:\.[\w-]++(?:\.(?!(?<=[a-z]\.)[A-Z][a-z])[\w-]++)*+)?+))"
    r'|(?P<quoted>"[^"\s\[\]]{1,64}+"@[\w-]++(?:\.[\w-]++)++))'
)
_SPACED_EMAIL = re.compile(
    rf"(?<!{_LOCAL_CHAR})(?P<value>\w{_LOCAL_CHAR}*+ ?@ ?[\w-]++(?: ?\. ?[\w-]++){{0,3}}? ?\. ?{_TOP_LEVEL}\b)", re.IGNORECASE
)
_AT = r"(?: ?(?:\( ?(?:at|ät|@) ?\)|\[ ?(?:at|ät|@) ?\]|\{ ?(?:at|@) ?\}|< ?(?:at|@) ?>) ?)"
_DOT = r"(?: ?(?:\( ?(?:dot|punkt|\.) ?\)|\[ ?(?:dot|punkt|\.) ?\]|\{ ?(?:dot|\.) ?\}|< ?(?:dot|\.) ?>) ?| dot )"
_SPELT_LOCAL = rf"(?<![\w.+-])(?:[\w+-]{{1,64}}+{_DOT}){{0,3}}[\w.+-]{{1,64}}+"
_SPELT_EMAIL = re.compile(
    rf"{_SPELT_LOCAL}(?:{_AT}[\w-]{{1,63}}+(?:(?:\.|{_DOT})[\w-]{{2,63}}+){{1,4}}+"
    rf"| at [\w-]{{1,63}}+(?:{_DOT}[a-z][a-z0-9-]{{1,24}}+){{1,3}}+\b|(?: at |@ ?){_MAIL_HOSTS}(?:\.|{_DOT})[a-z]{{2,3}}\b"
    rf"|@[\w-]{{1,63}}+(?:(?:\.|{_DOT})[\w-]{{2,63}}+){{1,4}}+)",
    re.IGNORECASE,
)

_URL_CHAR = r"[^\s\[\]<>\"`\u3001\u3002\u300a-\u3011\x00]"
_URL = re.compile(
    rf"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{{1,20}}+://{_URL_CHAR}++"
    rf"|(?<![\w@./-])www\d?\.[\w-]++(?:\.[\w-]++)++(?:[/:?#]{_URL_CHAR}*+)?"
    rf"|(?<![\w@./:-])(?:[a-z0-9-]{{1,63}}+\.){{1,4}}{_TOP_LEVEL}(?::\d{{1,5}}+)?/(?=[\w?#~@%]){_URL_CHAR}++",
    re.IGNORECASE,
)
_AFTER_URL = ".,;:!?'*…"

_STOP = r"(?:\.|\[\.\]|\(\.\))"
_OCTET = r"(?:25[0-5]|2[0-4]\d|[01]?\d?\d)"
_IPV4 = re.compile(rf"(?<![\w.])(?:{_OCTET}{_STOP}){{3}}{_OCTET}(?!\w|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:\w{0,12}[g-z_]\w{0,4}:)?"
    r"(?P<value>(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?:%\w{1,16}+(?:[.-]\w{1,16}+){0,2})?)(?![\w:])",
    re.IGNORECASE,
)
_IPV6_SIGN = re.compile(r":[0-9a-f]{0,4}:", re.IGNORECASE)
_MAC_SIGN = re.compile(r":[0-9a-f]{2}:|-[0-9a-f]{2}-|\.[0-9a-f]{4}\.", re.IGNORECASE)
_MAC = re.compile(
    r"(?<![\w:.-])(?:(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})(?![\w:-]|\.\w)",
    re.IGNORECASE,
)
_VERSION_CUE = re.compile(
    r"(?:\bv|\bversions?|\bver\.?|\bbuild|\brelease|\bfirmware|\brev(?:ision)?)(?: (?:to|is|was|no|number|from))*[ .:#(-]*\Z", re.IGNORECASE
)
_PRODUCT_CUE = re.compile(r"\b(?:app|android|ios|windows|chrome|patch|(?:updat|upgrad)\w*)(?: (?:to|from|is))*[ :(-]*\Z", re.IGNORECASE)
_ADDRESS_CUE = re.compile(
    r"\b(?:ip|ipv4|address|host|server|dns|ping|gateway|router)(?: (?:is|was|address|at|to|no))?[ .:=#(-]*\Z", re.IGNORECASE
)
_HIGHEST_MAJOR, _HIGHEST_ANNOUNCED_MAJOR = 20, 99
_CUE_CHARS = 32


def emails(text: str) -> Iterator[Cued]:
    """Addresses with an at sign, payment handles without a dot (`rahul@okaxis`) among them."""
    for match in _EMAIL.finditer(text):
        domain = match["domain"]
        if domain is None or "." in domain or (len(domain) > 2 and domain[0].isalpha()):
            group = "value" if domain else "quoted"
            yield match.start(group), *match.span(group)


def spaced_emails(text: str) -> Iterator[Cued]:
    """Addresses with blanks around the at sign or the dots, of a known top-level domain."""
    yield from ((match.start(), *match.span()) for match in _SPACED_EMAIL.finditer(text))


def spelt_emails(text: str) -> Iterator[Cued]:
    """Addresses whose at sign or dots are spelt out: `at`, `(at)`, `[dot]`."""
    yield from ((match.start(), *match.span()) for match in _SPELT_EMAIL.finditer(text))


def urls(text: str) -> Iterator[Cued]:
    """Whole URLs, public ones too: which of them name a customer, no pattern can tell."""
    for match in _URL.finditer(text):
        end = match.start() + len(_without_punctuation(match[0]))
        if text[end - 3 : end] != "://":
            yield match.start(), match.start(), end


def _without_punctuation(url: str) -> str:
    """The URL without the sentence's punctuation, and without a bracket that opens before it."""
    while url[-1] in _AFTER_URL or (url[-1] == ")" and url.count("(") < url.count(")")):
        url = url.rstrip(_AFTER_URL) if url[-1] in _AFTER_URL else url[:-1]
    return url


def ipv4s(text: str) -> Iterator[Cued]:
    """Four octets that are not a version by their cue or by their size, or that an address cue announces."""
    for match in _IPV4.finditer(text):
        window = max(0, match.start() - _CUE_CHARS)
        cue = _ADDRESS_CUE.search(text, window, match.start())
        if cue or not _is_version(match[0], text[window : match.start()]):
            yield cue.start() if cue else match.start(), *match.span()


def _is_version(numbers: str, before: str) -> bool:
    """Whether a version cue precedes, or all four are single digits, or a product's name precedes small ones."""
    octets = re.findall(r"\d+", numbers)
    longest = max(map(len, octets))
    is_small = longest < 3 and int(octets[0]) <= _HIGHEST_MAJOR
    is_version_like = int(octets[0]) <= _HIGHEST_ANNOUNCED_MAJOR and bool(_VERSION_CUE.search(before))
    return longest == 1 or is_version_like or (is_small and bool(_PRODUCT_CUE.search(before)))


def ipv6s(text: str) -> Iterator[Cued]:
    """Every form of RFC 4291 and the zones of RFC 4007; words of hexadecimal letters alone (`fade::add`) are none."""
    for match in _IPV6.finditer(text) if _IPV6_SIGN.search(text) else ():
        address = match["value"]
        if (any(map(str.isdecimal, address)) or address.count(":") > 3) and _is_ipv6(address):
            yield match.start("value"), *match.span("value")


def _is_ipv6(address: str) -> bool:
    try:
        return ipaddress.IPv6Address(address) != ipaddress.IPv6Address(0)
    except ValueError:
        return False


def macs(text: str) -> Iterator[Cued]:
    """Hardware addresses of six octets."""
    if _MAC_SIGN.search(text):
        yield from ((match.start(), *match.span()) for match in _MAC.finditer(text))
