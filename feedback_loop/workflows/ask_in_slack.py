"""Asking people to approve where they talk: one message for each proposal that waits, which then says how it stands.

What the message says and how it is posted is behind `ports.ApprovalChannel`. The rule that is easy to break: a process may die between any
two lines, and several may run. So whoever means to post says so in the audit trail first; the first who said so posts, the others leave it;
and when nothing came of it for `CLAIM`, the channel is asked for the message before another one is posted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_loop.contracts.decisions import LOOP, Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ApprovalChannel, Clock, StateStore
from feedback_loop.workflows.posted_once import ANOTHER, Claims

ASKING, ASKED, SHOWN = "approval_being_asked", "approval_asked", "approval_shown"
"""Events of the trail: somebody is about to post, it was posted, and it says now how the proposal stands."""

_GONE = "gone"


@dataclass
class AskReport:
    """The ids of the proposals that were asked about now, whose messages were changed, and what waits or failed, with the reason."""

    asked: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def ask_in_slack(state: StateStore, channel: ApprovalChannel, clock: Clock, attempt: str) -> AskReport:
    """What came of one round; `attempt` names this round among all that were ever made."""
    state.expire(clock.now())
    round_ = _Round(state, channel, clock, Claims(state, clock, ASKING, channel.connector, attempt))
    messages = messages_of(state)
    for proposal, _ in state.decided():
        message = messages.get(proposal.proposal_id)
        if message is not None:
            round_.show(proposal, message)
        elif waits(proposal):
            round_.ask(proposal)
    return round_.report


def what_is_to_say(state: StateStore) -> list[str]:
    """The proposals about which a round would post or change something, were everything reachable, each with how it stands."""
    messages = messages_of(state)
    return [
        f"{proposal.proposal_id}: {standing(proposal)}"
        for proposal, _ in state.decided()
        if (waits(proposal) if (message := messages.get(proposal.proposal_id)) is None else message.says not in (_GONE, standing(proposal)))
    ]


def waits(proposal: Proposal) -> bool:
    """Whether people are to decide it."""
    return proposal.proposal_status is ProposalStatus.AWAITING_APPROVAL and proposal.is_executable


def standing(proposal: Proposal) -> str:
    """How it stands, as far as its message tells."""
    return f"{proposal.proposal_status} {proposal.approvals_given_count}"


@dataclass(frozen=True)
class Message:
    """A message about a proposal, and how it says that the proposal stands."""

    message_id: str
    says: str


def messages_of(state: StateStore) -> dict[str, Message]:
    """The messages that were posted, by proposal."""
    found: dict[str, Message] = {}
    for event in (ASKED, SHOWN):
        for record, content in state.told(event):
            found[record.subject_id] = Message(str(content["message_id"]), str(content["says"]))
    return found


@dataclass
class _Round:
    """One pass over the proposals."""

    state: StateStore
    channel: ApprovalChannel
    clock: Clock
    claims: Claims
    report: AskReport = field(default_factory=AskReport)

    def ask(self, proposal: Proposal) -> None:
        begun_at = self.clock.now()
        if not self.claims.is_ours(proposal.proposal_id):
            self.report.left[proposal.proposal_id] = ANOTHER
            return
        try:
            message_id = self.channel.asked(proposal) or self.channel.ask(proposal, begun_at)
        except (ConnectorRefused, WriteInDoubt) as error:
            self.report.left[proposal.proposal_id] = str(error)
            return
        self._note(ASKED, proposal, message_id, standing(proposal))
        self.report.asked.append(proposal.proposal_id)

    def show(self, proposal: Proposal, message: Message) -> None:
        if message.says in (_GONE, standing(proposal)):
            return
        try:
            self.channel.show(message.message_id, proposal)
        except (ConnectorUnreachable, WriteInDoubt) as error:
            self.report.left[proposal.proposal_id] = str(error)
        except ConnectorRefused as error:
            # Somebody deleted it, or it may not be changed any more: nothing that another round would mend.
            self._note(SHOWN, proposal, message.message_id, _GONE)
            self.report.left[proposal.proposal_id] = str(error)
        else:
            self._note(SHOWN, proposal, message.message_id, standing(proposal))
            self.report.shown.append(proposal.proposal_id)

    def _note(self, event: str, proposal: Proposal, message_id: str, says: str) -> None:
        content = {"message_id": message_id, "says": says, "connector": self.channel.connector}
        self.state.note(event, proposal.proposal_id, LOOP, content, self.clock.now())
