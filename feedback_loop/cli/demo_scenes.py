"""What the demo prints of each scene, from what the scene's functions returned. Nothing is decided here."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from feedback_loop.cli.places import known_file
from feedback_loop.cli.printing import print_table, say, shortened

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from feedback_loop.cli.run import Done
    from feedback_loop.config import Settings
    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.contracts.records import LandingReport
    from feedback_loop.contracts.tables import Table as _TableType
    from feedback_loop.errors import DecisionRefused
    from feedback_loop.ports import StateStore, TableStore
    from feedback_loop.workflows.audit import AuditReport
    from feedback_loop.workflows.demo import Company, PlantedFault
    from feedback_loop.workflows.execute import ExecuteReport
    from feedback_loop.workflows.reroute import RerouteReport, RestoreReport
    from feedback_loop.workflows.tell import Told

    Frame: TypeAlias = pl.DataFrame
    Table: TypeAlias = _TableType

_QUOTES = 2


@dataclass
class Teller:
    """Tells the story on standard output, or nothing at all."""

    is_silent: bool
    _began: float = field(default_factory=time.monotonic)
    _scene: int = 0
    _truth: str = ""

    def introduce(self, company: Company) -> None:
        """Who the company is."""
        messages = len(company.simulation.messages)
        self._heading(f"{company.product} is made up, and so is every word below (simulated: figures on real feedback differ)")
        self._say(f"{company.days}: about {messages:,} messages over six channels in three languages, releases, change log, incidents,")
        self._say("telemetry, customers and orders, delivered hour by hour; four planted stories; no word list shared with the pipeline.")

    def lived_before(self) -> None:
        """The home holds the story already."""
        self._heading("This home has lived the story already; the same days are computed again, which must change no decision")

    def landed(self, report: LandingReport, until: datetime) -> None:
        """What landed as history."""
        self._heading(f"What was delivered until {until:%Y-%m-%d %H:%M} lands, each row at its own time")
        self._say(
            f"{report.read:,} rows read = {report.landed:,} landed + {report.duplicates:,} duplicates + {report.quarantined:,} quarantined"
        )

    def ran(self, done: Done) -> None:
        """How long the tables of the history took."""
        rows = done.summary.rows
        counts = ", ".join(f"{rows.get(name, 0):,} {name}" for name in ("silver_fragment", "gold_issue", "analysis_alert"))
        self._say(f"every table and check of {done.summary.days} in {done.total_seconds:.0f} s: {counts}")

    def looked(self, now: datetime, store: TableStore, day: date) -> None:
        """What the loop sees at a tick of the watched day."""
        from feedback_loop.contracts.days import DayRange
        from feedback_loop.contracts.tables import TABLES

        self._heading(f"{now:%Y-%m-%d %H:%M}: the five-minute run looks at the open day")
        alerts = store.read(TABLES["analysis_alert"], DayRange(day, now.date())).sort("alert_score", descending=True)
        shares = alerts.filter(alert_kind="share", is_story_head=True)
        if shares.is_empty():
            self._say(f"{alerts.height} alerts, none of them a share of 18 % within six hours")
            return
        self._share_alert(_telling(shares, store.read(TABLES["analysis_hypothesis"])), store)

    def _share_alert(self, alert: Mapping[str, Any], store: TableStore) -> None:
        from feedback_loop.contracts.tables import TABLES

        share = alert["observed_count"] / alert["exposure_count"]
        about = "complaints" if alert["alerted_class"] is None else f"complaints of class {alert['alerted_class']}"
        self._say(
            f"{alert['observed_count']} of the {alert['exposure_count']} records of six hours ({share:.0%}) are "
            f"{about} of one segment, where {alert['expected_count']:.1f} were to be expected"
        )
        cohorts = store.read(TABLES["analysis_cohort"]).filter(alert_id=alert["alert_id"]).sort("cohort_rank")
        for row in cohorts.head(1).iter_rows(named=True):
            self._say(f"segment: {_attributes(row['cohort_attributes'])}")
        texts = store.read(TABLES["silver_fragment"], columns=["fragment_id", "masked_text"])
        ids = list(alert["sample_fragment_ids"])
        for text in texts.filter(texts["fragment_id"].is_in(ids))["masked_text"].head(_QUOTES):
            self._say(f"“{shortened(text)}”")
        causes = store.read(TABLES["analysis_hypothesis"]).filter(alert_id=alert["alert_id"]).sort("hypothesis_rank")
        for row in causes.head(3).iter_rows(named=True):
            self._cause(row)

    def _cause(self, row: Mapping[str, Any]) -> None:
        name = row["cause_id"] or "no known cause"
        self._say(f"{row['hypothesis_rank']}. {name}: {row['hypothesis_score']:.2f}, {row['hypothesis_verdict'].replace('_', ' ')}")
        if row["hypothesis_rank"] <= 2:
            for sign, statements in (("+", row["evidence_for"]), ("-", row["evidence_against"])):
                for statement in list(statements)[:3]:
                    self._say(f"     {sign} {statement}")

    def carried_out(self, report: ExecuteReport, state: StateStore) -> None:
        """What the outbox sent."""
        from feedback_loop.contracts.loop_vocab import ActionStatus

        done = {action.action_id: action for action in state.actions(ActionStatus.DONE)}
        for action_id in report.done:
            action = done[action_id]
            self._say(f"carried out once: {action.action_kind} of {action.action_target}, receipt {action.receipt_id}")
        for action_id, reason in report.refused.items():
            self._say(f"not sent: {action_id}, {reason.replace('_', ' ')}")

    def proposed(self, proposal: Proposal) -> None:
        """The rollback that waits."""
        self._heading(f"The playbook {proposal.playbook_id} proposes {proposal.action_kind} of {proposal.action_target}")
        self._say(
            f"confidence {proposal.confidence_score:.2f} (at least {proposal.proposal_threshold_score:.2f}), {proposal.risk_level} risk: "
            f"{proposal.approvals_required_count} distinct people of {', '.join(proposal.approver_roles)} have to approve"
        )

    def refused(self, now: datetime, person: str, refusal: DecisionRefused) -> None:
        """An approval that does not count."""
        self._say(f"{now:%H:%M}  {person}: refused ({refusal.reason.replace('_', ' ')})")

    def approved(self, now: datetime, person: str, proposal: Proposal) -> None:
        """An approval that counts."""
        given = f"{proposal.approvals_given_count} of {proposal.approvals_required_count}"
        self._say(f"{now:%H:%M}  {person}: approved ({given}), now {str(proposal.proposal_status).replace('_', ' ')}")

    def customers(self, told: Told, person: str, messages: Frame) -> None:
        """Who was told what."""
        self._heading(f"{person} approves one explanation for everybody who complained of it")
        self._say(f"{told.sent_count} customers were told; to {told.suppressed_count} nothing was sent (no consent)")
        for reason, count in told.held.items():
            self._say(f"{count} wait: {reason.replace('_', ' ')}")
        sent = messages.filter(message_status="sent", language="en")["message_text"].head(1)
        for text in sent:
            for line in text.splitlines():
                self._say(f"   | {line}")

    def later_customers(self, now: datetime, told: Told) -> None:
        """Who waited for the end of their quiet hours."""
        self._say(f"{now:%H:%M}  {told.sent_count} customers were told once their quiet hours were over")

    def asked(self, proposal: Proposal) -> None:
        """What a person asks for."""
        self._heading(f"{proposal.requested_by} asks for another queue: what was approved and is overtaken stops by itself")
        self._say(f"{proposal.playbook_id} of {proposal.proposed_issue_id} to {proposal.action_target}")
        self._say(f"to approve: {proposal.approvals_required_count} other person of {', '.join(proposal.approver_roles)}")

    def overtaken(self, document_id: str, report: ExecuteReport) -> None:
        """What became of an approved action whose document was rewritten."""
        self._say(f"{document_id} is rewritten before it is sent")
        for reason in report.refused.values():
            self._say(f"refused: {reason.replace('_', ' ')}; nothing was sent")
        if report.done:
            self._say("SENT, although its document was rewritten")

    def rest(self, done: Done, store: TableStore) -> None:
        """How the days went on."""
        self._heading("The remaining days land; every table, check and mart")
        self._say(f"{done.summary.days} in {done.total_seconds:.0f} s, no blocking check failed")

    def undone(self, moved: RerouteReport, undone: RestoreReport) -> None:
        """The bulk re-route and its undo."""
        from feedback_loop.remediation.reroute import owners_to_tell

        self._heading(f"{len(moved.moved)} cases are routed to the wrong queue on purpose; people edit some of them; one command undoes it")
        self._say(f"{len(undone.restored)} are back where they were, {len(undone.skipped)} were changed since and stay as they are")
        for (owner, queue), ids in owners_to_tell(undone.skipped).items():
            self._say(f"tell {owner} ({queue}): {', '.join(ids)}")

    def compared(
        self, settings: Settings, planted: Sequence[PlantedFault], effects: Sequence[Mapping[str, Any]], audit: AuditReport
    ) -> None:
        """Planted beside found, the effect, the audit trail, and where to look on."""
        self._heading("Did it help?")
        for effect in effects:
            self._effect(effect)
        self._heading("What was planted, beside what was found")
        for fault in planted:
            self._planted(fault)
        self._heading("The audit trail")
        state = "is whole" if not audit.breaks else "IS BROKEN"
        self._say(f"{audit.record_count:,} records: the chain {state}")
        self._truth = known_file(settings.home / "demo" / "truth")

    def unchanged(self, before: int, after: int) -> None:
        """What living the same days again did to what was decided."""
        if before == after:
            self._say("No decision changed: nothing was proposed, approved, sent, moved or told a second time.")
        else:
            self._say(f"{after - before} records are new although this home has lived the story: see `audit show`.")

    def _effect(self, effect: Mapping[str, Any]) -> None:
        verdict = str(effect["effect_verdict"]).replace("_", " ")
        if effect["effect_ratio"] is None:
            self._say(f"{verdict}: too few complaints to tell")
            return
        interval = f"{effect['effect_ratio']:.2f} (95 %: {effect['effect_low']:.2f} to {effect['effect_high']:.2f})"
        self._say(f"{verdict}: complaints of the treated are {interval} of what they would have been, by the control group")
        before = f"{effect['treated_before_count']} complaints from the onset to the fix"
        after = f"in the {_days_between(effect.get('executed_at'), effect['measured_at'])} after it"
        self._say(f"   treated: {before}, {effect['treated_after_count']} {after}")
        self._say(f"   control: {effect['control_before_count']} and {effect['control_after_count']} in the same times, of others")

    def _planted(self, fault: PlantedFault) -> None:
        truth = fault.true_cause or "nothing broke"
        right = "right" if fault.is_right else "WRONG" if fault.found_cause else "unsure"
        found = f"{fault.found_cause} ({fault.found_score:.2f})" if fault.found_cause else "insufficient evidence"
        alert = f"first alert {fault.first_alert_at:%Y-%m-%d %H:%M}" if fault.first_alert_at else "no alert"
        self._say(f"{right:<6} {fault.fault} ({fault.kind}, from {fault.first_day} on)")
        self._say(f"       planted: {truth} · innocent beside it: {fault.innocent or 'none'}")
        self._say(f"       found:   {found} · {alert} · mended by {fault.mended_by or 'hand'}")
        self._say(f"       {fault.message_count} messages; without the loop it would have been {fault.message_count_without_loop}")

    def reported(self, file: Path) -> None:
        """Where the report of the pilot lies."""
        self._heading("The pilot's report: targets beside what was measured, operations, organisation, money")
        self._say(f"written: {known_file(file)}")

    def next_steps(self) -> None:
        """Where to look on."""
        self._say(f"\nTold in {time.monotonic() - self._began:.0f} s. The truth: {self._truth}\n")
        self._say("What to do next")
        rows = [
            ("feedback-loop issues", "rank the issues: --release 7.2.0, --region uk, --class crash"),
            ("feedback-loop approvals list --all", "what was proposed, and what became of it"),
            ("feedback-loop audit show", "every decision in its order"),
            ('feedback-loop query "select * from mart_effect"', "did it help?"),
            ("make dev", "the same home in the Dagster UI"),
        ]
        if not self.is_silent:
            print_table(("command", "shows"), rows)

    def _heading(self, text: str) -> None:
        self._scene += 1
        self._say(f"\n[{self._scene}] {text}")

    def _say(self, text: str) -> None:
        if not self.is_silent:
            say(text if text.startswith(("\n", "What", "Told")) else f"    {text}")


def _attributes(text: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in json.loads(text).items()) or "everybody"


def _telling(alerts: Frame, hypotheses: Frame) -> Mapping[str, Any]:
    """The alert whose known cause is the most probable, then the one with the highest score."""
    known = hypotheses.filter(hypotheses["cause_id"].is_not_null() & (hypotheses["hypothesis_rank"] == 1))
    joined = alerts.join(known.select("alert_id", "hypothesis_score"), on="alert_id", how="left")
    return next(joined.sort("hypothesis_score", "alert_score", descending=True, nulls_last=True).iter_rows(named=True))


def _days_between(start: datetime | None, end: datetime) -> str:
    return "time" if start is None else f"{(end - start).days} days"


def table_named(name: str) -> Table:
    """The contract of the table; looked up late, because the contracts take a moment to load."""
    from feedback_loop.contracts.tables import TABLES

    return TABLES[name]
