"""Letting a class go further, taking it back, stopping and resuming: each word of a person is a fact that is added and never changed.

What follows from the words stands in `remediation/autonomy`. The rule that is easy to break: whoever is known may stop and take back;
letting go and resuming take a role, for they loosen.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.roles import Role
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.errors import LettingGoRefused, UnknownChoice
from feedback_loop.ports import StateStore
from feedback_loop.remediation.autonomy import AUTONOMY, EVERYTHING, Autonomy, autonomy_at, autonomy_row
from feedback_loop.workflows.people import People, reason_of, roles_of

MAY_LET_GO = (Role.ADMINISTRATOR, Role.INCIDENT_COMMANDER)
"""The roles of which one is needed to loosen."""


def say(scope: str, word: AutonomyWord, why: str, person: str, people: People, state: StateStore, at: datetime) -> Autonomy:
    """What holds after the person's word; raises BadInput for an unknown scope or person, LettingGoRefused where the role is missing."""
    roles, reason = roles_of(person, people), reason_of(why)
    known = [EVERYTHING, *map(str, ISSUE_CLASSES)]
    if scope not in known:
        raise UnknownChoice("class", scope, known)
    held = autonomy_at(state.snapshot(AUTONOMY, at), at)
    if loosens(word, scope, held) and not set(roles) & set(MAY_LET_GO):
        state.note("letting_go_refused", scope, person, {"word": str(word), "roles": sorted(roles)}, at)
        raise LettingGoRefused(person, str(word), MAY_LET_GO)
    state.record(AUTONOMY, [autonomy_row(scope, word, reason, person, at)], person, at)
    return autonomy_at(state.snapshot(AUTONOMY, at), at)


def loosens(word: AutonomyWord, scope: str, held: Autonomy) -> bool:
    """Whether anything may be done after the word that might not before."""
    if word in (AutonomyWord.STOP, AutonomyWord.RESUME):
        return word is AutonomyWord.RESUME
    return MaturityPhase[word.name] > held.phase_of(None if scope == EVERYTHING else scope)


def phases_told(held: Autonomy, classes: Collection[str]) -> dict[str, str]:
    """For people: the phase of each class, and `(stopped)` where nothing of it is sent."""
    return {name: held.phase_of(name).name.lower() + (" (stopped)" if held.is_stopped(name) else "") for name in classes}
