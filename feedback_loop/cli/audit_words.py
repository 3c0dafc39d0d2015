"""What `feedback-loop audit` prints: a decision as a page, records, decisions made again, and in one sentence whether a trail is whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedback_loop.cli.printing import plain, print_json, print_table, say

if TYPE_CHECKING:
    from feedback_loop.remediation.replay import Replay
    from feedback_loop.workflows.audit import AuditLine, AuditReport
    from feedback_loop.workflows.audit_export import ExportReport
    from feedback_loop.workflows.decision_story import DecisionStory
    from feedback_loop.workflows.page import Page

_COLUMNS = ("sequence", "recorded at", "event", "subject", "actor")


def show_story(story: DecisionStory, *, as_json: bool) -> None:
    """The page of the decision, or all that it is made from."""
    from feedback_loop.workflows.decision_page import decision_page

    if as_json:
        lines = [_as_row(line) for line in story.lines]
        row = {**story.proposal.row(), "approver_roles": story.proposal.approver_roles}
        print_json({**vars(story), "proposal": row, "evidence": story.evidence, "lines": lines, "is_erased": story.told is None})
    else:
        _print_page(decision_page(story))


def _print_page(page: Page) -> None:
    say(page.title)
    for section in page.sections:
        say(f"\n{section.title}")
        for line in section.lines:
            say(f"  {line}")
        if section.rows:
            print_table(section.columns, section.rows)


def show_lines(lines: list[AuditLine], subject_id: str | None, *, as_json: bool) -> None:
    """The records, with what was decided where they are about one subject."""
    if as_json:
        print_json([_as_row(line) for line in lines])
    elif not lines:
        say("Nothing was recorded." if subject_id is None else f"Nothing was recorded about {subject_id}.")
    elif subject_id is None:
        print_table(_COLUMNS, [_cells(line) for line in lines])
    else:
        for line in lines:
            _print_line(line)


def print_replays(found: Sequence[Replay]) -> None:
    """Each decision with what came of making it again."""
    if not found:
        say("Nothing was proposed yet.")
    for one in found:
        say(f"{one.proposal_id}  {one.verdict.replace('_', ' ')}")
        for difference in one.differences:
            say(f"   differs: {difference}")
        for lack in one.lacks:
            say(f"   lacks: {lack}")


def told(report: AuditReport) -> str:
    """Of a trail that is whole: how long it is, who signed it, and what was erased."""
    count = f"{report.record_count:,} records"
    if report.anchor is None:
        return f"{count} fit together, but no anchor says that these are all." if report.record_count else "Nothing was recorded."
    parts = [f"The audit trail is whole: {count}, anchored at record {report.anchor.sequence:,}"]
    parts[0] += f" and signed by {report.key_id}." if report.key_id else ", not signed yet: the next change signs it."
    if report.key_id and report.unsigned_count:
        parts.append(f"{report.unsigned_count:,} anchors are from before signing; the first signed one vouches for them.")
    if report.unanchored_count:
        parts.append(f"{report.unanchored_count:,} records follow on the anchor: a process was stopped before it wrote the next.")
    if report.erased:
        parts.append(f"The content of {len(report.erased):,} was erased.")
    return " ".join(parts)


def told_of_export(report: ExportReport) -> str:
    """Of an export that is whole: which records it holds, and who signed it."""
    erased = f" The content of {len(report.erased):,} was erased before." if report.erased else ""
    begins = "from the first on" if report.first_sequence == 1 else "a part of the trail"
    stretch = f"records {report.first_sequence:,} to {report.last_sequence:,}, {begins}"
    return f"The export is whole: {report.record_count:,} records ({stretch}), signed by {report.key_id}.{erased}"


def _as_row(line: AuditLine) -> dict[str, object]:
    return {**vars(line.record), "content": line.content, "is_erased": line.content is None}


def _cells(line: AuditLine) -> tuple[object, ...]:
    record = line.record
    return (record.sequence, record.recorded_at, record.event, record.subject_id, record.actor)


def _print_line(line: AuditLine) -> None:
    record = line.record
    say(f"{record.sequence:>5}  {record.recorded_at:%Y-%m-%d %H:%M:%S}  {record.event} by {record.actor}")
    content = "erased" if line.content is None else json.dumps(plain(line.content), ensure_ascii=False)
    say(f"       {content}")
