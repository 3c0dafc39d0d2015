"""What the loop was worth in simulated companies: time, reviews, repeat contacts and money, with it and without it, with intervals.

    python -m feedback_loop_tests.benchmarks.closed_loop --seeds 20 --out FOLDER
    python -m feedback_loop_tests.benchmarks.loop_worth FOLDER [--processes 2]

Each company of the folder is lived twice more from its seed: as it was mended by hand, and as its loop mended it, by when the first command
found that it did. Money is what the made-up shop and its agents would have stated between the fault's onset and the end; prices of an hour
and of a customer are the package's assumptions. Every figure is simulated, intervals are 95 % over companies. A company that was counted
before is not counted again.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.simulation import Intervention, Scenario, Score, Simulation, scenario_of, simulate
from feedback_loop.simulation.business_events import business_event_statements
from feedback_loop.simulation.intervals import Estimate, change_estimate, mean_estimate, share_estimate
from feedback_loop.simulation.ledger import monthly_usd
from feedback_loop.simulation.population import population
from feedback_loop.simulation.scoring import negative_review_share
from feedback_loop.simulation.statements import instant
from feedback_loop.workflows.simulate import START_DAY, WITH_LOOP, WITHOUT_LOOP
from feedback_loop_tests.benchmarks.closed_loop import read

INSIGHT_HOURS = 72
"""What the brief asks for: from feedback to insight (R2)."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Counted:
    """What one company went through from the onset of its fault to its end."""

    complaints: int
    repeats: int
    cases: int
    handled_minutes: float
    refunds_usd: float
    orders_usd: float
    cancellations: int
    negative_share: float | None


@dataclass(frozen=True)
class Pair:
    """One company with the loop and without it; hours are None where there is no defect to mend, or it was not noticed."""

    kind: str
    seed: int
    insight_hours: float | None
    fix_hours: float | None
    fix_hours_by_hand: float | None
    revenue_usd: float
    has_false_automation: bool
    looped: Counted
    by_hand: Counted

    def worth_usd(self) -> float:
        """Agents' time, refunds, orders and kept customers, at the package's assumptions."""
        assumed = seed_assumptions()
        hour, months = assumed.agent_hour_usd.value or 0.0, assumed.months_kept.value or 0.0
        saved = (self.by_hand.handled_minutes - self.looped.handled_minutes) / 60.0 * hour
        money = self.by_hand.refunds_usd - self.looped.refunds_usd + self.looped.orders_usd - self.by_hand.orders_usd
        return saved + money + (self.by_hand.cancellations - self.looped.cancellations) * self.revenue_usd * months


def mended(scenario: Scenario, looped: Score, by_hand: Score) -> tuple[Intervention, ...]:
    """What the loop did that mended the fault; nothing where hands or time were as quick."""
    (fault,) = scenario.faults
    if fault.remedy is None or fault.cause.reference is None or looped.hours_to_fix is None or by_hand.hours_to_fix is None:
        return ()
    if looped.hours_to_fix >= by_hand.hours_to_fix:
        return ()
    at = instant(START_DAY, fault.onset_hour) + (looped.hours_to_fix - fault.remedy.hours_to_work) * _HOUR
    return (Intervention(at, str(fault.remedy.action_kinds[0]), fault.cause.reference),)


def counted(simulation: Simulation) -> Counted:
    """The figures of one life from the onset on."""
    (fault,) = simulation.scenario.faults
    onset = instant(START_DAY, fault.onset_hour)
    about = [message for message in simulation.messages if message.fault == fault.fault and not message.duplicate_of]
    rows = [one.row for one in business_event_statements(simulation, population(simulation.scenario, simulation.seed))]
    later = [row for row in rows if datetime.fromisoformat(str(row["occurred_at"])) >= onset]

    def total(kind: BusinessEventKind, column: str) -> float:
        return sum(float(str(row[column])) for row in later if row["kind"] == kind.value and row[column] is not None)

    kinds = [row["kind"] for row in later]
    return Counted(
        complaints=len(about),
        repeats=len(about) - len({message.customer.customer_id for message in about}),
        cases=kinds.count(BusinessEventKind.CASE_HANDLED.value),
        handled_minutes=total(BusinessEventKind.CASE_HANDLED, "handling_minutes"),
        refunds_usd=total(BusinessEventKind.REFUND, "amount_usd"),
        orders_usd=total(BusinessEventKind.ORDER, "amount_usd"),
        cancellations=kinds.count(BusinessEventKind.CANCELLATION.value),
        negative_share=negative_review_share(simulation, fault),
    )


