"""Which command asks for whom: every command of the command line in one table, and whether somebody may run it.

What a proposal asks of its approvers is no command's matter but its playbook's (`remediation/approvals`). The rules that are easy to break:
a command that is not in the table is nobody's; an auditor changes nothing; and a service acts only where the table says so, for a program
that holds a token is no person who thought about it. Local people, who are only as good as the machine, may do what the table asks a role
for, as they could before there were roles; what is more than that is asked for where it happens (`reveal`, approvals, sending).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from feedback_loop.contracts.identity import Actor, KnownBy
from feedback_loop.contracts.roles import Role
from feedback_loop.errors import PermissionMissing
from feedback_loop.ports import StateStore

REFUSED = "permission_refused"
"""The event by which the audit trail keeps that somebody asked for what they may not do."""


class Asks(StrEnum):
    """Whom a command asks for."""

    NOBODY = "nobody"
    """Whoever has the home at hand, as Dagster has: what it does follows from the home alone."""
    READER = "reader"
    """Nobody; who says who they are is shown more."""
    KNOWN = "known"
    """Any person who is known, whatever their roles, but those who only look."""
    ROLE = "role"
    PROPOSAL = "proposal"
    """A person with a role that the proposal names; who that is, the proposal decides."""


@dataclass(frozen=True)
class Permission:
    """Whom one command asks for, and whether it changes anything that is kept."""

    asks: Asks
    is_change: bool = False
    roles: tuple[Role, ...] = ()
    is_for_services: bool = False


_READS, _READER, _WORKS = Permission(Asks.NOBODY), Permission(Asks.READER), Permission(Asks.NOBODY, is_change=True)
_DECIDES = Permission(Asks.PROPOSAL, is_change=True)
_JUDGES = Permission(
    Asks.ROLE, is_change=True, roles=(Role.ANALYST, Role.LABELLER, Role.SUPPORT_LEAD, Role.ENGINEER_ON_CALL, Role.INCIDENT_COMMANDER)
)
_LOOSENS = Permission(Asks.ROLE, is_change=True, roles=(Role.ADMINISTRATOR,))
"""Lets the platform decide more by itself; the role that may gives no label that it rests on."""

_LETS_GO = Permission(Asks.ROLE, is_change=True, roles=(Role.ADMINISTRATOR, Role.INCIDENT_COMMANDER))
_STOPS = Permission(Asks.KNOWN, is_change=True)
"""What tightens; what loosens asks for more where it happens (`workflows/let_go`)."""

_ASKS = Permission(Asks.ROLE, is_change=True, roles=(Role.SUPPORT_LEAD, Role.ANALYST, Role.ENGINEER_ON_CALL, Role.INCIDENT_COMMANDER))
PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        "approvals approve": _DECIDES,
        "approvals ask-in-slack": _WORKS,
        "approvals execute": _WORKS,
        "approvals list": _READS,
        "approvals reject": _DECIDES,
        "approvals revoke": _DECIDES,
        "approvals request": _ASKS,
        "approvals show": _READS,
        "audit export": _READS,
        "audit replay": _READS,
        "audit show": _READS,
        "audit verify": _READS,
        "backtest": _WORKS,
        "sources lint": _READS,
        "sources list": _READS,
        "sources pull": _WORKS,
        "connectors lint": _READS,
        "connectors list": _READS,
        "cost": _READS,
        "demo": _WORKS,
        "erase": Permission(Asks.ROLE, is_change=True, roles=(Role.PRIVACY_OFFICER,), is_for_services=True),
        "forecast": _READS,
        "identity hash-token": _READS,
        "identity lint": _READS,
        "identity whoami": Permission(Asks.READER, is_change=True),
        "ingest": _WORKS,
        "issues": _READS,
        "issues close": _JUDGES,
        "issues confirm": _JUDGES,
        "issues reject": _JUDGES,
        "issues reopen": _JUDGES,
        "issues show": _READER,
        "knowledge check": _READER,
        "knowledge list": _READER,
        "knowledge search": _READER,
        "labels correct": _JUDGES,
        "labels hypotheses": _READS,
        "labels import": _JUDGES,
        "labels list": _READS,
        "labels queue": _READS,
        "labels stats": _READS,
        "messages approve": Permission(Asks.ROLE, is_change=True, roles=(Role.SUPPORT_LEAD,)),
        "messages confirm": _JUDGES,
        "messages draft": _WORKS,
        "messages hear": _WORKS,
        "messages list": _READS,
        "messages send": _WORKS,
        "messages show": _READS,
        "model drift": _READS,
        "model evaluate": _WORKS,
        "model gates": _LOOSENS,
        "model history": _READS,
        "model promote": _LOOSENS,
        "model review": _READS,
        "model train": _WORKS,
        "owners lint": _READS,
        "owners show": _READS,
        "playbooks dry-run": _READS,
        "playbooks lint": _READS,
        "playbooks list": _READS,
        "playbooks show": _READS,
        "policy compare": _READS,
        "policy gates": _READS,
        "policy lint": _READS,
        "policy phase": _STOPS,
        "policy promote": _STOPS,
        "policy resume": _LETS_GO,
        "policy show": _READS,
        "policy stop": _STOPS,
        "policy thresholds": _READS,
        "quality": _READS,
        "quarantine list": _READS,
        "quarantine retry": _WORKS,
        "quarantine show": _READS,
        "query": _READS,
        "receiver": _WORKS,
        "report control-room": _READS,
        "report issue": _READS,
        "report pilot": _READS,
        "report weekly": _READS,
        "retain": _WORKS,
        "reveal": Permission(Asks.ROLE, is_change=True, roles=(Role.PRIVACY_OFFICER,)),
        "rollback": Permission(
            Asks.ROLE, is_change=True, roles=(Role.SUPPORT_LEAD, Role.ENGINEER_ON_CALL, Role.INCIDENT_COMMANDER), is_for_services=True
        ),
        "rules lint": _READS,
        "rules show": _READS,
        "roi compare": _READS,
        "roi lint": _READS,
        "roi show": _READS,
        "sla due": _READS,
        "sla lint": _READS,
        "sla show": _READS,
        "sla watch": _READS,
        "sla tell-in-slack": _WORKS,
        "run": _WORKS,
        "simulate": _WORKS,
        "taxonomy diff": _READS,
        "taxonomy show": _READS,
        **dict.fromkeys(
            (
                f"try {stage}"
                for stage in (
                    "classify", "cluster", "dedupe", "detect", "diagnose", "language", "redact", "reply", "segment", "verify-fix",
                )
            ),
            _READS,
        ),
    }
)  # fmt: skip


def commands_of(actor: Actor) -> list[str]:
    """The commands that ask for somebody and that the actor may run; those that ask for approvers where a proposal names their role."""
    return [name for name, asked in PERMISSIONS.items() if asked.asks in (Asks.ROLE, Asks.PROPOSAL) and _allows(asked, actor)]


def require_noted(command: str, actor: Actor, state: StateStore | None, at: datetime) -> None:
    """Raises PermissionMissing where the actor may not run the command; the trail of a home that has one keeps the attempt."""
    try:
        require(command, actor)
    except PermissionMissing:
        if state is not None:
            state.note(REFUSED, actor.name, actor.name, {"command": command, "known_by": str(actor.known_by)}, at)
        raise


def require(command: str, actor: Actor) -> None:
    """Raises PermissionMissing where the actor may not run the command."""
    if (asked := PERMISSIONS.get(command)) is None or not _allows(asked, actor):
        raise PermissionMissing(actor.name, command, [] if asked is None else sorted(map(str, asked.roles)))


def _allows(asked: Permission, actor: Actor) -> bool:
    if asked.asks in (Asks.NOBODY, Asks.READER):
        return True
    if Role.AUDITOR in actor.roles:
        return False
    if actor.known_by is KnownBy.SERVICE:
        return asked.is_for_services and bool(set(actor.roles) & set(asked.roles))
    return asked.asks in (Asks.PROPOSAL, Asks.KNOWN) or actor.known_by is KnownBy.LOCAL or bool(set(actor.roles) & set(asked.roles))
