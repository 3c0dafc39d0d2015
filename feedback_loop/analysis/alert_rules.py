"""The rules by which a share of some hours is an alert, as a company writes them: read from YAML, or refused as a whole.

The seed lies beside this module as data; a home may replace it with its own file, which `workflows/alert_rules` reads. When a rule fires
is in `share_trigger`. The rule that is easy to break: a misspelt word must be refused, not ignored, or a rule that somebody relies on never
fires.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from feedback_loop.analysis.share_trigger import ShareLimits, ShareRule
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, ComplaintClass
from feedback_loop.errors import AlertRulesRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

_LONGEST_HOURS, _MOST_QUIET_DAYS, _MOST_RECORDS, _MOST_RULES = 48, 7, 1_000_000, 200

Named = Annotated[str, Field(pattern=r"\S")]


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number, not yes or no")
    return value


Whole = Annotated[int, BeforeValidator(_no_flag)]
Share = Annotated[float, BeforeValidator(_no_flag), Field(gt=0.0, le=1.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rule(_Strict):
    rule_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    share: Share
    window_hours: Annotated[Whole, Field(ge=1, le=_LONGEST_HOURS)]
    products: tuple[Named, ...] = ()
    complaint_classes: tuple[ComplaintClass, ...] = ()
    words: tuple[Named, ...] = ()
    dimensions: tuple[str, ...] = ShareLimits.dimensions
    fewest_records: Annotated[Whole, Field(ge=1, le=_MOST_RECORDS)] = ShareLimits.fewest_records
    chance: Share = ShareLimits.chance
    quiet_days: Annotated[Whole, Field(ge=1, le=_MOST_QUIET_DAYS)] = ShareLimits.quiet_days

    def told(self) -> ShareRule:
        """The rule as the trigger takes it."""
        limits = ShareLimits(
            share=self.share,
            window_hours=self.window_hours,
            fewest_records=self.fewest_records,
            chance=self.chance,
            quiet_days=self.quiet_days,
            dimensions=self.dimensions,
        )
        return ShareRule(self.rule_id, limits, self.products, tuple(map(str, self.complaint_classes)), self.words)


class _Rules(_Strict):
    rules: Annotated[tuple[_Rule, ...], Field(max_length=_MOST_RULES)]


@cache
def seed_rules() -> tuple[ShareRule, ...]:
    """The rules that come with the package."""
    return parse_rules(seed_text())


def seed_text() -> str:
    """Their text, from which a home's own rules may be written."""
    return (files("feedback_loop.analysis") / "alert_rules.yaml").read_text("utf-8")


def parse_rules(text: str) -> tuple[ShareRule, ...]:
    """The rules of the YAML text; raises AlertRulesRefused with everything that is wrong with them."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise AlertRulesRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise AlertRulesRefused(["the text holds no fields; list the rules under rules"])
    try:
        found = _Rules.model_validate(content)
    except ValidationError as error:
        raise AlertRulesRefused(list(field_problems(error, _SAID))) from error
    if problems := list(_in_vain(found)):
        raise AlertRulesRefused(problems)
    return tuple(rule.told() for rule in found.rules)


_SAID = {"missing": "add it", "extra_forbidden": "there is no such field; it may be misspelt", "tuple_type": "write a list"}


def _in_vain(found: _Rules) -> Iterator[str]:
    """Two rules of one name, dimensions that no record has, and classes that nobody complains in."""
    ids = Counter(rule.rule_id for rule in found.rules)
    yield from (f"{rule_id}: two rules bear this name; rename one" for rule_id, count in ids.items() if count > 1)
    for rule in found.rules:
        for dimension in rule.dimensions:
            if dimension not in SCOPE_DIMENSIONS:
                yield f"{rule.rule_id}.dimensions: '{dimension}' is none; choose of {', '.join(SCOPE_DIMENSIONS)}"
        for name in rule.complaint_classes:
            if name not in ISSUE_CLASSES:
                why = f"'{name}' is no class of issues, so it never fires"
                yield f"{rule.rule_id}.complaint_classes: {why}; choose of {', '.join(ISSUE_CLASSES)}"
