"""The policy as people write it: read from YAML, or refused as a whole with everything that is wrong with it.

The seed lies beside this module as data; a home may replace it whole with its own file, which `workflows/sla` reads. What a policy means
is in `sla_policy`. The rule that is easy to break: a rule that can never decide, or a target that its calendar can never make due, is a
promise that nobody keeps without anybody knowing, so it is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml
from pydantic import ValidationError

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.errors import SlaPolicyRefused
from feedback_loop.methods.field_problems import ADD_IT, field_problems
from feedback_loop.methods.working_time.public_holidays import holidays_version
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.outcomes.sla_policy import DAILY_REVIEW, DEFAULT_RULE, SlaDefault, SlaPolicy, SlaRule, length_of

_VERSION_DIGITS = 12
# YAML takes NO for a flag and 1 for a number, and neither is the country or the tier that was meant.
_ADVICE = {**ADD_IT, "string_type": "Input should be a valid string; put it in quotes"}


@cache
def seed_sla_policy() -> SlaPolicy:
    """The policy that comes with the package."""
    return parse_sla_policy(seed_text())


def seed_text() -> str:
    """Its text, from which a home's own may be written."""
    return (files("feedback_loop.outcomes") / "sla_policy.yaml").read_text("utf-8")


def parse_sla_policy(text: str) -> SlaPolicy:
    """The policy of the YAML text; raises SlaPolicyRefused with everything that is wrong with it."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise SlaPolicyRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise SlaPolicyRefused(["the text holds no fields; name calendars, default and rules"])
    version = f"{content_hash(text)[:_VERSION_DIGITS]}+{holidays_version()}"
    try:
        policy = SlaPolicy.model_validate({**content, "policy_version": version})
    except ValidationError as error:
        raise SlaPolicyRefused(list(field_problems(error, _ADVICE))) from error
    if problems := [*_wrong_promises(policy), *_rules_in_vain(policy)]:
        raise SlaPolicyRefused(problems)
    return policy


def _wrong_promises(policy: SlaPolicy) -> Iterator[str]:
    """Calendars that nobody described, reviews that a calendar does not hold, and targets that are due in another order than the stages."""
    rows: list[tuple[str, SlaDefault | SlaRule]] = [(DEFAULT_RULE, policy.default), *((rule.rule_id, rule) for rule in policy.rules)]
    for place, written in rows:
        calendar = written.calendar or policy.default.calendar
        if calendar not in policy.calendars:
            yield f"{place}.calendar: no calendar is called '{calendar}'; describe it under calendars"
        elif policy.calendars[calendar].daily_review is None and DAILY_REVIEW in written.targets.model_dump().values():
            yield f"{place}.targets: the calendar '{calendar}' has no daily_review; add it there, or write hours"
        yield from _wrong_order(place, written)


def _wrong_order(place: str, written: SlaDefault | SlaRule) -> Iterator[str]:
    texts = [(stage, written.targets.of(stage)) for stage in SlaStage]
    lengths = [(stage, length_of(text)) for stage, text in texts if text is not None and text != DAILY_REVIEW]
    for (earlier, sooner), (later, longer) in pairwise(lengths):
        if longer < sooner:
            yield f"{place}.targets: {later} is due before {earlier}, which comes first; give it as much time at least"


def _rules_in_vain(policy: SlaPolicy) -> Iterator[str]:
    """Rules of one name, rules that take the default's name or its place, and rules that an upper one never lets decide."""
    ids = Counter(rule.rule_id for rule in policy.rules)
    yield from (f"{rule_id}: two rules bear this name; rename one" for rule_id, count in ids.items() if count > 1)
    for number, rule in enumerate(policy.rules):
        if rule.rule_id == DEFAULT_RULE or not rule.part_count:
            yield f"{rule.rule_id}: names no part, or is called as the default; rename it, or write it under default"
        for upper in policy.rules[:number]:
            if upper.part_count == rule.part_count and _covers(upper, rule):
                yield f"{rule.rule_id}: never decides, because '{upper.rule_id}' above it takes all of it; move it up or remove it"


def _covers(upper: SlaRule, rule: SlaRule) -> bool:
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in zip(upper.parts(), rule.parts(), strict=True))
