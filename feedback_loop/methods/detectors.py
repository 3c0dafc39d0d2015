"""How each kind of personal data looks: one row per shape, a regular expression with a check of what it found.

Here: addresses, secrets and the table of all detectors. Numbers (cards, accounts, phones) are in `accounts` and `phones`; how findings are
merged and masked is in `masking`. The rule that is easy to break: no value may hold a square bracket, because placeholders are written in
them, so that nothing is ever found in or across a placeholder.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods import accounts, phones

Cued = tuple[int, int, int]
"""Start of the cue that the value needs before it (its own start where it needs none), start and end of the value."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds the values of one kind; with `ignores_harmless` dates, times, versions and amounts are blanked out beforehand."""

    kind: PersonalDataType
    find: Callable[[str], Iterator[Cued]]
    ignores_harmless: bool = False


def shaped(pattern: str, is_valid: Callable[[re.Match[str]], bool] = lambda _: True) -> Callable[[str], Iterator[Cued]]:
    """A finder of what the pattern matches: its group `value` where it has one, else the whole match."""
    compiled = re.compile(pattern, re.IGNORECASE)
    group = "value" if "value" in compiled.groupindex else 0

    def find(text: str) -> Iterator[Cued]:
        for match in compiled.finditer(text):
            if is_valid(match):
                yield match.start(), match.start(group), match.end(group)

    return find


_LOCAL = r"(?<![\w.+%-])[\w.+%-]+(?:'[\w.+%-]+)*"
_EMAIL = rf"{_LOCAL}[@＠﹫](?:[\w-]+(?:\.[\w-]+)+|[^\W\d][\w-]{{2,}})"
_SPELT_EMAIL = (
    r"(?<![\w.+-])[\w.+-]{2,64}(?: ?\( ?at ?\) ?[\w-]{1,64}(?: ?(?:\.|\( ?dot ?\)) ?[\w-]{2,20}){1,4}| at "
    r"[\w-]{1,64}(?: dot [a-z]{2,10}){1,3}\b)"
)
_URL_WITH_CREDENTIALS = r"\b[a-z][a-z0-9+-]{0,15}://[^\s/@\[\]:]{0,200}:[^\s/@\[\]]{1,200}@[^\s\[\]]+"

_KEY_SHAPES = (
    r"(?<![a-z0-9])(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[pousr]_[a-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[a-z0-9]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|(?:sk|pk|rk)[-_](?:(?:live|test|proj|ant)[-_])?(?=[\w-]*\d)[\w-]{16,}|AIza[\w-]{30,}|"
    r"SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)"
)
_PRIVATE_KEY = r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^\[\]]{1,8000}?-----END [A-Z ]{0,30}PRIVATE KEY-----"
_BEARER = r"\b(?:bearer|basic)\s+(?P<value>(?=[^\s\[\]]*\d)[\w.~+/=-]{12,})"
_QUERY_VALUE = (
    r"(?<=[?&])(?:access_?token|refresh_?token|token|api_?key|key|sig|signature|auth|password|pwd|secret|session(?:_?id)?|otp)="
    r"(?P<value>[^\s&#\[\]]+)"
)
_MERE_TALK = (
    r"(?!(?:incorrect|wrong|invalid|not|no|is|reset|error|fail|the|my|and|expired|required|changed?|forgot|falsch|ungültig|nicht)\w*\b)"
)
_PASSWORD = (
    r"\b(?:password|passwd|passcode|passphrase|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|pwd)\s*"
    rf"(?:[:=]\s*{_MERE_TALK}(?P<value>[^\s\[\]]+)|\b(?:is|was|ist|lautet|est|es)\s+(?P<said>(?=[^\s\[\]]*[\d@#$%^&*])[^\s\[\]]{{4,}}))"
)
_CODE = (
    r"\b(?:otp|m?pin|cvv2?|cvc|(?:security|verification|one[- ]time) (?:code|password)|(?:api|secret|access)[ _-]?key|"
    r"client[ _-]?secret|secret"
    r"|(?:access|auth|refresh)?[ _-]?token)\s*(?:(?:code|no\.?|number)\s*)?(?:[:=#]|\b(?:is|was|ist|est|es)\b)?\s*"
    r"(?P<value>(?=[^\s\[\]]*\d)[\w+/=.~-]{3,})"
)

_IPV4 = r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\w|\.\d)"
_IPV6 = r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])"
_MAC = r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])"
_VERSION_CUE = re.compile(r"(?:\bv|version|ver\.?|build|release|update|firmware|android|ios|app)[ .:#-]*\Z", re.IGNORECASE)
_CUE_CHARS = 16


def _is_ipv4(match: re.Match[str]) -> bool:
    """Four octets that no version cue precedes; four single digits are read as a version, too."""
    before = match.string[max(0, match.start() - _CUE_CHARS) : match.start()]
    return not _VERSION_CUE.search(before) and any(len(octet) > 1 for octet in match[0].split("."))


def _is_ipv6(match: re.Match[str]) -> bool:
    if sum(map(bool, match[0].split(":"))) < 2 or not any(map(str.isdigit, match[0])):
        return False
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return False
    return True


def _passwords(text: str) -> Iterator[Cued]:
    for match in _PASSWORD_PATTERN.finditer(text):
        start, end = match.span("value") if match["value"] else match.span("said")
        yield match.start(), start, end


_PASSWORD_PATTERN = re.compile(_PASSWORD, re.IGNORECASE)

DETECTORS: tuple[Detector, ...] = (
    Detector(PersonalDataType.URL, shaped(_URL_WITH_CREDENTIALS)),
    Detector(PersonalDataType.SECRET, shaped(_PRIVATE_KEY)),
    Detector(PersonalDataType.SECRET, shaped(_KEY_SHAPES)),
    Detector(PersonalDataType.SECRET, shaped(_BEARER)),
    Detector(PersonalDataType.SECRET, shaped(_QUERY_VALUE)),
    Detector(PersonalDataType.SECRET, _passwords),
    Detector(PersonalDataType.SECRET, shaped(_CODE)),
    Detector(PersonalDataType.EMAIL, shaped(_EMAIL)),
    Detector(PersonalDataType.EMAIL, shaped(_SPELT_EMAIL)),
    Detector(PersonalDataType.IBAN, accounts.ibans),
    Detector(PersonalDataType.CARD, accounts.cards),
    Detector(PersonalDataType.IP, shaped(_IPV4, _is_ipv4)),
    Detector(PersonalDataType.IP, shaped(_IPV6, _is_ipv6)),
    Detector(PersonalDataType.IP, shaped(_MAC)),
    Detector(PersonalDataType.PHONE, phones.phones, ignores_harmless=True),
    Detector(PersonalDataType.NUMBER, accounts.numbers, ignores_harmless=True),
)
"""All detectors, the kind that wins an overlap first."""