def pair_of(file: Path) -> Path:
    """The file that holds both lives of the company of this file of scores."""
    made = file.with_suffix(".worth")
    if made.exists():
        return made
    kind, seed = file.stem.rsplit("-", 1)
    scores, scenario = read(file), scenario_of(kind, int(seed))
    (looped,), (by_hand,) = scores[WITH_LOOP], scores[WITHOUT_LOOP]
    people = population(scenario, int(seed))
    told = Pair(
        kind, int(seed), looped.detection_delay_hours, looped.hours_to_fix, by_hand.hours_to_fix,
        sum(monthly_usd(scenario, one) for one in people) / len(people), looped.has_false_automation,
        counted(simulate(scenario, int(seed), START_DAY, interventions=mended(scenario, looped, by_hand))),
        counted(simulate(scenario, int(seed), START_DAY)),
    )  # fmt: skip
    made.write_text(json.dumps(asdict(told)), encoding="utf-8")
    return made


def pair_in(file: Path) -> Pair:
    """The pair in a file."""
    content = json.loads(file.read_text(encoding="utf-8"))
    plain: dict[str, Any] = {one.name: content[one.name] for one in fields(Pair)}
    return Pair(**{**plain, **{name: Counted(**content[name]) for name in ("looped", "by_hand")}})


def row_of(name: str, pairs: list[Pair]) -> str:
    """One line of the table."""
    fixable = [p for p in pairs if p.fix_hours is not None and p.fix_hours_by_hand is not None]
    within = [share_estimate([(hours or 0.0) <= INSIGHT_HOURS for hours in told]) for told in (
        [p.fix_hours for p in fixable], [p.fix_hours_by_hand for p in fixable]
    )]  # fmt: skip
    rated = [p for p in pairs if p.looped.negative_share is not None and p.by_hand.negative_share is not None]
    cells = [
        name.replace("_", " "),
        str(len(pairs)),
        _number(mean_estimate([p.insight_hours for p in pairs if p.insight_hours is not None], name, "insight")),
        _number(mean_estimate([p.fix_hours or 0.0 for p in fixable], name, "fix")),
        _number(mean_estimate([p.fix_hours_by_hand or 0.0 for p in fixable], name, "hand")),
        *(map(_level, within)),
        _share(_change([p.by_hand.negative_share or 0.0 for p in rated], [p.looped.negative_share or 0.0 for p in rated], name)),
        _share(_change([p.by_hand.repeats for p in pairs], [p.looped.repeats for p in pairs], name)),
        _share(_change([p.by_hand.handled_minutes for p in pairs], [p.looped.handled_minutes for p in pairs], name)),
        _share(_change([p.by_hand.refunds_usd for p in pairs], [p.looped.refunds_usd for p in pairs], name)),
        _share(_change([p.by_hand.cancellations for p in pairs], [p.looped.cancellations for p in pairs], name)),
        _level(share_estimate([p.has_false_automation for p in pairs])),
        _number(mean_estimate([p.worth_usd() for p in pairs], name, "worth")),
    ]
    return "| " + " | ".join(cells) + " |"


COLUMNS = (
    "planted fault", "companies", "hours to the first alert", "hours to the fix, loop", "by hand", f"mended within {INSIGHT_HOURS} h, loop",
    "by hand", "reviews of ≤ 2 stars, change", "repeat contacts, change", "agents' time, change", "refunds, change",
    "cancellations, change", "false automation", "worth in USD per company",
)  # fmt: skip


def _change(before: list[float] | list[int], after: list[float] | list[int], name: str) -> Estimate | None:
    return change_estimate([float(one) for one in before], [float(one) for one in after], name)


def _level(found: Estimate | None) -> str:
    return _share(found).replace("+", "")


def _share(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:+.0%} ({found.low:+.0%}…{found.high:+.0%})"


def _number(found: Estimate | None) -> str:
    return "–" if found is None else f"{found.value:,.1f} ({found.low:,.1f}…{found.high:,.1f})"


def main() -> None:
    """Count what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    began, files = time.monotonic(), sorted(args.folder.glob("*.json"))
    with ProcessPoolExecutor(args.processes) as pool:
        pairs = [pair_in(made) for made in pool.map(pair_of, files)]
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    for kind in sorted({pair.kind for pair in pairs}):
        print(row_of(kind, [pair for pair in pairs if pair.kind == kind]))
    print(row_of("all", pairs))
    print(f"\n{len(pairs)} companies in {time.monotonic() - began:.0f} s, {args.processes} processes; all figures simulated")


if __name__ == "__main__":
    main()
