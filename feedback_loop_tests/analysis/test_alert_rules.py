"""Rules of share alerts as a company writes them: read as they are meant, and refused as a whole where a word is wrong."""

from __future__ import annotations

import pytest
import yaml

from feedback_loop.analysis.alert_rules import parse_rules, seed_rules, seed_text
from feedback_loop.analysis.share_trigger import SEED_RULES
from feedback_loop.errors import AlertRulesRefused

CHECKOUT = {"rule_id": "checkout", "share": 0.18, "window_hours": 6, "words": ["checkout"], "dimensions": ["browser"]}


def text_of(*rules: dict[str, object]) -> str:
    return yaml.safe_dump({"rules": list(rules)})


def problems(text: str) -> list[str]:
    with pytest.raises(AlertRulesRefused) as refused:
        parse_rules(text)
    return refused.value.problems


def test_the_seed_is_the_share_of_eighteen_per_cent_within_six_hours() -> None:
    assert seed_rules() == parse_rules(seed_text()) == SEED_RULES


def test_what_a_rule_leaves_out_is_as_in_the_seed() -> None:
    [rule] = parse_rules(text_of({"rule_id": "plain", "share": 0.3, "window_hours": 2}))
    seed = SEED_RULES[0].limits
    assert (rule.limits.share, rule.limits.window_hours, rule.words, rule.complaint_classes) == (0.3, 2, (), ())
    assert (rule.limits.chance, rule.limits.dimensions, rule.limits.quiet_days) == (seed.chance, seed.dimensions, seed.quiet_days)


def test_a_rule_says_of_whom_and_about_what() -> None:
    [rule] = parse_rules(text_of({**CHECKOUT, "complaint_classes": ["billing"], "products": ["Lumen"]}))
    assert (rule.rule_id, rule.words, rule.complaint_classes, rule.products) == ("checkout", ("checkout",), ("billing",), ("Lumen",))
    assert rule.limits.dimensions == ("browser",)


def test_no_rule_at_all_is_a_choice() -> None:
    assert parse_rules("rules: []") == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"share": 18}, "rules.0.share"),
        ({"window_hours": 0}, "rules.0.window_hours"),
        ({"windov_hours": 3}, "rules.0.windov_hours: there is no such field"),
        ({"window_hours": True}, "write a number, not yes or no"),
        ({"share": True}, "write a number, not yes or no"),
        ({"share": float("nan")}, "rules.0.share"),
        ({"fewest_records": 10**30}, "rules.0.fewest_records"),
        ({"words": "checkout"}, "rules.0.words: write a list"),
        ({"complaint_classes": ["billling"]}, "rules.0.complaint_classes.0"),
        ({"complaint_classes": ["praise"]}, "'praise' is no class of issues"),
        ({"dimensions": ["browsers"]}, "'browsers' is none; choose of"),
        ({"rule_id": "Two Words"}, "rules.0.rule_id"),
        ({"chance": 0.0}, "rules.0.chance"),
    ],
)
def test_a_wrong_word_or_figure_is_named_in_one_line(changes: dict[str, object], said: str) -> None:
    [problem] = problems(text_of({**CHECKOUT, **changes}))
    assert said in problem
    assert "\n" not in problem


def test_two_rules_of_one_name_and_a_missing_share_are_refused() -> None:
    assert problems(text_of(CHECKOUT, CHECKOUT)) == ["checkout: two rules bear this name; rename one"]
    assert problems(text_of({"rule_id": "a", "window_hours": 6})) == ["rules.0.share: add it"]


def test_numbers_that_yaml_takes_for_texts_are_numbers() -> None:
    [rule] = parse_rules("rules: [{rule_id: a, share: '0.2', window_hours: 6, chance: 1e-4}]")
    assert (rule.limits.share, rule.limits.chance) == (0.2, 1e-4)


def test_thousands_of_rules_are_refused() -> None:
    assert "at most 200 items" in problems(text_of(*({**CHECKOUT, "rule_id": f"a{n}"} for n in range(201))))[0]


@pytest.mark.parametrize("text", ["", "- a", "rules: [", "rules: 3"])
def test_what_holds_no_rules_is_refused(text: str) -> None:
    assert len(problems(text)) == 1
