"""`feedback-loop roi`: what a return is reckoned with, and a quarter with the loop beside one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import known_file, known_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, plain, print_json, print_table, say, shortened
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.outcomes.assumptions import RoiAssumptions
    from feedback_loop.outcomes.roi_comparison import Comparison, Interval

app = typer.Typer(help="What the loop is worth: the assumptions behind it, and a quarter with the loop beside one before it.")

TARGET_MULTIPLE = 3.5
"""What such platforms are said to return; a target beside what was measured, and nobody's measurement."""

_FIGURES = ("figure", "unit", "without the loop", "measured", "saved", "95 %", "USD", "95 %", "missing")
_SHOWN_CHARS = 60
_DaysOption = Annotated[str | None, typer.Option(metavar="FIRST:LAST", show_default=False)]


@app.command()
def show(
    context: typer.Context,
    as_template: Annotated[
        bool, typer.Option("--template", help="Print the package's assumptions as YAML, to start your own from.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the assumptions that count: roi.yaml of the home, or the package's own, each with who answers for it.

    Example: `feedback-loop roi show`
    """
    from feedback_loop.outcomes.assumptions_text import seed_text
    from feedback_loop.workflows.roi import read_assumptions

    if as_template:
        say(seed_text().rstrip())
        return
    settings = settings_of(context)
    assumed = read_assumptions(settings.roi_file)
    if as_json:
        print_json(_content(assumed))
        return
    say(f"From {_place(settings)}. What has no value is not reckoned with.")
    print_table(("assumption", "value", "unit", "owner"), [(name, one.value, one.unit, one.owner) for name, one in assumed.named().items()])
    costs = [(cost.name, cost.usd_per_month, cost.owner) for cost in assumed.costs]
    print_table(("cost", "USD per month", "owner"), costs)
    say("Sources")
    for name, source in [*((name, one.source) for name, one in assumed.named().items()), *((c.name, c.source) for c in assumed.costs)]:
        say(f"  {name}: {source}")


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the assumptions: each with unit, owner and source, ends in order, days that lie apart.

    Example: `feedback-loop roi lint`
    """
    from feedback_loop.workflows.roi import read_assumptions

    settings = settings_of(context)
    assumed = read_assumptions(settings.roi_file)
    unknown = [name for name, one in assumed.named().items() if one.value is None]
    unknown += [cost.name for cost in assumed.costs if cost.usd_per_month is None]
    if as_json:
        print_json({"place": _place(settings), "without_value": unknown, "problems": []})
    else:
        say(f"{_place(settings)}: nothing wrong. " + (f"Nobody stands yet for: {', '.join(unknown)}." if unknown else "All have a value."))


@app.command()
def compare(
    context: typer.Context,
    before: _DaysOption = None,
    with_loop: _DaysOption = None,
    product: Annotated[str | None, typer.Option(help="Which product, where there are several.", show_default=False)] = None,
    as_json: JsonFlag = False,
) -> None:
    """Set days with the loop beside days before it: what was saved, what it cost, and how the result moves with each assumption.

    Days that are not named here are those of roi.yaml.

    Example: `feedback-loop roi compare --before 2026-01-01:2026-03-31 --with-loop 2026-04-01:2026-06-30`
    """
    from feedback_loop.outcomes.roi_rows import comparison
    from feedback_loop.workflows.roi import read_assumptions, read_books
    from feedback_loop.workflows.snapshots import snapshot_of

    settings = settings_of(context)
    assumed = read_assumptions(settings.roi_file)
    stretches = _stretches(before, with_loop, assumed)
    calls = snapshot_of(known_state(settings), "state_model_call")
    books = read_books(open_store(settings), calls)
    found = comparison(books, _product(product, books.products()), *stretches, assumed)
    if as_json:
        print_json(plain(found))
    else:
        _print(found)


def _stretches(before: str | None, with_loop: str | None, assumed: RoiAssumptions) -> tuple[DayRange, DayRange]:
    from feedback_loop.outcomes.assumptions import why_not_comparable

    named = assumed.compared
    of_file = (None, None) if named is None else (named.before.days(), named.with_loop.days())
    first = of_file[0] if before is None else _days(before, "--before")
    second = of_file[1] if with_loop is None else _days(with_loop, "--with-loop")
    if first is None or second is None:
        raise BadInput("name the days with --before FIRST:LAST and --with-loop FIRST:LAST, or under compared in roi.yaml.")
    if problem := why_not_comparable(first, second):
        raise BadInput(f"{problem}.")
    return first, second


def _days(text: str, option: str) -> DayRange:
    from feedback_loop.contracts.days import DayRange, parse_day

    first, colon, last = text.partition(":")
    if not colon:
        raise BadInput(f"{option}: '{shortened(text, _SHOWN_CHARS)}' names no two days. Write them as 2026-01-01:2026-03-31.")
    return DayRange(parse_day(first), parse_day(last))


def _product(asked: str | None, known: list[str]) -> str:
    from feedback_loop.errors import UnknownChoice

    if not known:
        raise BadInput("no product is known: neither feedback nor business events have landed. Ingest them first; see `ingest --help`.")
    if asked is None and len(known) > 1:
        raise BadInput(f"name one of the products with --product: {', '.join(known)}.")
    if asked is not None and asked not in known:
        raise UnknownChoice("--product", asked, known)
    return asked or known[0]


def _print(found: Comparison) -> None:
    per = "per order" if found.per == "orders" else "per day"
    season = "nothing is known of a year before, so that seasons are not taken out" if found.season is None else "as the year before had it"
    say(f"{found.with_loop} with the loop beside {found.before} before it; {per}; season: {season}.")
    rows = [
        (
            str(line.figure).replace("_", " "), line.unit, _number(line.expected), _number(line.measured), _number(_value(line.saved)),
            _between(line.saved), _number(_value(line.amount)), _between(line.amount), ", ".join(line.missing),
        )
        for line in found.lines
    ]  # fmt: skip
    print_table(_FIGURES, rows)
    say("The total adds what is known of cases, refunds, cancellations and revenue.")
    say(f"The target is a multiple of {TARGET_MULTIPLE}, a claim that nobody measured.")
    if found.sensitivity:
        tried = [(one.name, _number(one.value), _number(one.total_usd), _number(one.multiple)) for one in found.sensitivity]
        print_table(("if this were", "another value", "the total in USD", "the multiple"), tried)


def _value(interval: Interval | None) -> float | None:
    return None if interval is None else interval.value


def _between(interval: Interval | None) -> str:
    return "" if interval is None or interval.low is None else f"{_number(interval.low)} … {_number(interval.high)}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def _place(settings: Settings) -> str:
    return known_file(settings.roi_file) if settings.roi_file.exists() else "the package's own assumptions"


def _content(assumed: RoiAssumptions) -> dict[str, object]:
    return {
        "assumptions": {name: one.model_dump(mode="json") for name, one in assumed.named().items()},
        "costs": [cost.model_dump(mode="json") for cost in assumed.costs],
        "compared": assumed.compared and assumed.compared.model_dump(mode="json", by_alias=True),
    }
