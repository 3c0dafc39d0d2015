"""`feedback-loop audit`: whether the audit trail is whole, what it says of a subject, and all of it as a file. Nothing here changes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import has_state, known_file, open_state, settings_of
from feedback_loop.cli.printing import JsonFlag, plain, print_json, print_table, say

if TYPE_CHECKING:
    from feedback_loop.adapters.state_store.anchor_file import AnchorFile
    from feedback_loop.contracts.audit_trail import Anchor, AuditRecord
    from feedback_loop.ports import AuditLog, StateStore
    from feedback_loop.workflows.audit import AuditLine, AuditReport

app = typer.Typer(help="The audit trail of what was decided and done: verify it, read it, export it.")

_COLUMNS = ("sequence", "recorded at", "event", "subject", "actor")


class _NoTrail:
    """The trail of a home where nothing was ever decided, or whose database is gone; the anchor tells which."""

    def __init__(self, anchor_file: AnchorFile) -> None:
        self._anchor_file = anchor_file

    def records(self) -> list[AuditRecord]:
        return []

    def contents(self) -> dict[int, tuple[str, dict[str, object]]]:
        return {}

    def anchor(self) -> Anchor | None:
        return self._anchor_file.latest()

    def anchors(self) -> list[Anchor]:
        return self._anchor_file.all()


@app.command()
def verify(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check that no record was edited, removed, moved or added; exit code 1 and the first break where one was.

    Example: `feedback-loop audit verify`
    """
    from feedback_loop.errors import AuditChainBroken
    from feedback_loop.workflows.audit import verified

    state = _state(context)
    report = verified(state or _no_trail(context), state)
    if as_json:
        print_json({**vars(report), "is_whole": not report.breaks})
        raise typer.Exit(1 if report.breaks else 0)
    if report.breaks:
        first, more = report.breaks[0], len(report.breaks) - 1
        raise AuditChainBroken([f"{first}. {first.advice}", *([f"{more} more, see --json"] if more else [])])
    say(_told(report))


@app.command()
def show(
    context: typer.Context,
    subject_id: Annotated[
        str | None, typer.Argument(help="A proposal, action, message or batch; without one all records are listed.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the records, or those about one subject with what was decided.

    Example: `feedback-loop audit show proposal_1f0c…`
    """
    from feedback_loop.workflows.audit import lines_of

    lines = lines_of(_log(context), subject_id)
    if as_json:
        print_json([{**vars(line.record), "content": line.content, "is_erased": line.content is None} for line in lines])
    elif not lines:
        say("Nothing was recorded." if subject_id is None else f"Nothing was recorded about {subject_id}.")
    elif subject_id is None:
        print_table(_COLUMNS, [_cells(line) for line in lines])
    else:
        for line in lines:
            _print_line(line)


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON lines file to write; one that exists is not overwritten.", show_default=False)],
) -> None:
    """Write every record with salt and content, enough to verify the trail without this platform.

    Example: `feedback-loop audit export trail.jsonl`
    """
    from feedback_loop.errors import BadInput
    from feedback_loop.workflows.audit import exported

    rows = list(exported(_log(context)))
    try:
        with file.open("x", encoding="utf-8") as written:
            written.writelines(json.dumps(plain(row), ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    except FileExistsError:
        raise BadInput(f"{file}: exists already. Choose another name, or remove it first.") from None
    say(f"{len(rows):,} records in {known_file(file)}")


def _log(context: typer.Context) -> AuditLog:
    return _state(context) or _no_trail(context)


def _state(context: typer.Context) -> StateStore | None:
    settings = settings_of(context)
    return open_state(settings) if has_state(settings) else None


def _no_trail(context: typer.Context) -> AuditLog:
    from feedback_loop.adapters.state_store.anchor_file import AnchorFile

    return _NoTrail(AnchorFile(settings_of(context).anchor_file))


def _told(report: AuditReport) -> str:
    count = f"{report.record_count:,} records"
    if report.anchor is None:
        return f"{count} fit together, but no anchor says that these are all." if report.record_count else "Nothing was recorded."
    erased = f" The content of {len(report.erased):,} was erased." if report.erased else ""
    return f"The audit trail is whole: {count}, anchored at record {report.anchor.sequence:,}.{erased}"


def _cells(line: AuditLine) -> tuple[object, ...]:
    record = line.record
    return (record.sequence, record.recorded_at, record.event, record.subject_id, record.actor)


def _print_line(line: AuditLine) -> None:
    record = line.record
    say(f"{record.sequence:>5}  {record.recorded_at:%Y-%m-%d %H:%M:%S}  {record.event} by {record.actor}")
    content = "erased" if line.content is None else json.dumps(plain(line.content), ensure_ascii=False)
    say(f"       {content}")
