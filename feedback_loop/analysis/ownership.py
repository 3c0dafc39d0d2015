"""Who owns a complaint, and who mends, tells, refunds and signs off: one versioned table of classes, products and areas (R89, R90).

The seed lies beside this module as data; a home may replace it whole with its own file, which `workflows/owners` reads. Playbooks name the
same teams as owners (`remediation/playbooks`), and a company's taxonomy may name one for each of its classes. The rule that is easy to
break: a table without a default owner, with a team that nobody declared or with a rule that can never decide is refused as a whole,
because a fragment without an owner is nobody's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.vocab import ComplaintClass, TeamFunction
from feedback_loop.errors import OwnershipRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content

DEFAULT_RULE = "default"
TAXONOMY_RULE = "taxonomy"
"""What stands for the owner that a taxonomy names for its class; like the default no rule of a table."""

_VERSION_DIGITS = 12
_DUTIES = ("owner", "bug_fixes", "messaging", "refunds", "sign_off")
_PARTS = ("complaint_classes", "products", "product_areas")

Named = Annotated[str, Field(pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Duties(_Strict):
    """The team that owns a complaint and those that do what follows from it."""

    owner: Named
    bug_fixes: Named
    messaging: Named
    refunds: Named
    sign_off: Named


class OwnershipRule(_Strict):
    """One row of the table; a part that it leaves empty restricts nothing, a duty that it leaves out stays with the default."""

    rule_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    complaint_classes: tuple[ComplaintClass, ...] = ()
    products: tuple[Named, ...] = ()
    product_areas: tuple[Named, ...] = ()
    owner: Named
    bug_fixes: Named | None = None
    messaging: Named | None = None
    refunds: Named | None = None
    sign_off: Named | None = None

    @property
    def is_about_a_place(self) -> bool:
        """Whether it names products or areas, and so knows more than a class does."""
        return bool(self.products or self.product_areas)

    @property
    def part_count(self) -> int:
        """How many parts it names."""
        return sum(bool(getattr(self, part)) for part in _PARTS)

    def applies(self, complaint_class: str | None, product: str, product_area: str | None) -> bool:
        """Whether each part that it names fits; upper and lower case are one in products and areas."""
        values = (complaint_class, product.casefold(), product_area.strip().casefold() if product_area else None)
        return all(not named or value in named for named, value in zip(self._parts(), values, strict=True))

    def _parts(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(str(word).casefold() for word in getattr(self, part)) for part in _PARTS)


class Ownership(_Strict):
    """The whole table."""

    teams: Mapping[Named, TeamFunction]
    default: Duties
    rules: tuple[OwnershipRule, ...] = ()
    ownership_version: str = ""

    def rule_for(self, complaint_class: str | None, product: str, product_area: str | None) -> OwnershipRule | None:
        """The rule that decides: of those that apply the one that names most parts, the upper one where equal; None for the default."""
        fitting = [rule for rule in self.rules if rule.applies(complaint_class, product, product_area)]
        return max(fitting, key=lambda rule: rule.part_count, default=None)

    def duties_under(self, rule: OwnershipRule | None) -> Duties:
        """Who does what where the rule decides; the default where there is none."""
        named = {} if rule is None else {duty: team for duty in _DUTIES if (team := getattr(rule, duty)) is not None}
        return self.default.model_copy(update=named)


@dataclass(frozen=True)
class Owners:
    """The table, and the owners that a taxonomy names for its own classes; one who is no team of the table owns nothing."""

    table: Ownership
    of_classes: Mapping[str, str] = field(default_factory=dict)
    taxonomy_version: str = ""

    def owner(self, taxonomy_class: str | None, rule: OwnershipRule | None) -> tuple[str, str]:
        """The owner, and what decides: the taxonomy's word goes before every rule that names no product and no area."""
        named = self.of_classes.get(taxonomy_class or "")
        if named in self.table.teams and (rule is None or not rule.is_about_a_place):
            return str(named), TAXONOMY_RULE
        return self.table.duties_under(rule).owner, DEFAULT_RULE if rule is None else rule.rule_id

    @property
    def version(self) -> str:
        """The table's; with the taxonomy's where that names owners."""
        return f"{self.table.ownership_version}+{self.taxonomy_version}" if self.of_classes else self.table.ownership_version


@cache
def seed_ownership() -> Ownership:
    """The table that comes with the package."""
    return parse_ownership(seed_text())


def seed_text() -> str:
    """Its text, from which a home's own table may be written."""
    return (files("feedback_loop.analysis") / "ownership.yaml").read_text("utf-8")


def parse_ownership(text: str) -> Ownership:
    """The table of the YAML text; raises OwnershipRefused with everything that is wrong with it."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise OwnershipRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise OwnershipRefused(["the text holds no fields; name teams, default and rules"])
    try:
        table = Ownership.model_validate({**content, "ownership_version": content_hash(text)[:_VERSION_DIGITS]})
    except ValidationError as error:
        raise OwnershipRefused(list(field_problems(error, {"missing": "add it, somebody has to answer for it"}))) from error
    if problems := [*_unknown_teams(table), *_missing_functions(table), *_rules_in_vain(table)]:
        raise OwnershipRefused(problems)
    return table


def _unknown_teams(table: Ownership) -> Iterator[str]:
    for place, duties in [(DEFAULT_RULE, table.default), *((rule.rule_id, rule) for rule in table.rules)]:
        for duty in _DUTIES:
            team = getattr(duties, duty)
            if team is not None and team not in table.teams:
                yield f"{place}.{duty}: no team is called '{team}'; declare it under teams with its function"


def _missing_functions(table: Ownership) -> Iterator[str]:
    for function in sorted(set(TeamFunction) - set(table.teams.values())):
        yield f"teams: no team has the function '{function}'; name who answers for it"


def _rules_in_vain(table: Ownership) -> Iterator[str]:
    """Rules of one name, rules that take the default's name or its place, and rules that an upper one never lets decide."""
    ids = Counter(rule.rule_id for rule in table.rules)
    yield from (f"{rule_id}: two rules bear this name; rename one" for rule_id, count in ids.items() if count > 1)
    for number, rule in enumerate(table.rules):
        if rule.rule_id in (DEFAULT_RULE, TAXONOMY_RULE) or not rule.part_count:
            yield f"{rule.rule_id}: names no part, or is called as the default or the taxonomy; rename it, or write it under default"
        for upper in table.rules[:number]:
            if upper.part_count == rule.part_count and _covers(upper, rule):
                yield f"{rule.rule_id}: never decides, because '{upper.rule_id}' above it takes all of it; move it up or remove it"


def _covers(upper: OwnershipRule, rule: OwnershipRule) -> bool:
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in zip(upper._parts(), rule._parts(), strict=True))
