"""The identity file: what it says is followed to the letter, and what it can't mean is told in one line without its secrets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.identity import Algorithm, KnownBy
from feedback_loop.errors import IdentityRefused, UnreadableFile
from feedback_loop.workflows.identity_file import IdentityRules, named_roles, parse_identity, read_identity
from feedback_loop.workflows.service_tokens import hashed

HASH = str(hashed("correct-horse-battery-staple-4711"))
ISSUER = "{name: company, issuer: 'https://id.example.com', audience: loop, keys_file: keys.json, groups: {leads: [support_lead]}}"
WHOLE = f"""
issuers:
  - name: company
    issuer: https://id.example.com
    audience: loop
    keys_url: https://id.example.com/keys
    algorithms: [ES256]
    person_claim: email
    groups_claim: [realm, roles]
    groups:
      leads: [support_lead, "approver:billing"]
      ops: [engineer_on_call]
  - {ISSUER.replace("company", "partner").replace("id.example", "id.partner")}
people:
  ada@example.com: {{accounts: [{{issuer: company, subject: "00u1"}}], slack: [U1], jira: ["5b1"]}}
  eve@example.com: {{is_disabled: true}}
services:
  - {{name: nightly, token_hash: "{HASH}", roles: [privacy_officer]}}
settings: {{groups_valid_hours: 8, keys_valid_hours: 2, leeway_seconds: 5}}
"""


@pytest.fixture(scope="module")
def rules() -> IdentityRules:
    return parse_identity(WHOLE)


def test_groups_give_roles_of_their_own_issuer_alone(rules: IdentityRules) -> None:
    company, partner = "https://id.example.com", "https://id.partner.com"
    assert rules.roles_of_groups(company, frozenset({"leads", "ops", "unknown"})) == (
        "approver:billing",
        "engineer_on_call",
        "support_lead",
    )
    assert rules.roles_of_groups(partner, frozenset({"leads", "ops"})) == ("support_lead",)
    assert rules.roles_of_groups("https://evil.example.com", frozenset({"leads"})) == ()


def test_people_are_found_by_what_they_are_called_elsewhere(rules: IdentityRules) -> None:
    assert rules.person_of("https://id.example.com", "00u1") == "ada@example.com"
    assert rules.person_of("https://id.partner.com", "00u1") is None
    assert rules.person_known_elsewhere(KnownBy.SLACK, "U1") == rules.person_known_elsewhere(KnownBy.JIRA, "5b1") == "ada@example.com"
    assert rules.person_known_elsewhere(KnownBy.SLACK, "5b1") is None
    assert [name for name in (*rules.people, "bo") if rules.is_disabled(name)] == ["eve@example.com"]


def test_issuers_are_given_to_whoever_verifies(rules: IdentityRules, tmp_path: Path) -> None:
    company, partner = rules.verifiable(tmp_path)
    assert (company.keys_url, company.algorithms, company.groups_claim) == (
        "https://id.example.com/keys",
        (Algorithm.ES256,),
        ("realm", "roles"),
    )
    assert (partner.keys_file, partner.groups_claim, partner.person_claim) == (tmp_path / "keys.json", ("groups",), "sub")
    assert (company.keys_valid, company.leeway, rules.groups_valid) == (timedelta(hours=2), timedelta(seconds=5), timedelta(hours=8))
    assert named_roles(rules) == {"approver:billing", "engineer_on_call", "support_lead", "privacy_officer"}


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("people: {}", True),
        (f"issuers: [{ISSUER}]", False),
        (f"issuers: [{ISSUER}]\nsettings: {{local_users: true}}", True),
        ("settings: {local_users: false}", False),
    ],
)
def test_names_are_believed_only_where_nobody_vouches_for_people_or_the_file_says_so(text: str, is_allowed: bool) -> None:
    assert parse_identity(text).allows_local is is_allowed


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no fields"),
        ("- a", "holds no fields"),
        ("issuers: [", "is no YAML"),
        ("issuers: []\nissuers: []", "stands twice"),
        ("isuers: []", "isuers: Extra inputs"),
        (changed("audience: loop\n    keys_url", "keys_url"), "issuers.0.audience: add it"),
        (changed("[ES256]", "[HS256]"), "issuers.0.algorithms.0"),
        (changed("[ES256]", "[none]"), "issuers.0.algorithms.0"),
        (changed("[ES256]", "[]"), "issuers.0.algorithms"),
        (changed("https://id.example.com/keys", "http://id.example.com/keys"), "issuers.company.keys_url: give an https address"),
        (changed("https://id.example.com/keys", "https://a:b@id.example.com"), "issuers.company.keys_url: give an https address"),
        (changed("https://id.example.com/keys", "keys"), "issuers.company.keys_url: give an https address"),
        (changed("    keys_url: https://id.example.com/keys\n", ""), "issuers.company: name one of keys_url and keys_file"),
        (changed("name: partner", "name: company"), "two bear the name 'company'"),
        (changed("https://id.partner.com", "https://id.example.com"), "two are 'https://id.example.com'"),
        (changed("eve@example.com: {", "eve@example.com: {slack: [U1], "), "two have the slack id 'U1'"),
        (changed("eve@example.com: {", "eve@example.com: {accounts: [{issuer: company, subject: 00u1}], "), "two have the account"),
        (changed("issuer: company, subject", "issuer: other, subject"), "no issuer is called 'other'"),
        (changed("eve@example.com", "feedback_loop"), "people.feedback_loop: the name is taken"),
        (changed("eve@example.com", "nightly"), "people.nightly: the name is taken"),
        (changed("[privacy_officer]", "['approver:billing']"), "services.nightly.roles: a service never approves"),
        (changed(HASH, "my-plain-token-that-is-no-hash-at-all"), "services.nightly.token_hash: is none; paste"),
        (changed("services:", f"services:\n  - {{name: other, token_hash: '{HASH}'}}"), "two have one token hash; give each"),
        (changed('"approver:billing"', '"aprover:billing"'), "the role 'aprover:billing' is none"),
        (changed("groups_valid_hours: 8", "groups_valid_hours: 0"), "settings.groups_valid_hours"),
        (changed("leeway_seconds: 5", "leeway_seconds: 3600"), "settings.leeway_seconds"),
        (changed("is_disabled: true", "is_disabled: maybe"), "people.eve@example.com.is_disabled"),
    ],
)  # fmt: skip
def test_what_the_file_cannot_mean_is_one_line_that_says_where(text: str, problem: str) -> None:
    with pytest.raises(IdentityRefused) as caught:
        parse_identity(text)
    assert problem in " ".join(caught.value.problems)
    assert "\n" not in str(caught.value)
    assert "my-plain-token" not in str(caught.value)
    assert HASH not in str(caught.value)


def test_a_home_without_the_file_has_no_rules_and_one_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    assert read_identity(tmp_path / "identity.yaml") is None
    (tmp_path / "identity.yaml").symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(UnreadableFile):
        read_identity(tmp_path / "identity.yaml")


def test_the_file_that_is_refused_is_named(tmp_path: Path) -> None:
    file = tmp_path / "identity.yaml"
    file.write_text("issuers: 1", encoding="utf-8")
    with pytest.raises(IdentityRefused, match=r"identity\.yaml"):
        read_identity(file)
