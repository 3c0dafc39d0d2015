"""Whether what a back-test would have done was right: from what people said and what happened afterwards.

What is known is gathered in `backtest_later`, what would have been gained is in `backtest_gains`. Of what speaks about an action the
strongest decides: first what became of the same action when it was really taken, then people's word on its cause, on the action, and on
what the complaints are about. The rules that are easy to break: what nothing speaks about
is unjudged, never right; and that the complaints are of the class is no proof of their cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback_loop.contracts.loop_vocab import EffectVerdict, HypothesisLabel, ProposalStatus, RefusalReason
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.methods.statistics.share_bounds import share_interval
from feedback_loop.outcomes.backtest_later import Later, Row, Tried, Way


class Verdict(StrEnum):
    """What is known of an action by now."""

    RIGHT = "right"
    WRONG = "wrong"
    UNJUDGED = "unjudged"


class Ground(StrEnum):
    """What a verdict rests on, the strongest first."""

    REOPENED = "what it mended came back"
    EFFECT = "whether the same action helped"
    TAKEN_BACK = "the same action was taken back"
    CAUSE_LABEL = "a person's label of the cause"
    DECISION = "what people decided on the same proposal"
    CLASS_LABELS = "people's labels of the complaints"
    CONFIRMED_ALERT = "what was confirmed or mended about the same alert, or the cause that it blames"


_GONE_THROUGH = (ProposalStatus.APPROVED, ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT, ProposalStatus.DONE)


@dataclass(frozen=True)
class Judged:
    """One proposal of the back-test with its verdict and all grounds that speak, the one that decided first."""

    tried: Tried
    verdict: Verdict
    grounds: tuple[tuple[Ground, Verdict], ...] = ()

    @property
    def why(self) -> str | None:
        """What decided; None where nothing did."""
        return f"{self.grounds[0][0]}: {self.verdict}" if self.grounds else None


def judged(tried: Iterable[Tried], later: Later) -> list[Judged]:
    """Each of them with its verdict, in their order; what would have been refused is not judged."""
    return [_judged(one, later) for one in tried if one.way is not Way.REFUSED]


def _judged(tried: Tried, later: Later) -> Judged:
    same = later.same_as(tried)
    speaking = _of_cause(tried, same, later) if tried.cause_id is not None else _of_alert(tried, same, later)
    order = list(Ground)
    grounds = tuple(sorted(speaking, key=lambda said: order.index(said[0])))
    return Judged(tried, grounds[0][1] if grounds else Verdict.UNJUDGED, grounds)


def _of_cause(tried: Tried, same: Sequence[Row], later: Later) -> Iterator[tuple[Ground, Verdict]]:
    if any(row["proposal_id"] in later.came_back for row in same):
        yield Ground.REOPENED, Verdict.WRONG
    yield from _effects(same, later)
    yield from _decisions(same)
    label = later.label_of_cause.get((tried.proposal.product, str(tried.cause_id)))
    if label is not None:
        yield Ground.CAUSE_LABEL, Verdict.RIGHT if label == HypothesisLabel.CONFIRMED else Verdict.WRONG
    if _of_class(tried, later) is Verdict.WRONG:
        yield Ground.CLASS_LABELS, Verdict.WRONG


def _of_alert(tried: Tried, same: Sequence[Row], later: Later) -> Iterator[tuple[Ground, Verdict]]:
    yield from _decisions(same)
    of_class = _of_class(tried, later)
    if of_class is not Verdict.UNJUDGED:
        yield Ground.CLASS_LABELS, of_class
    if tried.proposal.alert_id in later.confirmed_alerts or (tried.proposal.product, tried.blamed_id) in later.confirmed_causes:
        yield Ground.CONFIRMED_ALERT, Verdict.RIGHT


def _effects(same: Sequence[Row], later: Later) -> Iterator[tuple[Ground, Verdict]]:
    measured = [later.effect_of[row["proposal_id"]]["effect_verdict"] for row in same if row["proposal_id"] in later.effect_of]
    told = [verdict for verdict in measured if verdict != str(EffectVerdict.INSUFFICIENT_EVIDENCE)]
    if told:
        yield Ground.EFFECT, Verdict.RIGHT if told[-1] == str(EffectVerdict.FIXED) else Verdict.WRONG


def _decisions(same: Sequence[Row]) -> Iterator[tuple[Ground, Verdict]]:
    """What people did about it last: taken back, rejected, or approved; what went through alone was decided by nobody."""
    if any(row["proposal_status"] == str(ProposalStatus.ROLLED_BACK) for row in same):
        yield Ground.TAKEN_BACK, Verdict.WRONG
    for row in reversed(same):
        if row["refusal_reason"] == str(RefusalReason.REJECTED_BY_PERSON):
            yield Ground.DECISION, Verdict.WRONG
            return
        if row["approvals_given_count"] > 0 and row["proposal_status"] in map(str, _GONE_THROUGH):
            yield Ground.DECISION, Verdict.RIGHT
            return


def _of_class(tried: Tried, later: Later) -> Verdict:
    """Whether most of the labelled complaints that showed the alert are of its class, or of any issue where it is about no single one."""
    wanted = tried.alert["alerted_class"]
    said = [later.class_of[name] for name in tried.alert["sample_fragment_ids"] if name in later.class_of]
    if not said:
        return Verdict.UNJUDGED
    fitting = sum(one == wanted if wanted else one in map(str, ISSUE_CLASSES) for one in said)
    return Verdict.RIGHT if 2 * fitting > len(said) else Verdict.WRONG


@dataclass(frozen=True)
class Precision:
    """How many actions of a playbook (None: of all) that would have gone one way are right, wrong and unjudged."""

    playbook_id: str | None
    way: Way
    right_count: int
    wrong_count: int
    unjudged_count: int

    @property
    def judged_count(self) -> int:
        """Those that anything speaks about."""
        return self.right_count + self.wrong_count

    @property
    def share(self) -> float | None:
        """Share of the judged ones that are right; None where none is judged."""
        return self.right_count / self.judged_count if self.judged_count else None

    @property
    def interval(self) -> tuple[float, float]:
        """The exact two-sided .95 interval of the share; 0 to 1 where none is judged."""
        return share_interval(self.right_count, self.judged_count)


def precisions(found: Sequence[Judged]) -> list[Precision]:
    """By way and playbook, and last those of all that would have been automatic."""
    groups = sorted({(one.tried.way, one.tried.proposal.playbook_id) for one in found}, key=lambda key: (list(Way).index(key[0]), key[1]))
    by_group = [_precision([o for o in found if (o.tried.way, o.tried.proposal.playbook_id) == key], key[1], key[0]) for key in groups]
    return [*by_group, _precision([one for one in found if one.tried.way is Way.AUTOMATIC], None, Way.AUTOMATIC)]


def _precision(found: Sequence[Judged], playbook_id: str | None, way: Way) -> Precision:
    counts = [sum(one.verdict is verdict for one in found) for verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.UNJUDGED)]
    return Precision(playbook_id, way, *counts)
