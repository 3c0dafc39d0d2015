"""What the right ones of a back-test's actions would have gained: minutes until something was done, agents' minutes, promises kept.

Which ones are right is decided in `backtest_verdicts`. The rules that are easy to break: where an input is missing there is no figure, and
the input is named; and a promise counts as kept only where the clock itself, read once more with the earlier action, says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import polars as pl

from feedback_loop.contracts.loop_vocab import MENDING, ActionStatus, EffectVerdict
from feedback_loop.contracts.outcome_vocab import LifecycleStage, SlaStage, SlaVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.backtest_later import Later, Row, Tried, Way
from feedback_loop.outcomes.backtest_verdicts import Judged, Verdict
from feedback_loop.outcomes.lifecycle import executions
from feedback_loop.outcomes.sla_policy import SlaPolicy
from feedback_loop.outcomes.sla_stages import Happened, sla_stages
from feedback_loop.outcomes.unit_values import mean_handling_minutes

ACTED_ON = "remediation_action.executed_at"
HANDLING = "context_business_event.handling_minutes"
EFFECT = "outcomes_effect.effect_ratio"
STAGES = "outcomes_sla_stage"
"""Inputs, as the reports name those that are missing."""

_MINUTE = timedelta(minutes=1)
_MENDING = tuple(str(kind) for kind in MENDING)


@dataclass(frozen=True)
class Done:
    """What was really done and what it cost: remediation_action, `effect.fix_windows`, and context_business_event."""

    actions: pl.DataFrame
    windows: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True)
class Saved:
    """Minutes that one right action would have come earlier, and minutes of agents that the complaints of that time cost.

    Below 0 it was really done earlier than the back-test would have; None where one of the `missing` inputs is.
    """

    judged: Judged
    acted_at: datetime | None
    minutes: float | None
    agent_minutes: float | None
    missing: tuple[str, ...]
    acted_id: str | None = None
    """The real action that it is held against."""

    @property
    def is_late(self) -> bool:
        """Whether it would have come after the real action, and so have saved nothing."""
        return self.minutes is not None and self.minutes < 0


@dataclass(frozen=True)
class Breaches:
    """The clocks whose mitigation was breached and would have been met; `avoided` is None where no promise was ever measured.

    `other_policy_count` breaches were measured under another policy than that of now, and are not looked at.
    """

    avoided: tuple[str, ...] | None
    breached_count: int = 0
    other_policy_count: int = 0
    missing: tuple[str, ...] = field(default=())


def right_and_automatic(found: Iterable[Judged]) -> list[Judged]:
    """Those that count for what would have been gained."""
    return [one for one in found if one.verdict is Verdict.RIGHT and one.tried.way is Way.AUTOMATIC]


def saved(found: Iterable[Judged], later: Later, done: Done) -> list[Saved]:
    """What each right action that would have been automatic would have saved, in their order."""
    executed = executions(done.actions).sort("executed_at").to_dicts()
    return [_saved(one, later, executed, done) for one in right_and_automatic(found)]


def _saved(one: Judged, later: Later, executed: Sequence[Row], done: Done) -> Saved:
    would, acted = one.tried.proposal.proposed_at, _acted(one.tried, later, executed)
    if acted is None:
        return Saved(one, None, None, None, (ACTED_ON,))
    ratio, before, window = _effect(acted, later, done.windows)
    minutes = (acted["executed_at"] - would) / _MINUTE
    handling = mean_handling_minutes(done.events, one.tried.proposal.product)
    missing = tuple(name for name, value in ((EFFECT, ratio), (HANDLING, handling)) if value is None)
    agents = None
    if ratio is not None and handling is not None:
        # Complaints came over the whole of the symptom; only the part of it that would have been spared counts.
        part = min(max(minutes, 0.0) / window, 1.0) if window > 0 else 0.0
        agents = before * part * (1.0 - ratio) * handling
    return Saved(one, acted["executed_at"], minutes, agents, missing, acted["action_id"])


def _acted(tried: Tried, later: Later, executed: Sequence[Row]) -> Row | None:
    """The first action of the same kind, or that mends, on the cause that is blamed or the same alert since the alert's window began."""
    alert = tried.alert
    begun = datetime.fromisoformat(alert["raised_at"]) - alert["window_minutes"] * _MINUTE
    same = {row["proposal_id"] for row in later.same_as(tried)}
    same |= {row["proposal_id"] for row in later.by_alert.get(tried.proposal.alert_id, ()) if row["action_kind"] in _MENDING}
    of_cause = (later.by_subject.get((tried.proposal.product, kind, str(tried.blamed_id)), ()) for kind in _MENDING)
    same |= {row["proposal_id"] for rows in of_cause for row in rows}
    return next((row for row in executed if row["proposal_id"] in same and row["executed_at"] >= begun), None)


