"""What a run found, in print: what rose, in whose words and beside which releases, and the largest issues.

Read by `findings`. The rule that is easy to break: a candidate is printed with its verdict, and is never called a cause.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.adapters.issue_reader import IssueFilter, read_issues
from feedback_loop.cli.findings import TOP_COUNT, Spike, top_spikes
from feedback_loop.cli.issues import print_issue
from feedback_loop.cli.printing import say, shortened
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.vocab import CandidateVerdict

_VERDICTS = {
    CandidateVerdict.CONSISTENT: "fits, unproven",
    CandidateVerdict.NOT_SUPPORTED: "not supported",
    CandidateVerdict.UNDECIDED: "undecided",
}


def print_findings(marts_file: Path, days: DayRange, product: str | None = None) -> None:
    """What rose, and the largest issues."""
    spikes = top_spikes(marts_file, days, product)
    say("What rose most" if spikes else "Nothing rose above what the days before let expect.")
    for spike in spikes:
        _print_spike(spike)
    found = read_issues(marts_file, IssueFilter(days=days, product=product), TOP_COUNT)
    say("\nThe largest issues\n" if found else "\nNo issue yet: no complaint on these days.")
    for rank, issue in enumerate(found, 1):
        print_issue(rank, issue)
        say()


def _print_spike(spike: Spike) -> None:
    also = f", alerted on {spike.day_count} days" if spike.day_count > 1 else ""
    say(
        f"\n  {spike.event_date}  {spike.product}: {spike.subject}\n"
        f"     {spike.observed_count} records complained where {spike.expected_count:.1f} were to be expected"
        f" ({spike.rate_ratio:.1f} times as many{also})"
    )
    for quote in spike.quotes:
        say(f"     “{shortened(quote)}”")
    for candidate in spike.candidates:
        say(f"     {_VERDICTS[CandidateVerdict(candidate['verdict'])]}: {candidate['statement']}")
    if not spike.candidates:
        say("     no release or version stands beside it")
