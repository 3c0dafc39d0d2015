"""What stands in the Authorization header of a request, by the kinds that vendors take."""

from __future__ import annotations

from base64 import b64encode

from feedback_loop.contracts.credentials import Credentials


def basic(user: str, secret: str) -> str:
    """A user and a secret (RFC 7617)."""
    return "Basic " + b64encode(f"{user}:{secret}".encode()).decode()


def bearer(token: str) -> str:
    """A token alone (RFC 6750)."""
    return f"Bearer {token}"


def jira_account(credentials: Credentials) -> str:
    """An account's address with its API token, or a bearer token, as Jira takes them."""
    token = credentials.get("BEARER_TOKEN")
    return basic(credentials["EMAIL"], credentials["API_TOKEN"]) if token is None else bearer(token)


def zendesk_agent(credentials: Credentials) -> str:
    """An agent's address, marked as such, with an API token, or an OAuth token, as Zendesk takes them."""
    token = credentials.get("OAUTH_TOKEN")
    return basic(f"{credentials['EMAIL']}/token", credentials["API_TOKEN"]) if token is None else bearer(token)
