"""Keys, tokens, passwords and codes: by the shape that their issuer gave them, or by the word that announces them.

Here: what must not be read by whoever reads a complaint, whoever it belongs to. URLs with credentials are URLs (`online_addresses`). The
rule that is easy to break: talk about a secret ("password is wrong", "otp not received") is none, so a cue alone never suffices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedback_loop.methods.personal_data.cued import Cued

_ISSUED = re.compile(
    r"(?<![a-z0-9])(?:(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b|gh[pousr]_[a-z0-9]{20,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|npm_[a-z0-9]{20,}+|pypi-[\w-]{20,}+|hf_[a-z0-9]{20,}+|dop_v1_[a-f0-9]{20,}+|shp(?:at|ss|ca|pa)_[a-f0-9]{20,}+|sq0[a-z]{3}-[\w-]{16,}+"
    r"|xox[abeprs]-[\w-]{10,}+|xapp-[\w-]{10,}+|(?:sk|pk|rk|key)[-_](?:(?:live|test|proj|ant|or)[-_])?(?=[\w-]*\d)[\w-]{16,}+|whsec_[\w+/=]{16,}+"
    r"|AIza[\w-]{30,}+|ya29\.[\w-]{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|\d{8,10}:AA[\w-]{30,}+"
    r"|eyJ[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?)",
    re.IGNORECASE,
)
KEY_SIGNS = (
    "akia", "asia", "aroa", "aida", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "pypi-", "hf_", "dop_v1_",
    "shp", "sq0", "xox", "xapp-", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "key-", "key_", "whsec_", "aiza", "ya29.", "sg.", "eyj", ":aa",
)  # fmt: skip
"""Parts, in lower case, without one of which there is no issued key."""

_RANDOM = re.compile(
    r"(?<![\w+/=.-])(?=[a-z_/+-]{0,20}\d)(?=[\d_/+-]{0,20}[a-z])(?=[\w+/-]{0,40}?[\w+/]{20})[\w+/-]{32,}+={0,2}(?![\w@])", re.IGNORECASE
)
_MIN_CHANGES, _MIN_RANDOM_CHARS = 6, 32
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[^\[\]-]|-(?!----)){1,8000}+"
    r"(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
)
_BEARER = re.compile(r"\b(?:bearer|basic)\s+(?P<value>(?=[^\s\[\]]{0,200}\d)[\w.~+/=-]{12,}+)", re.IGNORECASE)
_QUERY_VALUE = re.compile(
    r"(?<=[?&])(?:access_?token|refresh_?token|id_?token|token|api_?key|key|sig|signature|auth|password|pwd|secret|session(?:_?id)?|otp)="
    r"(?P<value>[^\s&#\[\]]*[^\s&#\[\].,;:!?'\")*])",
    re.IGNORECASE,
)
_MERE_TALK = (
    r"(?!(?:incorrect|wrong|invalid|not|no|is|reset|error|fail|the|my|and|expired|required|changed?|forgot|falsch|ungültig|nicht)\w*\b)"
)
_PASSWORD = re.compile(
    r"\b(?:password|passwd|passcode|passphrase|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|pwd|pass(?=\s?[:=]))\s*"
    rf"(?:[:=]\s*{_MERE_TALK}(?P<value>[^\s\[\]]++)"
    r"|\b(?:(?:is|was|ist|lautet|est|es)|(?P<bare>))\s*\b(?P<said>(?=[^\s\[\]]{0,200}[\d@#$%^&*])(?(bare)(?=[^\s\[\]]{0,200}\d)(?=[^\s\[\]]{0,200}[a-z]))"
    r"[^\s\[\]]{4,}+))",
    re.IGNORECASE,
)
_SAID = r"(?:[:=#]|\b(?:is|was|ist|est|es)\b)?\s*"
_CODE = re.compile(
    r"\b(?:otp|m?pin|cvv2?|cvc|(?:security|verification|one[- ]time) (?:code|password))\s*(?:(?:code|no\.?|number)\s*)?"
    rf"{_SAID}(?P<value>(?=[\w-]{{0,10}}\d)[a-z0-9][\w-]{{2,9}}\b(?![@:/-]|\.\w))",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:(?:api|secret|access)[ _-]?key|client[ _-]?secret|secret|(?:(?:access|auth|refresh)[ _-]?)?token)\s*(?:(?:no\.?|number)\s*)?"
    rf"{_SAID}(?P<value>(?=[^\s\[\]]{{0,200}}\d)[a-z0-9+/][\w+/=.~-]{{2,}}+(?<![.-])(?![@:]))",
    re.IGNORECASE,
)


def issued_keys(text: str) -> Iterator[Cued]:
    """Keys and tokens that their issuer's prefix gives away."""
    yield from ((match.start(), *match.span()) for match in _ISSUED.finditer(text))


def random_strings(text: str) -> Iterator[Cued]:
    """Strings of 32 characters and more in which letters and digits alternate too often for a word."""
    if max(map(len, text.split()), default=0) < _MIN_RANDOM_CHARS:
        return
    for match in _RANDOM.finditer(text):
        if len(re.findall(r"\d(?=\D)", match[0])) >= _MIN_CHANGES:
            yield match.start(), *match.span()


def private_keys(text: str) -> Iterator[Cued]:
    """PEM and PGP private keys, cut short ones too; without the blanks behind them, which end with the piece of text that they end."""
    yield from ((match.start(), match.start(), match.start() + len(match[0].rstrip())) for match in _PRIVATE_KEY.finditer(text))


def announced_tokens(text: str) -> Iterator[Cued]:
    """What follows an authorisation scheme or the name of a secret parameter of a URL."""
    for pattern in (_BEARER, _QUERY_VALUE):
        yield from ((match.start(), *match.span("value")) for match in pattern.finditer(text))


def passwords(text: str) -> Iterator[Cued]:
    """What is said to be the password."""
    for match in _PASSWORD.finditer(text):
        yield match.start(), *match.span("value" if match["value"] else "said")


def codes(text: str) -> Iterator[Cued]:
    """One-time codes, PINs, card codes and keys after the word for them."""
    for pattern in (_CODE, _KEY):
        yield from ((match.start(), *match.span("value")) for match in pattern.finditer(text))
