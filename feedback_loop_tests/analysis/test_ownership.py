"""The ownership table: the rule that names most decides, nothing is without an owner, and a bad table is refused as a whole."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.ownership import Owners, parse_ownership, seed_ownership, seed_text
from feedback_loop.contracts.vocab import ComplaintClass, TeamFunction
from feedback_loop.errors import OwnershipRefused

TEAMS = {"desk": "support", "makers": "engineering", "planners": "product", "friends": "success"}
DEFAULT = {"owner": "desk", "bug_fixes": "makers", "messaging": "desk", "refunds": "desk", "sign_off": "planners"}


def text_of(*rules: dict[str, object], **changes: object) -> str:
    return yaml.safe_dump({"teams": TEAMS, "default": DEFAULT, "rules": list(rules)} | changes)


def rule(rule_id: str, **parts: object) -> dict[str, object]:
    return {"rule_id": rule_id, "owner": "makers"} | parts


def decider(text: str, complaint_class: str | None = "billing", product: str = "Lumen", area: str | None = None) -> str | None:
    found = parse_ownership(text).rule_for(complaint_class, product, area)
    return found.rule_id if found else None


def problems(text: str) -> list[str]:
    with pytest.raises(OwnershipRefused) as refused:
        parse_ownership(text)
    return refused.value.problems


def test_the_default_decides_where_no_rule_applies() -> None:
    assert decider(text_of(rule("money", complaint_classes=["billing"])), "crash") is None


def test_the_rule_that_names_most_parts_decides_wherever_it_stands() -> None:
    rules = [rule("money", complaint_classes=["billing"]), rule("lumen-money", complaint_classes=["billing"], products=["Lumen"])]
    assert decider(text_of(*rules)) == decider(text_of(*reversed(rules))) == "lumen-money"


def test_of_rules_that_name_as_many_parts_the_upper_one_decides() -> None:
    rules = [rule("lumen", products=["Lumen"]), rule("money", complaint_classes=["billing"])]
    assert decider(text_of(*rules)) == "lumen"
    assert decider(text_of(*reversed(rules))) == "money"


def test_products_and_areas_are_compared_in_any_case() -> None:
    text = text_of(rule("help", products=["LUMEN"], product_areas=["Help Center"]))
    assert decider(text, area="  help center ") == "help"
    assert decider(text, area="help") is None
    assert decider(text, area=None) is None


def test_an_undecided_class_is_taken_by_no_rule_about_classes() -> None:
    text = text_of(rule("money", complaint_classes=["billing"]), rule("docs", product_areas=["docs"]))
    assert decider(text, None) is None
    assert decider(text, None, area="docs") == "docs"


def test_duties_that_a_rule_leaves_out_stay_with_the_default() -> None:
    table = parse_ownership(text_of(rule("money", complaint_classes=["billing"], refunds="friends")))
    duties = table.duties_under(table.rules[0])
    assert (duties.owner, duties.refunds, duties.messaging, duties.sign_off) == ("makers", "friends", "desk", "planners")
    assert table.duties_under(None) == table.default


def test_the_version_follows_from_the_text() -> None:
    one, same, other = text_of(), text_of(), text_of(rule("docs", product_areas=["docs"]))
    versions = [parse_ownership(text).ownership_version for text in (one, same, other)]
    assert versions[0] == versions[1] != versions[2]


@pytest.mark.parametrize("duty", DEFAULT)
def test_a_default_without_a_duty_is_refused(duty: str) -> None:
    left = {name: team for name, team in DEFAULT.items() if name != duty}
    assert problems(text_of(default=left)) == [f"default.{duty}: add it, somebody has to answer for it"]


def test_a_blank_owner_is_refused() -> None:
    assert any(p.startswith("default.owner") for p in problems(text_of(default=DEFAULT | {"owner": " "})))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (text_of(rule("money", complaint_classes=["billing"], refunds="bank")), "money.refunds: no team is called 'bank'"),
        (text_of(teams={name: f for name, f in TEAMS.items() if f != "success"}), "no team has the function 'success'"),
        (text_of(rule("a", products=["x"]), rule("a", products=["y"])), "a: two rules bear this name"),
        (text_of(rule("all")), "all: names no part"),
        (text_of(rule("default", products=["x"])), "default: names no part, or is called as the default or the taxonomy"),
        (text_of(rule("a", products=["x", "y"]), rule("b", products=["Y"])), "b: never decides, because 'a'"),
        (text_of(rule("a", complaint_classes=["weather"])), "rules.0.complaint_classes.0"),
        (text_of(rule("a", products=["x"], boss="me")), "rules.0.boss"),
        ("a: [", "no YAML"),
        ("just words", "no fields"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(text: str, problem: str) -> None:
    assert any(problem in found for found in problems(text))


def test_a_rule_below_a_narrower_one_still_decides() -> None:
    text = text_of(rule("a", products=["x"]), rule("b", products=["x", "y"]), rule("c", complaint_classes=["billing"]))
    assert decider(text, "crash", "y") == "b"


def test_the_seed_names_all_functions_and_sends_each_class_to_somebody() -> None:
    table = seed_ownership()
    assert set(table.teams.values()) == set(TeamFunction)
    owners = {c: table.duties_under(table.rule_for(c, "any", None)).owner for c in ComplaintClass}
    assert (owners[ComplaintClass.BILLING], owners[ComplaintClass.OTHER]) == ("billing-team", "support-operations")
    assert table.rule_for("billing", "any", "Plans") != table.rule_for("billing", "any", None)
    assert parse_ownership(seed_text()) == table


@given(st.sampled_from([None, *ComplaintClass]), st.text(max_size=20), st.none() | st.text(max_size=20))
def test_everything_has_an_owner_that_is_a_team(complaint_class: str | None, product: str, area: str | None) -> None:
    table = seed_ownership()
    duties = table.duties_under(table.rule_for(complaint_class, product, area))
    assert {duties.owner, duties.bug_fixes, duties.messaging, duties.refunds, duties.sign_off} <= set(table.teams)


def owned(taxonomy_class: str | None, area: str | None = None, named: str = "friends") -> tuple[str, str]:
    table = parse_ownership(
        text_of(
            rule("money", complaint_classes=["billing"]),
            rule("help", complaint_classes=["billing"], product_areas=["help"], owner="planners"),
        )
    )
    return Owners(table, {"card_declined": named}, "t1").owner(taxonomy_class, table.rule_for("billing", "Lumen", area))


def test_a_class_of_a_taxonomy_is_owned_by_whom_it_names_before_every_rule_about_classes() -> None:
    assert owned("card_declined") == ("friends", "taxonomy")
    assert owned("other_class") == owned(None) == ("makers", "money")


def test_a_rule_about_an_area_knows_more_than_a_class_does() -> None:
    assert owned("card_declined", area="help") == ("planners", "help")


def test_an_owner_of_a_class_who_is_no_team_owns_nothing() -> None:
    assert owned("card_declined", named="nobody") == ("makers", "money")


def test_no_rule_takes_the_name_of_the_taxonomy() -> None:
    assert problems(text_of(rule("taxonomy", complaint_classes=["billing"])))
