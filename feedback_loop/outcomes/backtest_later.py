"""What a back-test would have done, and all that is known by now of the same causes and alerts: the ground of its verdicts and its gains.

How it is judged is in `backtest_verdicts`, what it would have gained in `backtest_gains`; nothing of this is read by the replay itself
(`workflows/backtest`). The rule that is easy to break: the same action is one of the same kind on the same cause; without a cause only one
on the same alert, for a class is complained about more than once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import polars as pl

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.issue_vocab import IssueEventKind
from feedback_loop.contracts.loop_vocab import EffectVerdict, HypothesisLabel, HypothesisVerdict, ProposalStatus
from feedback_loop.contracts.outcome_vocab import LifecycleStage
from feedback_loop.contracts.tables import TABLES

Row = dict[str, Any]

_LIVE_VERDICTS = (HypothesisVerdict.LIKELY, HypothesisVerdict.POSSIBLE)


class Way(StrEnum):
    """Which way a proposal would have gone."""

    AUTOMATIC = "automatic"
    HANDED_OVER = "handed to people"
    APPROVED = "approved by people"
    REFUSED = "refused"


@dataclass(frozen=True)
class Tried:
    """One proposal of the back-test, and which way it would have gone."""

    day: date
    way: Way
    proposal: Proposal

    @property
    def subject(self) -> str:
        """What it is about: the id of the cause where it acts on one, else the class, segment or product of its alert."""
        return _subject(self.proposal.action_arguments)

    @property
    def alert(self) -> Mapping[str, Any]:
        """The alert as the proposal keeps it."""
        alert: Mapping[str, Any] = self.proposal.evidence["alert"]
        return alert

    @property
    def cause_id(self) -> str | None:
        """The cause that it acts on; None where it rests on the alert alone."""
        wanted = self.proposal.proposed_hypothesis_id
        causes = self.proposal.evidence["hypotheses"] if wanted else ()
        return next((cause["cause_id"] for cause in causes if cause["hypothesis_id"] == wanted), None)

    @property
    def blamed_id(self) -> str | None:
        """The cause that the alert blames, whether it is acted on or not; None where it blames none that is known."""
        first = next(iter(self.proposal.evidence["hypotheses"]), None)
        is_live = first is not None and first["hypothesis_verdict"] in map(str, _LIVE_VERDICTS)
        return self.cause_id or (first["cause_id"] if first and is_live else None)


def _none(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=pl.Schema(TABLES[name].schema))


@dataclass(frozen=True)
class Later:
    """All that is known by now, as the tables of these names; `class_of` is the class that people gave each fragment."""

    proposals: pl.DataFrame = field(default_factory=lambda: _none("remediation_proposal"))
    effects: pl.DataFrame = field(default_factory=lambda: _none("outcomes_effect"))
    lifecycle: pl.DataFrame = field(default_factory=lambda: _none("outcomes_lifecycle_event"))
    issue_events: pl.DataFrame = field(default_factory=lambda: _none("gold_issue_event"))
    hypothesis_labels: pl.DataFrame = field(default_factory=lambda: _none("state_hypothesis_label"))
    class_of: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_subject(self) -> Mapping[tuple[str, str, str], Sequence[Row]]:
        """What was really proposed, by product, kind of action and subject, the first first."""
        found = defaultdict[tuple[str, str, str], list[Row]](list)
        for row in self.proposals.sort("proposed_at", "proposal_id").iter_rows(named=True):
            found[row["product"], row["action_kind"], _subject(row["action_arguments"])].append(row)
        return found

    @cached_property
    def by_alert(self) -> Mapping[str, Sequence[Row]]:
        """The same by alert."""
        found = defaultdict[str, list[Row]](list)
        for row in self.proposals.sort("proposed_at", "proposal_id").iter_rows(named=True):
            found[row["alert_id"]].append(row)
        return found

    @cached_property
    def effect_of(self) -> Mapping[str, Row]:
        """The last judgement of each proposal's action."""
        return {row["proposal_id"]: row for row in self.effects.sort("measured_at", "effect_id").iter_rows(named=True)}

    @cached_property
    def came_back(self) -> frozenset[str]:
        """The proposals after whose action the same alerted again, or whose issue was reopened on a later day."""
        back = self.lifecycle.filter(pl.col("lifecycle_stage") == str(LifecycleStage.REOPENED))
        return frozenset([*back["lifecycle_proposal_id"].drop_nulls(), *self._of_reopened_issues()])

    def _of_reopened_issues(self) -> Iterator[str]:
        reopened = self.issue_events.filter(pl.col("issue_event_kind") == str(IssueEventKind.REOPENED)).select("issue_id", "event_date")
        done = self.proposals.filter(pl.col("proposal_status") == str(ProposalStatus.DONE)).drop_nulls("decided_at")
        pairs = done.select("proposal_id", "decided_at", issue_id="proposed_issue_id").join(reopened, on="issue_id")
        yield from pairs.filter(pl.col("event_date") > pl.col("decided_at").dt.date())["proposal_id"]

    @cached_property
    def label_of_cause(self) -> Mapping[tuple[str, str], str]:
        """The last label of each cause, by product and cause."""
        rows = self.hypothesis_labels.drop_nulls("cause_id").sort("labelled_at", "label_id")
        return {(product, cause): label for product, cause, label in rows.select("product", "cause_id", "hypothesis_label").iter_rows()}

    @cached_property
    def confirmed_alerts(self) -> frozenset[str]:
        """The alerts of which a person confirmed a cause, also that it is none that is known, or one of whose fixes helped."""
        latest = self.hypothesis_labels.sort("labelled_at", "label_id").group_by("hypothesis_id", maintain_order=True).last()
        said = latest.filter(pl.col("hypothesis_label") == str(HypothesisLabel.CONFIRMED))["alert_id"]
        alert_of = dict(self.proposals.select("proposal_id", "alert_id").iter_rows())
        return frozenset([*said, *(alert for name, alert in alert_of.items() if self._has_fixed(name))])

    @cached_property
    def confirmed_causes(self) -> frozenset[tuple[str, str]]:
        """Product and id of the causes that a person confirmed, or of whose fixes one helped."""
        said = (cause for cause, label in self.label_of_cause.items() if label == HypothesisLabel.CONFIRMED)
        mended = self.proposals.filter(pl.col("proposed_hypothesis_id").is_not_null()).select("proposal_id", "product", "action_arguments")
        fixed = ((product, _subject(arguments)) for name, product, arguments in mended.iter_rows() if self._has_fixed(name))
        return frozenset([*said, *fixed])

    def _has_fixed(self, proposal_id: str) -> bool:
        effect = self.effect_of.get(proposal_id)
        return effect is not None and effect["effect_verdict"] == str(EffectVerdict.FIXED)

    def same_as(self, tried: Tried) -> list[Row]:
        """What was really proposed of the same kind: on the same cause, or without one on the same alert."""
        proposal = tried.proposal
        if tried.cause_id is not None:
            return list(self.by_subject.get((proposal.product, str(proposal.action_kind), tried.subject), ()))
        return [row for row in self.by_alert.get(proposal.alert_id, ()) if row["action_kind"] == str(proposal.action_kind)]


def _subject(arguments: str) -> str:
    return str(json.loads(arguments).get("subject"))