def _effect(acted: Row, later: Later, windows: pl.DataFrame) -> tuple[float | None, float, float]:
    """What part of the complaints was left after the action, how many there were before it, and over how many minutes."""
    row = later.effect_of.get(acted["proposal_id"])
    lasted = windows.filter(pl.col("action_id") == acted["action_id"])
    if row is None or row["effect_ratio"] is None or row["effect_verdict"] != str(EffectVerdict.FIXED) or lasted.is_empty():
        return None, 0.0, 0.0
    onset, executed = lasted.select("onset_at", "executed_at").row(0)
    return min(row["effect_ratio"], 1.0), float(row["treated_before_count"]), (executed - onset) / _MINUTE


def first_of_each(found: Iterable[Saved]) -> list[Saved]:
    """Those that are counted: of several that are held against one real action the first, which would have made the others needless."""
    first: dict[object, Saved] = {}
    for one in sorted(found, key=lambda saving: saving.judged.tried.proposal.proposed_at):
        first.setdefault(one.acted_id or id(one), one)
    return list(first.values())


def breaches(found: Iterable[Judged], happened: Happened, stages: pl.DataFrame, policy: SlaPolicy) -> Breaches:
    """The breached mitigations of `stages`, rows of outcomes_sla_stage, that the right ones among the actions would have kept."""
    if stages.is_empty():
        return Breaches(None, missing=(STAGES,))
    breached = _of_mitigation(stages, SlaVerdict.BREACHED)
    comparable = breached.filter(pl.col("sla_policy_version") == policy.policy_version)
    mending = [one.tried for one in right_and_automatic(found) if str(one.tried.proposal.action_kind) in _MENDING]
    earlier = sla_stages(_with(happened, mending), policy)
    met = comparable.join(_of_mitigation(earlier, SlaVerdict.MET), on="sla_stage_id", how="semi")
    other = breached.height - comparable.height
    return Breaches(tuple(met.sort("clock_started_at", "alerted_id")["alerted_id"]), breached.height, other)


def _of_mitigation(stages: pl.DataFrame, verdict: SlaVerdict) -> pl.DataFrame:
    return stages.filter((pl.col("promised_stage") == str(SlaStage.MITIGATE)) & (pl.col("sla_verdict") == str(verdict)))


def _with(happened: Happened, mending: Sequence[Tried]) -> Happened:
    """What happened, and beside it that each of the actions was carried out when the back-test would have."""
    steps, actions = list(_steps(mending)), list(_actions(mending))
    return replace(
        happened,
        lifecycle=pl.concat([happened.lifecycle, _frame("outcomes_lifecycle_event", steps, happened.lifecycle)]),
        actions=pl.concat([happened.actions, _frame("remediation_action", actions, happened.actions)]),
    )


def _steps(mending: Sequence[Tried]) -> Iterator[Row]:
    for one in mending:
        yield {
            "alerted_id": one.proposal.alert_id,
            "product": one.proposal.product,
            "lifecycle_proposal_id": one.proposal.proposal_id,
            "lifecycle_stage": str(LifecycleStage.EXECUTED),
            "occurred_at": one.proposal.proposed_at,
        }


def _actions(mending: Sequence[Tried]) -> Iterator[Row]:
    for one in mending:
        yield {
            "action_id": one.proposal.proposal_id,
            "proposal_id": one.proposal.proposal_id,
            "action_kind": str(one.proposal.action_kind),
            "action_status": str(ActionStatus.DONE),
            "is_dry_run": False,
            "executed_at": one.proposal.proposed_at,
        }


def _frame(name: str, rows: Sequence[Row], like: pl.DataFrame) -> pl.DataFrame:
    """The rows as a frame of the table; what nobody reads of a thing that never happened is null."""
    schema = pl.Schema(TABLES[name].schema)
    return pl.DataFrame(rows, schema=schema).select(like.columns)
