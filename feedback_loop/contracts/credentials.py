"""Who asks another system in the loop's name, as the environment's settings say it; `config.py` hands the settings in.

The rule that is easy to break: a secret is shown nowhere, so neither the values here nor a message about them repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_loop.errors import BadInput

_JIRA = "FEEDBACK_LOOP_JIRA_"
_NAMES = ("EMAIL", "API_TOKEN", "BEARER_TOKEN")


@dataclass(frozen=True)
class JiraCredentials:
    """An account's e-mail address with its API token, or a bearer token alone."""

    email: str | None = field(default=None, repr=False)
    api_token: str | None = field(default=None, repr=False)
    bearer_token: str | None = field(default=None, repr=False)


def jira_credentials(said: Mapping[str, str]) -> JiraCredentials | None:
    """What the FEEDBACK_LOOP_JIRA_* variables say; None without any. Raises BadInput where they are half there or no credentials."""
    email, api_token, bearer_token = (said.get(_JIRA + name) or None for name in _NAMES)
    if email is api_token is bearer_token is None:
        return None
    if (email is None) != (api_token is None) or (api_token is None) == (bearer_token is None):
        raise BadInput(f"give {_JIRA}EMAIL and {_JIRA}API_TOKEN, or {_JIRA}BEARER_TOKEN alone, to say who asks Jira.")
    if not all(map(_is_credential, filter(None, (email, api_token, bearer_token)))):
        raise BadInput(f"a value of {_JIRA}… has blanks or characters that no credential has. Copy it again.")
    return JiraCredentials(email, api_token, bearer_token)


def _is_credential(text: str) -> bool:
    """Whether it may stand in a header: a line break in it would begin another one."""
    return text.isascii() and text.isprintable() and " " not in text
