"""One issue's whole story in words: volume with alerts and changes marked, whom it hits, causes for and against, what to read and to do.

What it is told from is `workflows/issue_story`. The rules that are easy to break: what no table holds is said to be unknown and never left
out, because a reader can't tell what was left out from what is fine; and only masked words of customers are printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from feedback_loop.cli.printing import plain, say, shortened

if TYPE_CHECKING:
    from feedback_loop.contracts.knowledge import FoundPassage
    from feedback_loop.workflows.issue_story import AlertStory, IssueStory, Recommended

Row = Mapping[str, Any]

_BARS = "▁▂▃▄▅▆▇█"
_MOST_DAYS, _MOST_CAUSES, _MOST_SEGMENTS = 60, 4, 3


def print_story(story: IssueStory, daily: Sequence[tuple[date, int]]) -> None:
    """Everything that stands around the issue."""
    for line in story_lines(story, daily):
        say(line)


def story_lines(story: IssueStory, daily: Sequence[tuple[date, int]]) -> Iterator[str]:
    """The lines of the story, in the order in which somebody asks."""
    yield from _volume(story, daily)
    yield from _status(story)
    yield from _impact(story.impact)
    if not story.alerts:
        yield from ("", "No alert is about it, so nothing was asked of its causes.")
    told: set[tuple[object, ...]] = set()
    for one in story.alerts:
        yield from _alert(one, told)
    if story.alert_count > len(story.alerts):
        yield f"\n{story.alert_count - len(story.alerts)} weaker alerts are not shown; `feedback-loop query` finds them in mart_alert."
    yield from _documents(story.documents)
    yield from _recommended(story.recommended)
    yield from _proposals(story.issue_id, story.proposals)


def story_facts(story: IssueStory) -> dict[str, Any]:
    """The same for programs."""
    facts: dict[str, Any] = plain(story)
    shown = ("document_id", "document_version", "title", "heading")
    facts["documents"] = [
        {**{name: getattr(one.passage, name) for name in shown}, "document_kind": str(one.document_kind)} for one in story.documents
    ]
    return facts


def sparkline(counts: Sequence[int]) -> str:
    """A bar for each count, a dot for none; the highest bar is the highest count."""
    most = max(counts, default=0)
    return "".join("·" if not count else _BARS[(count * len(_BARS) - 1) // most] for count in counts)


def _volume(story: IssueStory, daily: Sequence[tuple[date, int]]) -> Iterator[str]:
    if not daily:
        yield "No complaint of it stands on a day of its own."
        return
    last = daily[-1][0]
    first = max(daily[0][0], last - timedelta(days=_MOST_DAYS - 1))
    days, counted = [first + timedelta(days=n) for n in range((last - first).days + 1)], dict(daily)
    peak = max(days, key=lambda day: (counted.get(day, 0), day))
    alerts = {one.alert["event_date"] for one in story.alerts}
    changes = {cause["cause_started_at"].date() for one in story.alerts for cause in _live(one.hypotheses)[:1]}
    marks = "".join("*" if day in alerts & changes else "a" if day in alerts else "c" if day in changes else " " for day in days)
    yield f"By day, {first} to {last}, at most {counted.get(peak, 0)} on {peak}"
    yield f"     {sparkline([counted.get(day, 0) for day in days])}"
    if marks.strip():
        yield f"     {marks.rstrip()}"
        yield "     a alert · c the likeliest change began · * both"


def _status(story: IssueStory) -> Iterator[str]:
    yield ""
    if story.statuses:
        last = story.statuses[-1]
        yield f"Status: {_words(last['issue_status'])} since {_minute(last['changed_at'])}, by {last['changed_by']}"
    else:
        yield "Status: nothing was decided about it yet"
    for one in story.statuses[:-1]:
        yield f"     {_minute(one['changed_at'])}  {_words(one['issue_status'])}, by {one['changed_by']}"
    if story.events is None:
        yield "What happened to it (opened, split, merged, reopened) is kept by no table of this home."
    for event in story.events or ():
        other = f" {event['other_issue_id']}" if event.get("other_issue_id") else ""
        yield f"     {event['event_date']}  {_words(event['issue_event_kind'])}{other}"


def _impact(impact: Row | None) -> Iterator[str]:
    if impact is None:
        yield "Priority and impact are not known."
        return
    yield f"Priority {impact['priority']} (score {impact['priority_score']:.2f}): {'; '.join(impact['priority_reasons'] or ())}"
    tiers = ", ".join(impact["touched_tiers"] or ()) or "no known tier"
    revenue = _usd(impact["touched_arr_usd"], "a year", impact.get("arr_missing_reason"))
    delay = _usd(impact["cost_of_delay_usd"], "a day", impact.get("cost_of_delay_reason"))
    yield f"     {impact['touched_customer_count']} customers, {tiers}, revenue {revenue}; waiting costs {delay}"


def _usd(value: float | None, rate: str, why_not: str | None) -> str:
    return f"not known{f' ({_words(why_not)})' if why_not else ''}" if value is None else f"USD {value:,.0f} {rate}"


def _alert(one: AlertStory, told: set[tuple[object, ...]]) -> Iterator[str]:
    """The alert; of its causes those statements that `told` does not hold, which then holds them."""
    alert = one.alert
    expected = "" if alert["expected_count"] is None else f", {alert['expected_count']:.1f} expected"
    about = alert["alerted_class"] or alert["product"]
    yield f"\nAlert of {_minute(alert['raised_at'])}: {_words(alert['alert_kind'])}, {about}, {alert['observed_count']} seen{expected}"
    yield f"     {_verdict(one)}"
    for cohort in _segments(one)[:_MOST_SEGMENTS]:
        yield f"     {cohort['cohort_rank']}. {_segment(cohort)}"
    if not one.hypotheses:
        yield "     Nothing is said of its causes: too few complaints to tell when it began."
    said = [(cause["cause_id"], *cause["evidence_for"], *cause["evidence_against"]) for cause in one.hypotheses[:_MOST_CAUSES]]
    if said and told.issuperset(said):
        yield "     The same is said of its causes as above."
        return
    told.update(said)
    for cause in one.hypotheses[:_MOST_CAUSES]:
        yield from _hypothesis(cause)
    if len(one.hypotheses) > _MOST_CAUSES:
        yield f"     and {len(one.hypotheses) - _MOST_CAUSES} less probable"


def _verdict(one: AlertStory) -> str:
    told = one.cohorts[0] if one.cohorts else {}
    if told.get("rise_verdict") is not None:
        return f"Who complains more: {_words(told['rise_verdict'])} ({told['rise_confidence']:.0%})"
    return "The segments that stand out:" if _segments(one) else "No segment of customers stands out."


def _segments(one: AlertStory) -> tuple[Row, ...]:
    """Those that are not everybody."""
    return tuple(cohort for cohort in one.cohorts if json.loads(cohort["cohort_attributes"]))


def _segment(cohort: Row) -> str:
    named = _attributes(cohort["cohort_attributes"])
    aliases = "".join(f", the same as {_attributes(alias)}" for alias in cohort.get("cohort_aliases") or ())
    lift = "" if cohort["cohort_lift"] is None else f", {cohort['cohort_lift']:.1f} times the share of the others"
    return f"{named}{aliases}: {cohort['observed_count']} complain, {cohort['expected_count']:.1f} expected{lift}"


def _hypothesis(cause: Row) -> Iterator[str]:
    named = "no known cause" if cause["cause_id"] is None else f"{_words(cause['cause_kind'])} {cause['cause_id']}"
    began = "" if cause["cause_started_at"] is None else f", began {_minute(cause['cause_started_at'])}"
    said = f"; {cause['said']} by {cause['said_by']}" if cause.get("said") else ""
    yield f"\n  {cause['hypothesis_rank']}. {named}: {_words(cause['hypothesis_verdict'])}, {cause['hypothesis_score']:.0%}{began}{said}"
    for sign, name in (("+", "evidence_for"), ("-", "evidence_against"), ("?", "deciding_observations")):
        yield from (f"     {sign} {statement}" for statement in cause.get(name) or ())
    yield f"     {cause['hypothesis_id']}"


def _documents(found: Sequence[FoundPassage]) -> Iterator[str]:
    yield "\nTo read" if found else "\nNo document that you may read and that is in force is known to speak of it."
    for one in found:
        yield f"     {one.passage.title} ({one.passage.document_id}, {_words(str(one.document_kind))}): {shortened(one.passage.text, 120)}"


def _recommended(book: Recommended | None) -> Iterator[str]:
    if book is None:
        yield "\nNo playbook is recommended: nothing was alerted of."
        return
    yield f"\nRecommended playbook: {book.title} ({book.playbook_id}), {_words(book.action_kind)}, {_words(book.risk)} risk"
    yield f"     approved by {' and '.join(book.approver_roles)}; rests on {', '.join(book.documents)}"
    if book.confidence_score < book.threshold_score:
        yield f"     It proposes nothing by itself: the leading cause has {book.confidence_score:.0%}, it needs {book.threshold_score:.0%}."


def _proposals(issue_id: str, rows: Sequence[Row]) -> Iterator[str]:
    yield "\nProposals" if rows else "\nNothing was proposed."
    for row in rows:
        whose = "" if row["proposed_issue_id"] == issue_id else f", for {row['proposed_issue_id'] or 'no single issue'} with the same cause"
        yield f"     {row['proposal_id']}  {_words(row['action_kind'])} {row['action_target']}: {_words(row['proposal_status'])}{whose}"


def _live(hypotheses: Sequence[Row]) -> list[Row]:
    return [one for one in hypotheses if one["cause_started_at"] is not None and one["hypothesis_verdict"] != "refuted"]


def _attributes(told: str) -> str:
    return ", ".join(f"{dimension} {value}" for dimension, value in json.loads(told).items()) or "everybody"


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _minute(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
