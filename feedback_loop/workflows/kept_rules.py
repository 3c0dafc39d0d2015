"""The home's own policies and playbooks of every version by which something was proposed, so that each decision can be made again later,
as long as the package's own guards are those of then.

Kept in `rules_kept/`, a file per version, written when something is proposed and never changed. The rule that is easy to break: what was
kept counts for making old decisions again (`audit replay`) and for nothing else; what is in force stands where people write it.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import yaml

from feedback_loop.config import Settings
from feedback_loop.errors import PlaybookRefused, PolicyRefused, UnreadableFile
from feedback_loop.remediation.playbooks import Playbook, parse_playbook, seed_playbooks
from feedback_loop.remediation.policy import Policy, parse_policy, seed_policy
from feedback_loop.remediation.replay import Rules
from feedback_loop.workflows.home_files import home_text
from feedback_loop.workflows.playbook_files import own_playbooks, playbook_texts, read_playbooks
from feedback_loop.workflows.rules_in_force import read_policy

_POLICY, _PLAYBOOK = ".policy.json", ".playbook.yaml"
_UNUSABLE = (
    PolicyRefused, PlaybookRefused, UnreadableFile, yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
)  # fmt: skip
"""What a file that somebody changed or put there leads to; it counts as not kept."""


def keep_rules(settings: Settings) -> list[Path]:
    """The files that are new; raises what reading the rules raises."""
    texts: dict[str, str] = {}
    limits, guards = home_text(settings.policy_file), home_text(settings.guards_file)
    if limits is not None or guards is not None:
        version = read_policy(settings.policy_file, settings.guards_file).policy_version
        texts[version + _POLICY] = json.dumps({"limits": limits, "guards": guards or ""}, ensure_ascii=False)
    own = own_playbooks(settings.playbooks_folder)
    texts |= {own[name].playbook_version + _PLAYBOOK: text for name, text in playbook_texts(settings.playbooks_folder).items()}
    return [file for name, text in texts.items() if _is_new(file := settings.kept_rules_folder / name, text)]


def rules_at_hand(settings: Settings) -> Rules:
    """The policies and playbooks by which past decisions can be made again: those in force, those kept, and the package's."""
    policies = [*kept_policies(settings), seed_policy(), read_policy(settings.policy_file, settings.guards_file)]
    playbooks = [*kept_playbooks(settings), *seed_playbooks(), *read_playbooks(settings.playbooks_folder)]
    return Rules.of(policies, playbooks)


def kept_policies(settings: Settings) -> list[Policy]:
    """Those that still mean what they meant: beside guards of the package that changed since, a policy is another."""
    found = []
    for file in sorted(settings.kept_rules_folder.glob(f"*{_POLICY}")):
        try:
            said = json.loads(home_text(file) or "")
            policy = parse_policy(said["limits"], said["guards"])
        except _UNUSABLE:
            continue
        if policy.policy_version + _POLICY == file.name:
            found.append(policy)
    return found


def kept_playbooks(settings: Settings) -> list[Playbook]:
    """Those whose text is still that of their version."""
    found = []
    for file in sorted(settings.kept_rules_folder.glob(f"*{_PLAYBOOK}")):
        try:
            playbook = parse_playbook(home_text(file) or "")
        except _UNUSABLE:
            continue
        if playbook.playbook_version + _PLAYBOOK == file.name:
            found.append(playbook)
    return found


def _is_new(file: Path, text: str) -> bool:
    if file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)
    return True
