"""Who asks a vendor: one whole set of its variables or a refusal, and a secret that nothing shows."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.credentials import FORMS, Credentials, all_credentials, callback_secrets, credentials_of, how_to_say
from feedback_loop.errors import BadInput

EMAIL, TOKEN, BEARER = "FEEDBACK_LOOP_JIRA_EMAIL", "FEEDBACK_LOOP_JIRA_API_TOKEN", "FEEDBACK_LOOP_JIRA_BEARER_TOKEN"


def test_an_account_or_a_bearer_token_asks_and_without_either_nobody_does() -> None:
    assert credentials_of("jira", {}) is None
    assert credentials_of("jira", {EMAIL: "", TOKEN: "", BEARER: ""}) is None
    assert credentials_of("jira", {EMAIL: "bot@example.com", TOKEN: "t1"}) == Credentials(
        "jira", {"EMAIL": "bot@example.com", "API_TOKEN": "t1"}
    )
    found = credentials_of("jira", {BEARER: "b1"})
    assert found is not None
    assert (found["BEARER_TOKEN"], found.get("EMAIL")) == ("b1", None)


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
        credentials_of("jira", said)
    assert "FEEDBACK_LOOP_JIRA_" in str(caught.value)
    assert not [word for word in ("s3c", "bot@", "elsewhere") if word in str(caught.value)]


@pytest.mark.parametrize("vendor", FORMS)
def test_each_set_of_a_vendor_suffices_and_the_error_says_which_there_are(vendor: str) -> None:
    for form in FORMS[vendor]:
        said = {f"FEEDBACK_LOOP_{vendor.upper()}_{name}": "v4lue" for name in form}
        assert all_credentials(said) == {vendor: Credentials(vendor, dict.fromkeys(form, "v4lue"))}
        assert all(name in how_to_say(vendor) for name in said)


def test_credentials_show_nothing_of_themselves() -> None:
    assert repr(Credentials("jira", {"BEARER_TOKEN": "b1"})) == "Credentials(vendor='jira')"


def test_a_vendor_may_call_back_only_with_a_secret_that_nobody_guesses() -> None:
    assert callback_secrets({}) == {}
    assert callback_secrets({"FEEDBACK_LOOP_SLACK_CALLBACK_SECRET": "s" * 32}) == {"slack": "s" * 32}
    with pytest.raises(BadInput) as caught:
        callback_secrets({"FEEDBACK_LOOP_SLACK_CALLBACK_SECRET": "sh0rt"})
    assert "sh0rt" not in str(caught.value)
