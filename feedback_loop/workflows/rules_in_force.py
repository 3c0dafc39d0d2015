"""The rules that count here and now: the package's, the home's own, and what people said of how far the loop may go.

The home's files are `playbooks/`, `policy.yaml`, `policy.cedar` and `pilot.yaml`; the words on autonomy and what was done lately stand in
the state store. The rule that is easy to break: read anew by each run, one that can't be followed stops it; without it the
package's laxer rules would count, which somebody meant to tighten.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.config import Settings
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import InputFileMissing, PilotRefused, PolicyRefused
from feedback_loop.methods.field_problems import field_problems
from feedback_loop.methods.yaml_texts import why_no_yaml, yaml_content
from feedback_loop.ports import StateStore
from feedback_loop.remediation.autonomy import AUTONOMY, Pilot, autonomy_at
from feedback_loop.remediation.policy import Policy, parse_policy
from feedback_loop.remediation.rules import Rules, latest_thresholds, pace_of
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.playbook_files import read_playbooks

_MOST_BYTES = 100_000
_Names = tuple[Annotated[str, Field(pattern=r"\S")], ...]


class _PilotFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    products: _Names = ()
    complaint_classes: tuple[ComplaintClass, ...] = ()
    tiers: _Names = ()


def read_rules(settings: Settings, state: StateStore | None, at: datetime) -> Rules:
    """What people have laid down, as of the instant; raises PlaybookRefused, PolicyRefused or PilotRefused, each naming its file."""
    playbooks = read_playbooks(settings.playbooks_folder)
    policy, pilot = read_policy(settings.policy_file, settings.guards_file), read_pilot(settings.pilot_file)
    if state is None:
        return Rules(playbooks, policy, pilot=pilot)
    claimed = {one.proposal_id: one.claimed_at for one in state.actions(*ActionStatus) if one.claimed_at is not None}
    judged = latest_thresholds(state.snapshot(TABLES["state_threshold"], at), at)
    return Rules(
        playbooks,
        policy,
        autonomy_at(state.snapshot(AUTONOMY, at), at),
        pilot,
        pace_of(state.snapshot(TABLES["remediation_proposal"]), claimed),
        {name: row["precision_share"] for name, row in judged.items()},
        {name: row["threshold_score"] for name, row in judged.items()},
    )


def read_policy(limits_file: Path, guards_file: Path) -> Policy:
    """The package's policy with the home's limits and guards, where it has any."""
    limits, guards = home_text(limits_file, _MOST_BYTES), home_text(guards_file, _MOST_BYTES)
    try:
        parse_policy(limits)
    except yaml.YAMLError as error:
        raise PolicyRefused([f"the text {why_no_yaml(error)}"], str(limits_file)) from error
    except PolicyRefused as error:
        raise PolicyRefused(error.problems, str(limits_file)) from error
    try:
        return parse_policy(limits, guards or "")
    except PolicyRefused as error:
        raise PolicyRefused(error.problems, str(guards_file)) from error


def other_policy(settings: Settings, limits: Path | None, guards: Path | None) -> Policy:
    """The home's policy with other limits, guards or both in their place; raises InputFileMissing and PolicyRefused."""
    for file in (limits, guards):
        if file is not None and not file.is_file():
            raise InputFileMissing(file, "no such file", "Write the policy that you think of, as `policy show` names its parts.")
    return read_policy(limits or settings.policy_file, guards or settings.guards_file)


def read_pilot(file: Path) -> Pilot:
    """The pilot; one that restricts nothing where there is no file."""
    text = home_text(file, _MOST_BYTES)
    if text is None:
        return Pilot()
    try:
        content = yaml_content(text)
        found = _PilotFile.model_validate(content or {})
    except yaml.YAMLError as error:
        raise PilotRefused([f"the text {why_no_yaml(error)}"], str(file)) from error
    except ValidationError as error:
        raise PilotRefused(list(field_problems(error)), str(file)) from error
    if not any(vars(found).values()):
        raise PilotRefused(["it limits nothing; name products, complaint_classes or tiers, or remove the file"], str(file))
    return Pilot(frozenset(found.products), frozenset(map(str, found.complaint_classes)), frozenset(found.tiers))
