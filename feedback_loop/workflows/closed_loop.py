"""The whole loop through a simulated company, in memory: what lands, what is known, what is proposed, approved, done, and what follows.

Every few hours of a day with alerts the analysis looks at what had landed by then; proposals follow from the playbooks, made-up people
approve them after a while, and a carried-out action changes the company from that instant on. The counterfactual is the same company and
seed without the loop. The rule that is easy to break: people approve whatever is proposed, so that a wrong proposal is never hidden by a
person who happens to know the truth. Nothing here is stored; the state store, the outbox and the tools are `workflows/execute.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

import polars as pl

from feedback_loop.bronze import context as statements
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import MENDING, ProposalStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.remediation.proposals import proposals
from feedback_loop.simulation import Intervention, Scenario, Simulation, deliveries, simulate
from feedback_loop.simulation.scoring import Found, FoundAction, FoundAlert
from feedback_loop.simulation.streams import stream
from feedback_loop.workflows.as_known import Analysed, Context, Findings
from feedback_loop.workflows.deliveries import Delivery, land_deliveries
from feedback_loop.workflows.found import found_alerts, of_interest

FIRST_DECIDED_DAY = 14
"""Days that a company lives before its loop decides anything: there is no baseline before."""

TICK_HOURS = tuple(range(3, 25, 3))
"""Hours of a day at which the loop looks, on a day that has anything to look at."""

APPROVAL_MINUTES = (15.0, 90.0)
"""How long each made-up person takes to decide, at least and at most; assumed, not measured."""

WORKING_HOURS = (7, 21)
"""First hour (UTC) in which they decide, and the first in which they don't any more."""

EXECUTION_MINUTES = 5
"""From the last approval to the receipt: the sensor's interval and the write itself."""

_NOT_READ = ("customers", "business_events", "logs")

Progress = Callable[[date], None]


@dataclass(frozen=True)
class Lived:
    """What a company lived through, and what its loop found and did (nothing where it had none)."""

    simulation: Simulation
    found: Found
    proposed: tuple[Proposal, ...] = ()
    findings: tuple[Findings, ...] = ()


class World(Protocol):
    """A company as its loop sees it, and how the loop acts on it."""

    @property
    def seed(self) -> int:
        """The seed from which chance in it is drawn."""
        ...

    @property
    def end(self) -> datetime:
        """When it ends; what is done later is not seen any more."""
        ...

    @property
    def records(self) -> pl.DataFrame:
        """Every version of every record that was delivered."""
        ...

    @property
    def documents(self) -> pl.DataFrame:
        """Every statement of a governed document that was delivered."""
        ...

    def findings(self, day: date, as_of: datetime) -> Findings:
        """What the analysis says of the day at the instant."""
        ...

    def act(self, action: Intervention) -> None:
        """From the action on the company goes another way; what came before stays as it was."""
        ...


@dataclass
class SimulatedWorld:
    """The simulated company as far as it was delivered; made anew from the instant of each action."""

    scenario: Scenario
    seed: int
    start_day: date
    analysed: Analysed
    new_store: Callable[[], TableStore]
    actions: list[Intervention] = field(default_factory=list)
    more: Sequence[Delivery] = ()
    """What lands beside what the company's own sources deliver."""

    def __post_init__(self) -> None:
        self._live()

    @property
    def end(self) -> datetime:
        """The end of its last day."""
        return _instant(self.start_day, 24 * self.scenario.days)

    @property
    def records(self) -> pl.DataFrame:
        """Every version of every record that was delivered."""
        return self.analysed.records

    def findings(self, day: date, as_of: datetime) -> Findings:
        """What the analysis says of the day at the instant."""
        return self.analysed.findings(day, as_of, self.context)

    def act(self, action: Intervention) -> None:
        """From the action on the company goes another way, also where a later one was decided on before."""
        self.actions = sorted([*self.actions, action], key=lambda each: each.at)
        self._live()

    def _live(self) -> None:
        """Everything that happens if nothing more is done."""
        self.simulation = simulate(self.scenario, self.seed, self.start_day, interventions=tuple(self.actions))
        store = self.new_store()
        # Customers and what they buy decide nothing here; they are most of what arrives.
        own = (d for d in deliveries(self.simulation, None, None) if d.source not in _NOT_READ)
        land_deliveries([*own, *self.more], store)
        self.analysed.take(store.read(TABLES["bronze_feedback_record"]))
        said = store.read(TABLES["bronze_context_statement"])
        self.context = Context(
            store.read(TABLES["bronze_release"]),
            statements.context_changes(said),
            statements.context_incidents(said),
            store.read(TABLES["context_telemetry"]),
        )
        self.documents = statements.context_documents(said)


