"""`feedback-loop issues`: the ranked issues of some days, and one issue over all its days, from the published marts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import FromOption, ToOption, settings_of
from feedback_loop.cli.printing import JsonFlag, plain, print_json, print_table, say, shortened
from feedback_loop.errors import UnknownChoice

if TYPE_CHECKING:
    from feedback_loop.adapters.issue_reader import IssueFilter, IssueHistory, RankedIssue

app = typer.Typer()

ISSUES_SHOWN = 20
_VERSIONS_SHOWN = 5
_REASONS_SHOWN = 3


@app.callback(invoke_without_command=True)
def ranked(
    context: typer.Context,
    first: FromOption = None,
    last: ToOption = None,
    product: Annotated[str | None, typer.Option(help="Only this product.", show_default=False)] = None,
    release: Annotated[str | None, typer.Option(help="Only customers on this version.", show_default=False)] = None,
    region: Annotated[str | None, typer.Option(help="Only this region.", show_default=False)] = None,
    tier: Annotated[str | None, typer.Option(help="Only this customer tier.", show_default=False)] = None,
    issue_class: Annotated[str | None, typer.Option("--class", help="Only this class, such as crash.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most issues to print.")] = ISSUES_SHOWN,
    as_json: JsonFlag = False,
) -> None:
    """Rank the issues of some days; `issues show ID` tells one issue's story.

    Example: `feedback-loop issues --from 2026-03-01 --to 2026-03-31 --release 6.4.0`
    """
    if context.invoked_subcommand is not None:
        return
    from feedback_loop.adapters.issue_reader import IssueFilter, read_issues
    from feedback_loop.cli.findings import days_of_marts

    marts_file = settings_of(context).marts_file
    wanted = IssueFilter(
        days=days_of_marts(marts_file, first, last),
        product=product,
        release=release,
        region=region,
        tier=tier,
        issue_class=None if issue_class is None else _known_class(issue_class),
    )
    found = read_issues(marts_file, wanted, limit)
    if as_json:
        print_json(found)
    else:
        _print_ranking(found, wanted)


@app.command()
def show(
    context: typer.Context,
    issue_id: Annotated[str, typer.Argument(help="Id from `feedback-loop issues`.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Show one issue over all its days: counts, quotes, alerts and what may stand behind it.

    Example: `feedback-loop issues show issue_7c1d…`
    """
    from feedback_loop.adapters.issue_reader import read_issue

    history = read_issue(settings_of(context).marts_file, issue_id)
    if as_json:
        daily = [{"event_date": day, "fragment_count": count} for day, count in history.daily]
        print_json({**plain(history.issue), "daily": daily})
    else:
        _print_history(history)


def print_issue(rank: int, issue: RankedIssue) -> None:
    """The issue as a block: what it is, how large, and in whose words."""
    customers = f" · {issue.customer_count:,} customers" if issue.customer_count else ""
    seen = f"{issue.first_seen_at:%Y-%m-%d} to {issue.last_seen_at:%Y-%m-%d}"
    say(f"{rank:>3}  {issue.label}  ({issue.issue_class}, {issue.product})")
    alerts = f"{len(issue.alerts)} alert{'' if len(issue.alerts) == 1 else 's'}"
    say(f"     {issue.fragment_count:,} complaints{customers} · {issue.trend} · {seen} · {alerts}")
    say(f"     {issue.priority} priority: {'; '.join(issue.priority_reasons[:_REASONS_SHOWN])}")
    if issue.versions:
        say(f"     versions {', '.join(issue.versions[:_VERSIONS_SHOWN])}{' …' if len(issue.versions) > _VERSIONS_SHOWN else ''}")
    for quote in issue.quotes:
        say(f"     “{shortened(quote)}”")
    say(f"     {issue.issue_id}")


def _print_ranking(found: list[RankedIssue], wanted: IssueFilter) -> None:
    if not found:
        say(f"No issue matches on {wanted.days}.")
        return
    say(f"Issues of {wanted.days}, largest first\n")
    for rank, issue in enumerate(found, 1):
        print_issue(rank, issue)
        say()


def _print_history(history: IssueHistory) -> None:
    issue = history.issue
    print_issue(1, issue)
    say()
    print_table(("day", "complaints"), history.daily)
    if issue.alerts:
        rows = [(a.event_date, a.alert_kind, a.observed_count, a.expected_count, a.rate_ratio) for a in issue.alerts]
        print_table(("alert", "kind", "observed", "expected", "times"), rows)
    if issue.wording_summary is not None:
        say(f"  in the words of {issue.wording_version}, for reading only: {issue.wording_summary} {issue.wording_hypothesis}")
    for hypothesis in issue.hypotheses:
        say(f"  {hypothesis.verdict.replace('_', ' ')}: {hypothesis.statement}")


def _known_class(name: str) -> str:
    from feedback_loop.contracts.vocab import ISSUE_CLASSES

    word = name.strip().lower().replace("-", "_")
    if word not in [str(c) for c in ISSUE_CLASSES]:
        raise UnknownChoice("class", name, [str(c) for c in ISSUE_CLASSES])
    return word
