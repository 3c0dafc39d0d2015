"""What stands against an action: who asks for it, a playbook, a decision, a connector, a broken audit trail."""

from __future__ import annotations

from collections.abc import Sequence

from feedback_loop.errors.roots import BadInput, Refused


class ConnectorRefused(Refused):
    """Another system said no to a write, so nothing was written."""

    def __init__(self, connector: str, action: str, why: str) -> None:
        self.connector, self.action = connector, action
        super().__init__(f"{connector} refused {action}: {why}. Nothing was written there; mend the request or ask its owner.")


class ConnectorUnreachable(ConnectorRefused):
    """Another system could not be asked, or asked for patience, so nothing was written; the same request may succeed later."""

    def __init__(self, connector: str, action: str, why: str) -> None:
        self.connector, self.action = connector, action
        Refused.__init__(self, f"{connector} could not be asked for {action}: {why}. Nothing was written; try again when it answers.")


class CursorExpired(Refused):
    """A system no longer knows the place up to which it was read; it is read again from a day before."""

    def __init__(self, connector: str) -> None:
        self.connector = connector
        super().__init__(f"{connector} no longer knows where it was read up to. Pull it again from its beginning; nothing lands twice.")


class WriteInDoubt(Refused):
    """Another system gave no answer, so a write may have happened; it is asked by our key before anything is sent again."""

    def __init__(self, connector: str, idempotency_key: str, why: str) -> None:
        self.connector, self.idempotency_key = connector, idempotency_key
        super().__init__(f"{connector} gave no answer to {idempotency_key} ({why}). It stays in doubt until it is asked by this key.")


class CaseChanged(Refused):
    """A case was changed by somebody since it was looked at."""

    def __init__(self, case_id: str, expected_version: int, present_version: int) -> None:
        self.case_id, self.expected_version, self.present_version = case_id, expected_version, present_version
        super().__init__(f"case {case_id} has version {present_version}, not {expected_version}: somebody changed it. It stays as it is.")


class CallbackReplayed(Refused):
    """A vendor's event was heard before, so nothing was done about it now."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        super().__init__(f"{vendor} told an event that was heard before. Nothing was done; look at state_callback for what came of it.")


class PlaybookRefused(BadInput):
    """A playbook lacks what makes it safe to follow, so none of its set is used."""

    def __init__(self, playbook: str, problems: list[str]) -> None:
        self.playbook, self.problems = playbook, problems
        super().__init__(f"playbook {playbook}: {'; '.join(problems)}. No playbook of this set is used until it is mended.")


class DecisionRefused(Refused):
    """A proposal can't be decided as asked; `reason` is a word of RefusalReason."""

    def __init__(self, proposal_id: str, reason: str, advice: str) -> None:
        self.proposal_id, self.reason = proposal_id, reason
        super().__init__(f"{proposal_id}: {reason}. {advice}")


class LettingGoRefused(Refused):
    """A class is not let go further, nor resumed, by somebody without the role for it."""

    def __init__(self, person: str, word: str, roles: Sequence[str]) -> None:
        self.person, self.word, self.roles = person, word, tuple(roles)
        super().__init__(f"{person} may not say {word}: it loosens what may be done. Ask somebody with one of: {', '.join(roles)}.")


class IllegalTransition(Refused):
    """A proposal can't go from where it stands to where it was asked to go."""

    def __init__(self, proposal_id: str, present: str, wanted: str) -> None:
        self.proposal_id, self.present, self.wanted = proposal_id, present, wanted
        super().__init__(f"{proposal_id} is {present} and can't become {wanted}. It was left as it is; see `approvals show`.")


class AuditChainBroken(Refused):
    """The audit chain was edited, cut, reordered or signed by somebody else, so nothing is carried out any more."""

    def __init__(self, breaks: list[str], advice: str = "Nothing is carried out; find who changed the state store.") -> None:
        self.breaks = breaks
        super().__init__(f"the audit chain is broken ({'; '.join(breaks[:3])}). {advice}")


class TokenRefused(Refused):
    """Who acts is not known, because their token is not believed; `fault` is a word of TokenFault. Never holds the token."""

    def __init__(self, fault: str, advice: str = "Sign in anew; give the token in FEEDBACK_LOOP_TOKEN or with --token-file.") -> None:
        self.fault = fault
        super().__init__(f"the token is refused: {fault.replace('_', ' ')}. {advice}")


class ActorRefused(Refused):
    """Somebody who is known can't act, or not under this name."""

    def __init__(self, person: str, why: str, advice: str) -> None:
        self.person, self.why = person, why
        super().__init__(f"{person} {why}. {advice}")


class PermissionMissing(Refused):
    """Somebody who is known has no role that the command asks for."""

    def __init__(self, person: str, command: str, asked: list[str]) -> None:
        self.person, self.command, self.asked = person, command, asked
        which = f"one of the roles {', '.join(asked)}" if asked else "a person"
        super().__init__(f"{person} may not `{command}`: it asks for {which}. Ask somebody who has it; see `identity whoami`.")
