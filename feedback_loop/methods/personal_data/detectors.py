"""The table of all detectors: what each kind of personal data needs before it is looked for, and which kind wins.

Here: order, guards and the one folded view that detectors read. How a kind looks is in `online_addresses`, `bank_numbers`, `secrets`,
`phones` and `accounts`; how findings are merged and masked is in `masking`. The rule that is easy to break: a value holds no bracket of a
placeholder, so that nothing is ever found in or across one, and a guard may only spare work that finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from feedback_loop.contracts.vocab import PersonalDataType
from feedback_loop.methods.personal_data import accounts, bank_numbers, online_addresses, phones, secrets
from feedback_loop.methods.personal_data.cued import Cued

Detected = tuple[PersonalDataType, int, int, int]
"""The kind, start of the cue, start and end of the value."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds the values of one kind; with `ignores_harmless` dates, times, versions and amounts are blanked out beforehand."""

    kind: PersonalDataType
    find: Callable[[str], Iterator[Cued]]
    ignores_harmless: bool = False
    min_digits: int = 0
    """A text with fewer digits is not searched."""
    signs: tuple[str, ...] = ()
    """A text without any of these, in lower case, is not searched; none given, all texts are."""


DETECTORS: tuple[Detector, ...] = (
    Detector(PersonalDataType.URL, online_addresses.urls, signs=("://", "www", "/")),
    Detector(PersonalDataType.SECRET, secrets.private_keys, signs=("private key",)),
    Detector(PersonalDataType.SECRET, secrets.issued_keys, min_digits=1, signs=secrets.KEY_SIGNS),
    Detector(PersonalDataType.SECRET, secrets.random_strings, min_digits=6),
    Detector(PersonalDataType.SECRET, secrets.announced_tokens, signs=("bearer", "basic", "?", "&")),
    Detector(
        PersonalDataType.SECRET,
        secrets.passwords,
        signs=(
            "passw",
            "passc",
            "passp",
            "pass:",
            "pass ",
            "pass=",
            "kennwort",
            "mot de passe",
            "contraseña",
            "senha",
            "wachtwoord",
            "pwd",
        ),
    ),
    Detector(
        PersonalDataType.SECRET,
        secrets.codes,
        min_digits=1,
        signs=("otp", "pin", "cvv", "cvc", "code", "password", "key", "secret", "token"),
    ),
    Detector(PersonalDataType.EMAIL, online_addresses.emails, signs=("@",)),
    Detector(PersonalDataType.EMAIL, online_addresses.spaced_emails, signs=(" @", "@ ", " . ")),
    Detector(
        PersonalDataType.EMAIL,
        online_addresses.spelt_emails,
        signs=(" at ", "at)", "at]", "at}", "at>", "at )", "at ]", "ät", "dot", "(.)"),
    ),
    Detector(PersonalDataType.IBAN, bank_numbers.ibans, min_digits=2),
    Detector(PersonalDataType.CARD, bank_numbers.cards, min_digits=12),
    Detector(PersonalDataType.IP, online_addresses.ipv4s, min_digits=4, signs=(".",)),
    Detector(PersonalDataType.IP, online_addresses.ipv6s, signs=(":",)),
    Detector(PersonalDataType.IP, online_addresses.macs, min_digits=1, signs=(":", "-", ".")),
    Detector(PersonalDataType.PHONE, phones.announced_phones, ignores_harmless=True, min_digits=6, signs=phones.CUE_SIGNS),
    Detector(PersonalDataType.PHONE, phones.written_phones, ignores_harmless=True, min_digits=7),
    Detector(PersonalDataType.NUMBER, accounts.long_numbers, ignores_harmless=True, min_digits=4),
    Detector(PersonalDataType.NUMBER, accounts.announced_numbers, ignores_harmless=True, min_digits=4, signs=accounts.ACCOUNT_WORDS),
)
"""All detectors, the kind that wins an overlap first."""

_WITHOUT_DIGITS = tuple(dict.fromkeys(sign for detector in DETECTORS if not detector.min_digits for sign in detector.signs))
"""Without a digit and without one of these a text holds nothing that the table above finds: most texts are told by that alone."""

_DIGITS = "0123456789"
_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040"
_FOLDED = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, _BLANKS), " ")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
    | {ord("\ufe6b"): "@"}
)


def detected(text: str, detectors: Sequence[Detector] = DETECTORS) -> Iterator[Detected]:
    """What the detectors find, in their order; one whose guards do not hold is not run, and numbers are sought outside of all else."""
    seen = text if text.isascii() else folded(text)
    lower, digits = seen.lower(), _digits(seen)
    if not digits and not _has_signs(lower):
        detectors = [detector for detector in detectors if not detector.min_digits and not detector.signs]
    taken: list[tuple[int, int]] = []
    sober, sober_without = seen, -1
    for detector in detectors:
        if digits < detector.min_digits:
            continue
        if detector.ignores_harmless and sober_without != len(taken):
            sober, sober_without = _sober(seen, taken), len(taken)
            digits = _digits(sober)
        if digits < detector.min_digits or (detector.signs and not _holds_any(lower, detector.signs)):
            continue
        for cue_start, start, end in detector.find(sober if detector.ignores_harmless else seen):
            taken.append((start, end))
            yield detector.kind, cue_start, start, end


def is_harmless(text: str) -> bool:
    """Whether nothing in the text could be found by the table above."""
    seen = text if text.isascii() else folded(text)
    return not _digits(seen) and not _has_signs(seen.lower())


def _has_signs(lower: str) -> bool:
    return _holds_any(lower, _WITHOUT_DIGITS)


def _holds_any(lower: str, signs: Sequence[str]) -> bool:
    for sign in signs:  # noqa: SIM110 - `any` takes half as long again, and this runs twenty times a text
        if sign in lower:
            return True
    return False


def _digits(text: str) -> int:
    return sum(map(text.count, _DIGITS))


def _sober(text: str, taken: list[tuple[int, int]]) -> str:
    """The text, equally long, with the spans that are taken and all that is harmless blanked out."""
    parts: list[str] = []
    end = 0
    for start, stop in sorted(taken):
        parts += text[end:start], "\x00" * (stop - max(start, end))
        end = max(end, stop)
    return accounts.without_harmless("".join((*parts, text[end:])))


def folded(text: str) -> str:
    """The text, equally long, with full-width forms, digits of other scripts, blanks and dashes as their ASCII counterparts."""
    return text.translate(_FOLDED)
