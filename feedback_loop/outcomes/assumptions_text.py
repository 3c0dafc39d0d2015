"""The assumptions as people write them: read from YAML, or refused as a whole with everything that is wrong with them.

The seed lies beside this module as data; a home may replace it whole with its own file, which `workflows/roi` reads. What an assumption
means is in `assumptions`. The rule that is easy to break: a figure that is left out is refused rather than guessed; to say that nobody
knows it, its value is null.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from feedback_loop.errors import AssumptionsRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.outcomes.assumptions import Assumption, Compared, Cost, RoiAssumptions, ShareAssumption

_WORDS = {
    "missing": "add it, with null for a value that nobody knows",
    "extra_forbidden": "is not known here; remove it, or mend its name as `roi show --template` writes it",
    "float_type": "is no number; write digits such as 12.5, without quotes",
    "model_type": "holds no fields; write them as `roi show --template` does",
    "string_pattern_mismatch": "says nothing; write who or what it is",
}
"""What to do about a problem, by pydantic's word for it, where its own message tells a programmer alone."""


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    agent_hour_usd: Assumption
    lost_per_complaint_share: ShareAssumption
    months_kept: Assumption
    usual_incident_hours: Assumption


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    assumptions: _Named
    costs: tuple[Cost, ...] = ()
    compared: Compared | None = None


@cache
def seed_assumptions() -> RoiAssumptions:
    """The assumptions that come with the package."""
    return parse_assumptions(seed_text())


def seed_text() -> str:
    """Their text, from which a home's own may be written."""
    return (files("feedback_loop.outcomes") / "roi_assumptions.yaml").read_text("utf-8")


def parse_assumptions(text: str) -> RoiAssumptions:
    """The assumptions of the YAML text; raises AssumptionsRefused with everything that is wrong with it."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise AssumptionsRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise AssumptionsRefused(["the text holds no fields; name assumptions and costs"])
    try:
        told = _Text.model_validate(content)
    except ValidationError as error:
        raise AssumptionsRefused(list(field_problems(error, _WORDS))) from error
    named = {name: getattr(told.assumptions, name) for name in _Named.model_fields}
    names = Counter([*named, *(cost.name for cost in told.costs)])
    if twice := [f"costs: '{name}' stands there twice, or is the name of an assumption; rename one" for name, n in names.items() if n > 1]:
        raise AssumptionsRefused(twice)
    return RoiAssumptions(**named, costs=told.costs, compared=told.compared)
