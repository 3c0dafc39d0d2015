"""Which action goes to which tool, as a company writes it in connectors.yaml: read from YAML, or refused as a whole.

Here are the rules only; what each kind of tool can do is in `connector_kinds`, the tools themselves are opened in `adapters/connectors`,
and how actions reach them is in `workflows/lanes`. The rule that is easy to break: whatever is not said is not allowed. A connector is a
dry run until it is switched on, it takes no kind that it does not name, and one that is limited to some environments changes no running
system for an action that names none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind, RefusalReason
from feedback_loop.errors import ConnectorsRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.named_settings import setting_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.remediation.connector_kinds import TRAITS, WORK_ITEMS, ConnectorKind

__all__ = ["WORK_ITEMS", "Connector", "ConnectorKind", "environment_refusal", "parse_connectors", "untaken"]

_TOUCHES_WHAT_RUNS = (ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG, ActionKind.RETRY_JOB)
_ENVIRONMENT = ("environment", "environments")
_MOST_CONNECTORS, _MOST_A_MINUTE, _MOST_FAILURES, _LONGEST_MINUTES = 50, 6_000, 100, 24 * 60
_NAMELESS = "none"
"""What the outbox writes where no connector was chosen yet."""


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number, not yes or no")
    return value


Whole = Annotated[int, BeforeValidator(_no_flag)]
Named = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=80)]
ProjectKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,19}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Connector(_Strict):
    """One tool: where it is, what it takes, and how it is treated when it fails."""

    kind: ConnectorKind
    address: Named
    switched_on: bool = False
    takes: Annotated[tuple[ActionKind, ...], Field(min_length=1)]
    environments: Annotated[tuple[Named, ...], Field(min_length=1)] | None = None
    """None limits nothing."""
    project: ProjectKey | None = None
    issue_type: Named = "Task"
    projects: Mapping[ActionKind, ProjectKey] = Field(default_factory=dict)
    """The project of another team for a kind of action that is theirs."""
    issue_types: Mapping[ActionKind, Named] = Field(default_factory=dict)
    settings: Mapping[Named, Named] = Field(default_factory=dict)
    """What else a kind has to know, such as a channel or a service; which, its traits say."""
    most_per_minute: Annotated[Whole, Field(ge=1, le=_MOST_A_MINUTE)] = 60
    failures_to_open: Annotated[Whole, Field(ge=1, le=_MOST_FAILURES)] = 3
    minutes_open: Annotated[Whole, Field(ge=1, le=_LONGEST_MINUTES)] = 5

    def project_of(self, kind: ActionKind) -> str:
        """The Jira project in which an action of the kind becomes an issue."""
        return self.projects.get(kind) or self.project or ""

    def issue_type_of(self, kind: ActionKind) -> str:
        """The type of that issue."""
        return self.issue_types.get(kind, self.issue_type)


class _Connectors(_Strict):
    connectors: Annotated[Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")], Connector], Field(max_length=_MOST_CONNECTORS)]


def parse_connectors(text: str) -> dict[str, Connector]:
    """The connectors of the YAML text by name; raises ConnectorsRefused with everything that is wrong with them."""
    try:
        content = yaml_content(text)
    except yaml.YAMLError as error:
        raise ConnectorsRefused([f"the text {why_no_yaml(error)}"]) from error
    if not isinstance(content, dict):
        raise ConnectorsRefused(["the text holds no fields; name each connector under connectors"])
    try:
        found = dict(_Connectors.model_validate(content).connectors)
    except ValidationError as error:
        raise ConnectorsRefused(list(field_problems(error, _SAID))) from error
    if problems := [*_at_odds(found), *(p for name, one in found.items() for p in _at_odds_with_itself(name, one))]:
        raise ConnectorsRefused(problems)
    return found


def untaken(connectors: Mapping[str, Connector]) -> list[ActionKind]:
    """The kinds of work that no connector takes, so that their actions wait; a reversal goes where its action went."""
    taken = {kind for one in connectors.values() for kind in one.takes}
    return [kind for kind in WORK_ITEMS if kind not in taken and kind not in TAKES_BACK]


def environment_refusal(connector: Connector, kind: ActionKind, arguments: Mapping[str, Any]) -> RefusalReason | None:
    """Why the action may not go to this connector, judged by the environments that its arguments name, at whatever depth."""
    if connector.environments is None:
        return None
    named = set(_environments_in(arguments))
    is_allowed = named <= set(connector.environments) if named else kind not in _TOUCHES_WHAT_RUNS
    return None if is_allowed else RefusalReason.ENVIRONMENT_NOT_ALLOWED


def _environments_in(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if str(name).lower() in _ENVIRONMENT:
                yield from map(str, inner if isinstance(inner, list | tuple) else [inner])
            else:
                yield from _environments_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _environments_in(inner)


_SAID = {"missing": "add it", "extra_forbidden": "there is no such field; it may be misspelt", "tuple_type": "write a list"}


def _at_odds(found: Mapping[str, Connector]) -> Iterator[str]:
    """Kinds that two connectors take, and tools of one vendor at two sites, of which only one could be meant by the credentials."""
    count = Counter(kind for one in found.values() for kind in set(one.takes))
    for kind in sorted(kind for kind, number in count.items() if number > 1):
        names = ", ".join(name for name, one in found.items() if kind in one.takes)
        yield f"{kind}: {names} take it; leave it to one of them"
    for vendor, traits in TRAITS.items():
        if traits.has_credentials and len({one.address for one in found.values() if one.kind is vendor}) > 1:
            yield f"address: the {vendor} connectors name two sites, but there is one set of credentials; give all the same address"


def _at_odds_with_itself(name: str, one: Connector) -> Iterator[str]:
    if name == _NAMELESS:
        yield f"{name}: no connector may be called so; rename it"
    yield from _untakeable(name, one)
    yield from setting_problems(name, one.kind, one.settings, TRAITS[one.kind].settings)
    if one.kind is ConnectorKind.JIRA:
        yield from _at_odds_in_jira(name, one)
    elif one.project or one.projects or one.issue_types:
        yield f"{name}: projects and issue types are for jira; remove them"


def _untakeable(name: str, one: Connector) -> Iterator[str]:
    can = TRAITS[one.kind].takes
    if can is not None and (others := [kind for kind in one.takes if kind not in can]):
        yield f"{name}.takes: {', '.join(others)} is nothing that {one.kind} could be asked for; choose of {', '.join(can)}"


def _at_odds_in_jira(name: str, one: Connector) -> Iterator[str]:
    if one.project is None:
        yield f"{name}.project: add it, for each issue lies in a project"
    if strangers := sorted({*one.projects, *one.issue_types} - set(one.takes)):
        yield f"{name}: a project or an issue type is named for {', '.join(strangers)}, which it does not take"
