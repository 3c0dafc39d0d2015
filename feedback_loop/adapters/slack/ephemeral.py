"""Words for one person in Slack, at the address that came with what the person pressed: nobody else sees them, and nothing waits for them.

The rule that is easy to break: the address came in with a callback, so it is only used where it is one of Slack's own hosts.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from urllib.parse import urlsplit

from feedback_loop.adapters.transport import Transport
from feedback_loop.errors import BadInput, Refused

HOSTS = frozenset({"https://hooks.slack.com", "https://hooks.slack-gov.com"})
_WHAT, _TIMEOUT_SECONDS = "an answer to a press", 5.0


def tell(url: str, words: str, hosts: Collection[str] = HOSTS) -> bool:
    """Whether Slack took the words; that it did not changes nothing of what was done."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in hosts:
            return False
        with closing(Transport(origin, "slack", _TIMEOUT_SECONDS)) as transport:
            body = {"response_type": "ephemeral", "replace_original": False, "text": words}
            return transport.write("POST", parts.path, body, "answer", what=_WHAT).is_success
    except (ValueError, Refused, BadInput):
        return False