def live_without_loop(scenario: Scenario, seed: int, start_day: date) -> Lived:
    """The counterfactual: the company finds and mends its faults by hand."""
    return Lived(simulate(scenario, seed, start_day), Found())


def live_with_loop(
    scenario: Scenario,
    seed: int,
    start_day: date,
    analysed: Analysed,
    new_store: Callable[[], TableStore],
    progress: Progress | None = None,
    playbooks: Sequence[Playbook] | None = None,
) -> Lived:
    """The same company with the loop in it, from `FIRST_DECIDED_DAY` on."""
    return live(SimulatedWorld(scenario, seed, start_day, analysed, new_store), progress, playbooks)


def live(world: SimulatedWorld, progress: Progress | None = None, playbooks: Sequence[Playbook] | None = None) -> Lived:
    """A loop that lives in the world to its end."""
    loop = Loop(world, seed_playbooks() if playbooks is None else playbooks)
    for number in range(FIRST_DECIDED_DAY, world.scenario.days):
        day = world.start_day + timedelta(days=number)
        if progress:
            progress(day)
        loop.look_at(day)
    return Lived(world.simulation, Found(loop.alerts, loop.executed), tuple(loop.proposed), tuple(loop.seen))


@dataclass
class Loop:
    """What the loop found, proposed and did so far."""

    world: World
    playbooks: Sequence[Playbook]
    alerts: list[FoundAlert] = field(default_factory=list)
    """Each as it stood at each look: its causes are weighed anew with what landed since."""

    executed: list[FoundAction] = field(default_factory=list)
    proposed: list[Proposal] = field(default_factory=list)
    seen: list[Findings] = field(default_factory=list)
    acted: list[datetime] = field(default_factory=list)

    def look_at(self, day: date) -> None:
        """Decides on what the day shows, at each hour at which the loop looks."""
        closed = self.world.findings(day, _instant(day, 24))
        if not of_interest(closed):
            # Looking hour by hour is dear; a day that is quiet at its end is left out.
            return
        for hour in TICK_HOURS:
            now = _instant(day, hour)
            findings = closed if hour == 24 and not self._changed_since(day) else self.world.findings(day, now)
            if of_interest(findings):
                self._decide(findings, now)
        self.seen.append(findings)

    def _changed_since(self, day: date) -> bool:
        return any(at >= _instant(day, 0) for at in self.acted)

    def _decide(self, findings: Findings, now: datetime) -> None:
        self.alerts += found_alerts(findings, self.world.records, now)
        documents = self.world.documents.filter(pl.col("landed_at") <= now)
        existing = pl.DataFrame([p.row() for p in self.proposed], schema=pl.Schema(TABLES["remediation_proposal"].schema))
        none = {name: pl.DataFrame(schema=pl.Schema(TABLES[name].schema)) for name in ("gold_issue", "state_threshold")}
        made = proposals(
            findings.alerts, findings.cohorts, findings.hypotheses, none["gold_issue"], documents, none["state_threshold"], existing,
            self.playbooks, now, True,
        )  # fmt: skip
        for proposal in made:
            self._carry_out(proposal, now)

    def _carry_out(self, proposal: Proposal, now: datetime) -> None:
        """A proposal that is allowed is approved after a while and carried out; the company goes on from there."""
        if not proposal.is_executable or proposal.proposal_status not in (ProposalStatus.AWAITING_APPROVAL, ProposalStatus.APPROVED):
            self.proposed.append(proposal)
            return
        at = approved_at(self.world.seed, proposal, now) + timedelta(minutes=EXECUTION_MINUTES)
        self.proposed.append(replace(proposal, proposal_status=ProposalStatus.DONE, decided_at=at))
        is_automatic = proposal.approvals_required_count == 0
        self.executed.append(FoundAction(at, proposal.action_kind, proposal.action_target, is_automatic))
        if proposal.action_kind in MENDING and at < self.world.end:
            self.acted.append(at)
            self.world.act(Intervention(at, str(proposal.action_kind), proposal.action_target))


def approved_at(seed: int, proposal: Proposal, now: datetime) -> datetime:
    """When the last of the made-up people who have to approve has done so; at night nobody does."""
    at = now
    for number in range(proposal.approvals_required_count):
        rng = stream(seed, "approval", proposal.playbook_id, proposal.action_target, number)
        at = _within_working_hours(at + timedelta(minutes=rng.uniform(*APPROVAL_MINUTES)))
    return at


def _within_working_hours(at: datetime) -> datetime:
    first, last = WORKING_HOURS
    if at.hour < first:
        return at.replace(hour=first, minute=0, second=0, microsecond=0)
    return at if at.hour < last else _instant(at.date(), 24 + first)


def _instant(day: date, hours: int) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hours)
