"""The headers as the standards' own examples have them."""

from __future__ import annotations

from feedback_loop.adapters.authorization import basic, bearer, jira_account, zendesk_agent
from feedback_loop.contracts.credentials import Credentials


def test_headers_are_those_of_the_standards() -> None:
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert bearer("mF_9.B5f-4.1JqM") == "Bearer mF_9.B5f-4.1JqM"


def test_a_vendor_is_asked_as_an_account_or_by_a_token_alone() -> None:
    account = {"EMAIL": "a@b.c", "API_TOKEN": "t"}
    assert jira_account(Credentials("jira", account)) == basic("a@b.c", "t")
    assert zendesk_agent(Credentials("zendesk", account)) == basic("a@b.c/token", "t")
    assert jira_account(Credentials("jira", {"BEARER_TOKEN": "t"})) == bearer("t")
    assert zendesk_agent(Credentials("zendesk", {"OAUTH_TOKEN": "t"})) == bearer("t")
