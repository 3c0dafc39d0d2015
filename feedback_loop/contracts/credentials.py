"""Who asks another system in the loop's name, as the environment's variables say it; `config.py` hands the environment in.

Each vendor has its variables, FEEDBACK_LOOP_<VENDOR>_<NAME>, in one of the sets that it takes. The rule that is easy to break: a secret is
shown nowhere, so neither the values here nor a message about them repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_loop.errors import BadInput

_PREFIX = "FEEDBACK_LOOP_"

FORMS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "app_store_connect": (("ISSUER_ID", "KEY_ID", "PRIVATE_KEY_FILE"),),
    "github": (("TOKEN",),),
    "google_play": (("SERVICE_ACCOUNT_FILE",), ("ACCESS_TOKEN",)),
    "imap": (("USER", "PASSWORD"),),
    "intercom": (("ACCESS_TOKEN",),),
    "jira": (("EMAIL", "API_TOKEN"), ("BEARER_TOKEN",)),
    "launchdarkly": (("ACCESS_TOKEN",),),
    "pagerduty": (("FROM_EMAIL", "API_TOKEN"),),
    "servicenow": (("USER", "PASSWORD"), ("BEARER_TOKEN",)),
    "slack": (("BOT_TOKEN",),),
    "statuspage": (("API_KEY",),),
    "zendesk": (("EMAIL", "API_TOKEN"), ("OAUTH_TOKEN",)),
}
"""The sets of variables of each vendor, any one of which suffices."""

CALLBACK_SECRETS = ("intercom", "jira", "pagerduty", "servicenow", "slack", "zendesk")
"""The vendors that call back, each with FEEDBACK_LOOP_<VENDOR>_CALLBACK_SECRET, by which it signs what it sends."""


@dataclass(frozen=True)
class Credentials:
    """What a vendor knows the loop by: one whole set of its variables, by their names without the prefix."""

    vendor: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def get(self, name: str) -> str | None:
        """The value of the name, where this set has it."""
        return self.values.get(name)


def credentials_of(vendor: str, said: Mapping[str, str]) -> Credentials | None:
    """What the vendor's variables say; None without any. Raises BadInput where they are no one whole set, or no credentials."""
    names = dict.fromkeys(name for form in FORMS[vendor] for name in form)
    values = {name: said[_variable(vendor, name)] for name in names if said.get(_variable(vendor, name))}
    if not values:
        return None
    if not any(set(values) == set(form) for form in FORMS[vendor]):
        raise BadInput(f"the variables of {vendor} are half there, or too many. {how_to_say(vendor)}.")
    if not all(map(is_credential, values.values())):
        raise BadInput(f"a value of {_variable(vendor, '…')} has blanks or characters that no credential has. Copy it again.")
    return Credentials(vendor, values)


def all_credentials(said: Mapping[str, str]) -> dict[str, Credentials]:
    """Those of every vendor of which anything is said; raises BadInput."""
    found = {vendor: credentials_of(vendor, said) for vendor in FORMS}
    return {vendor: credentials for vendor, credentials in found.items() if credentials is not None}


def callback_secrets(said: Mapping[str, str]) -> dict[str, str]:
    """What each vendor signs its callbacks with; a vendor without a secret may not call back."""
    found = {vendor: said.get(_variable(vendor, "CALLBACK_SECRET")) for vendor in CALLBACK_SECRETS}
    if any(secret and len(secret) < _SHORTEST_SECRET for secret in found.values()):
        raise BadInput(f"a FEEDBACK_LOOP_…_CALLBACK_SECRET is shorter than {_SHORTEST_SECRET} characters. Copy it again from the vendor.")
    return {vendor: secret for vendor, secret in found.items() if secret}


def how_to_say(vendor: str) -> str:
    """What an operator sets, as half a sentence."""
    forms = (" and ".join(_variable(vendor, name) for name in form) for form in FORMS[vendor])
    return f"Set {', or '.join(forms)}"


def is_credential(text: str) -> bool:
    """Whether it may stand in a header: a line break in it would begin another one."""
    return text.isascii() and text.isprintable() and " " not in text


_SHORTEST_SECRET = 16


def _variable(vendor: str, name: str) -> str:
    return f"{_PREFIX}{vendor.upper()}_{name}"
