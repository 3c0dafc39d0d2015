"""Who asks Jira: all of it or a refusal, and a secret that nothing shows."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.credentials import JiraCredentials, jira_credentials
from feedback_loop.errors import BadInput

EMAIL, TOKEN, BEARER = "FEEDBACK_LOOP_JIRA_EMAIL", "FEEDBACK_LOOP_JIRA_API_TOKEN", "FEEDBACK_LOOP_JIRA_BEARER_TOKEN"


def test_an_account_or_a_bearer_token_asks_and_without_either_nobody_does() -> None:
    assert jira_credentials({}) is None
    assert jira_credentials({EMAIL: "", TOKEN: "", BEARER: ""}) is None
    assert jira_credentials({EMAIL: "bot@example.com", TOKEN: "t1"}) == JiraCredentials("bot@example.com", "t1", None)
    assert jira_credentials({BEARER: "b1"}) == JiraCredentials(None, None, "b1")


@pytest.mark.parametrize(
    "said",
    [
        {EMAIL: "bot@example.com"},
        {TOKEN: "s3cret"},
        {EMAIL: "bot@example.com", BEARER: "s3cret"},
        {EMAIL: "bot@example.com", TOKEN: "s3cret", BEARER: "s3cret"},
        {TOKEN: "s3cret", BEARER: "s3cret"},
        {BEARER: "s3cret\r\nHost: elsewhere"},
        {BEARER: "s3cret and more"},
        {EMAIL: "bot@example.com", TOKEN: "s3crét"},
    ],
)
def test_half_of_it_or_what_no_header_bears_is_refused_without_being_repeated(said: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        jira_credentials(said)
    assert "FEEDBACK_LOOP_JIRA_" in str(caught.value)
    assert not [word for word in ("s3c", "bot@", "elsewhere") if word in str(caught.value)]


def test_credentials_show_nothing_of_themselves() -> None:
    assert repr(JiraCredentials("bot@example.com", "t1", "b1")) == "JiraCredentials()"
