"""`feedback-loop cost`: what 1,000 fragments cost, by the tier that took them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from feedback_loop.cli.places import FromOption, ToOption, known_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.model_costs import Costs

_TIERS = ("tier", "fragments", "cost in USD", "USD per 1,000 fragments")
_STAGES = ("stage", "model", "calls", "answered", "input tokens", "output tokens", "USD", "of it assumed")
_DECIMALS = 4


def cost(context: typer.Context, first: FromOption = None, last: ToOption = None, as_json: JsonFlag = False) -> None:
    """Show what 1,000 fragments cost, by tier: the local model, the language model, people.

    Without days, over all of them; with days, the fragments of those days beside the calls that were made on them.

    Example: `feedback-loop cost --from 2024-03-01 --to 2024-03-07`
    """
    from feedback_loop.workflows.model_costs import costs_of
    from feedback_loop.workflows.snapshots import snapshot_of

    settings = settings_of(context)
    calls = snapshot_of(known_state(settings), "state_model_call")
    costs = costs_of(open_store(settings), calls, _days(first, last))
    if as_json:
        print_json(costs)
    else:
        _print(costs)


def _days(first: str | None, last: str | None) -> DayRange | None:
    from feedback_loop.contracts.days import DayRange, parse_day

    if (first is None) != (last is None):
        raise BadInput("give both --from and --to, or neither.")
    return None if first is None or last is None else DayRange(parse_day(first), parse_day(last))


def _print(costs: Costs) -> None:
    rows = [(one.tier, one.fragment_count, _usd(one.cost_usd), _usd(one.usd_per_thousand)) for one in costs.tiers]
    total = sum(stage.cost_usd for stage in costs.stages)
    print_table(_TIERS, [*rows, ("all", "", _usd(total), _usd(costs.usd_per_thousand))])
    say("People: what the classifier left open; nobody states what their work costs. Who decides each fragment: `route` in mart_complaint.")
    if not costs.stages:
        say("No language model was asked.")
        return
    shown = [tuple(vars(stage).values()) for stage in costs.stages]
    print_table(_STAGES, [(*row[:-2], *map(_usd, row[-2:])) for row in shown])


def _usd(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.{_DECIMALS}f}"
