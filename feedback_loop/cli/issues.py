"""`feedback-loop issues`: the ranked issues of some days, and one issue over all its days, from the published marts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import AsOption, FromOption, ToOption, settings_of, who_acts, who_reads
from feedback_loop.cli.printing import MOST_SHOWN, JsonFlag, plain, print_json, remark, say, shortened
from feedback_loop.errors import UnknownChoice

if TYPE_CHECKING:
    from feedback_loop.adapters.issue_reader import IssueFilter, IssueHistory, RankedIssue
    from feedback_loop.config import Settings
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.workflows.issue_story import IssueStory

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
    limit: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="Most issues to print.")] = ISSUES_SHOWN,
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
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Tell one issue's story: quotes, volume, whom it hits, causes for and against, what would decide, documents, playbook, what was done.

    Example: `feedback-loop issues show issue_7c1d…`
    """
    from feedback_loop.adapters.issue_reader import read_issue

    settings = settings_of(context)
    history = read_issue(settings.marts_file, issue_id)
    story = _story(settings, issue_id, who_reads(context, person))
    if as_json:
        from feedback_loop.cli.issue_story import story_facts

        daily = [{"event_date": day, "fragment_count": count} for day, count in history.daily]
        print_json({**plain(history.issue), "daily": daily, "story": story_facts(story)})
    else:
        _print_history(history, story)


def _story(settings: Settings, issue_id: str, actor: Actor | None) -> IssueStory:
    from feedback_loop.cli.knowledge import reader_of
    from feedback_loop.cli.places import known_state, open_library_of, open_store
    from feedback_loop.workflows.issue_story import issue_story
    from feedback_loop.workflows.playbook_files import read_playbooks

    state, reader = known_state(settings), reader_of(settings, None, actor, None)
    playbooks = read_playbooks(settings.playbooks_folder)
    return issue_story(issue_id, open_store(settings), state, playbooks, open_library_of(settings), reader)


_HYPOTHESIS = typer.Argument(metavar="HYPOTHESIS", help="Id from `issues show` or `labels hypotheses --waiting`.", show_default=False)
_WHY = typer.Option(help="Why, in your own words, not the customer's.", show_default=False)


@app.command()
def confirm(
    context: typer.Context,
    hypothesis_id: Annotated[str, _HYPOTHESIS],
    person: AsOption = None,
    why: Annotated[str | None, _WHY] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say that a hypothesis is right: a label that its score is measured by. A later word about it counts instead.

    Example: `feedback-loop issues confirm hypothesis_2b9e… --as ada --why "the rollback ended it"`
    """
    _judge(context, hypothesis_id, person, why, is_right=True, as_json=as_json)


@app.command()
def reject(
    context: typer.Context,
    hypothesis_id: Annotated[str, _HYPOTHESIS],
    person: AsOption = None,
    why: Annotated[str | None, _WHY] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say that a hypothesis is wrong: a label that its score is measured by. A later word about it counts instead.

    Example: `feedback-loop issues reject hypothesis_2b9e… --as ada --why "it began before that release"`
    """
    _judge(context, hypothesis_id, person, why, is_right=False, as_json=as_json)


_ISSUE = typer.Argument(metavar="ISSUE", help="Id from `feedback-loop issues`.", show_default=False)


@app.command()
def close(
    context: typer.Context, issue_id: Annotated[str, _ISSUE], why: Annotated[str, _WHY], person: AsOption = None, as_json: JsonFlag = False
) -> None:
    """Say that an issue is done with: its SLA clock ends, and complaints from now on are another occurrence of it.

    Example: `feedback-loop issues close issue_7c1d… --as ada --why "mended by hand in release 6.4.1"`
    """
    _say_status(context, issue_id, why, person, is_closed=True, as_json=as_json)


@app.command()
def reopen(
    context: typer.Context, issue_id: Annotated[str, _ISSUE], why: Annotated[str, _WHY], person: AsOption = None, as_json: JsonFlag = False
) -> None:
    """Say that a closed issue is not done with: another SLA clock starts.

    Example: `feedback-loop issues reopen issue_7c1d… --as ada --why "three customers see it again"`
    """
    _say_status(context, issue_id, why, person, is_closed=False, as_json=as_json)


def _say_status(context: typer.Context, issue_id: str, why: str, person: str | None, *, is_closed: bool, as_json: bool) -> None:
    from feedback_loop.cli.places import SystemClock, open_state, open_store
    from feedback_loop.contracts.loop_vocab import IssueStatus
    from feedback_loop.workflows.close_issue import merged_into, say_status

    settings, actor = settings_of(context), who_acts(context, person)
    status, state = IssueStatus.RESOLVED if is_closed else IssueStatus.REOPENED, open_state(settings)
    tables = open_store(settings)
    is_new = say_status(issue_id, status, why, actor.name, actor.people, tables, state, SystemClock().now())
    merged = merged_into(tables, issue_id)
    if as_json:
        print_json({"issue_id": issue_id, "issue_status": str(status), "is_new": is_new, "merged_into": merged})
        return
    say(f"{issue_id} is {status}, says {actor.name}{'' if is_new else '; that was known already'}.")
    if merged is not None:
        remark(f"it was merged into {merged}, of which nothing is said by that.")


def _judge(context: typer.Context, hypothesis_id: str, person: str | None, why: str | None, *, is_right: bool, as_json: bool) -> None:
    from feedback_loop.cli.places import SystemClock, open_state, open_store
    from feedback_loop.contracts.loop_vocab import HypothesisLabel
    from feedback_loop.workflows.judge_hypothesis import judge_hypothesis

    settings, label = settings_of(context), HypothesisLabel.CONFIRMED if is_right else HypothesisLabel.REJECTED
    actor, tables, state = who_acts(context, person), open_store(settings), open_state(settings)
    judged = judge_hypothesis(hypothesis_id, label, actor.name, actor.people, tables, state, SystemClock().now(), why)
    if as_json:
        print_json(judged)
    else:
        say(f"{hypothesis_id} is {label}, says {actor.name}{'' if judged.is_new else '; that was known already'}.")


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


def _print_history(history: IssueHistory, story: IssueStory) -> None:
    from feedback_loop.cli.issue_story import print_story

    issue = history.issue
    print_issue(1, issue)
    if issue.wording_summary is not None:
        worded = " ".join(filter(None, (issue.wording_summary, issue.wording_hypothesis)))
        say(f"     in the words of {issue.wording_version}, for reading only: {worded}")
    if issue.hypotheses:
        say("     Releases beside its alerts")
    for candidate in issue.hypotheses:
        say(f"     {candidate.verdict.replace('_', ' ')}: {candidate.statement}")
    say()
    print_story(story, history.daily)


def _known_class(name: str) -> str:
    from feedback_loop.contracts.vocab import ISSUE_CLASSES

    word = name.strip().lower().replace("-", "_")
    if word not in [str(c) for c in ISSUE_CLASSES]:
        raise UnknownChoice("class", name, [str(c) for c in ISSUE_CLASSES])
    return word
