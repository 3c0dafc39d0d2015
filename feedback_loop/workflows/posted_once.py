"""Who of several processes posts a message: the one that said so first in the audit trail, for the trail has one order for everybody.

`ask_in_slack` and `tell_promises` post by it. The rule that is easy to break: whoever said so may have died before or after the message was
there; when nothing came of it for `CLAIM`, the next one asks the channel for the message before posting another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.ports import Clock, StateStore

CLAIM = timedelta(minutes=6)
"""So long a process that said that it would post is waited for: more than a write and its settling may take."""

ANOTHER = "another process is posting it, or has just tried to"


@dataclass(frozen=True)
class Claims:
    """What one process says in the trail before it posts; `attempt` names it among all that ever did."""

    state: StateStore
    clock: Clock
    event: str
    connector: str
    attempt: str

    def is_ours(self, subject_id: str) -> bool:
        """Whether this process posts the message about the subject; says so in the trail where nobody did of late."""
        if self._claimed_by(subject_id) is None:
            self.state.note(self.event, subject_id, LOOP, {"attempt": self.attempt, "connector": self.connector}, self.clock.now())
        return self._claimed_by(subject_id) == self.attempt

    def _claimed_by(self, subject_id: str) -> str | None:
        since = self.clock.now() - CLAIM
        return next((str(claim["attempt"]) for at, claim in self._claims(subject_id) if at > since), None)

    def _claims(self, subject_id: str) -> list[tuple[datetime, Mapping[str, object]]]:
        return [(record.recorded_at, content) for record, content in self.state.told(self.event) if record.subject_id == subject_id]
