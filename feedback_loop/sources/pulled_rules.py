"""Which systems are asked for what customers say, as a company writes it in sources.yaml: read from YAML, or refused as a whole.

How one is asked stands in `adapters/vendor_pages`, when in `defs/`. The rule that is easy to break: nothing is asked until it is switched
on, and of one vendor only one site, because there is one set of credentials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from feedback_loop.errors import SourcesRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.named_settings import setting_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.sources.pulled_kinds import PULLED, PulledKind
from feedback_loop.sources.registry import source_named

_MOST_SOURCES, _MOST_MINUTES = 200, 24 * 60


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number, not yes or no")
    return value


def _text_of_number(value: object) -> object:
    """A setting that looks like a number is the text that it was written as."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Named = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=200)]
Told = Annotated[Named, BeforeValidator(_text_of_number)]


class PulledRule(BaseModel):
    """One source: where it is, what it is about, and how often it is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: PulledKind
    address: Named
    product: Named | None = None
    """The product that its rows are about, where they don't name it."""
    switched_on: bool = False
    since: date
    """The first pull begins on this day (UTC)."""
    every_minutes: Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=_MOST_MINUTES)] = 15
    settings: Mapping[Named, Told] = Field(default_factory=dict)

    @property
    def reader(self) -> str:
        """The name of the reader of its pages."""
        return PULLED[self.kind].reader

    @property
    def begins_at(self) -> datetime:
        """The first instant of its first day."""
        return datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)


class _Sources(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: Annotated[Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")], PulledRule], Field(max_length=_MOST_SOURCES)]


def parse_sources(text: str) -> dict[str, PulledRule]:
    """The sources of the YAML text by name; raises SourcesRefused with everything that is wrong with them."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise SourcesRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise SourcesRefused(["the text holds no fields; name each source under sources"])
    try:
        found = dict(_Sources.model_validate(content).sources)
    except ValidationError as error:
        raise SourcesRefused(list(field_problems(error, _SAID))) from error
    if problems := [*_at_odds(found), *(p for name, one in found.items() for p in _at_odds_with_itself(name, one))]:
        raise SourcesRefused(problems)
    return found


_SAID = {"missing": "add it", "extra_forbidden": "there is no such field; it may be misspelt"}


def _at_odds(found: Mapping[str, PulledRule]) -> Iterator[str]:
    for vendor in sorted({vendor for one in found.values() if (vendor := PULLED[one.kind].vendor) is not None}):
        if len({one.address for one in found.values() if PULLED[one.kind].vendor == vendor}) > 1:
            yield f"address: the sources of {vendor} name two sites, but there is one set of credentials; give all the same address"


def _at_odds_with_itself(name: str, one: PulledRule) -> Iterator[str]:
    yield from setting_problems(name, one.kind, one.settings, PULLED[one.kind].settings)
    needs_product = source_named(one.reader).needs_product
    if needs_product and one.product is None:
        yield f"{name}.product: add it, for what {one.kind} tells does not name its product"
    if not needs_product and one.product is not None:
        yield f"{name}.product: remove it, for what {one.kind} tells names its product"


def told(rule: PulledRule) -> dict[str, Any]:
    """The rule as data that may be shown: there is no secret in it."""
    return rule.model_dump(mode="json")
