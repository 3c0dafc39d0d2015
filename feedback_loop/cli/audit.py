"""`feedback-loop audit`: is the trail whole and signed, what does it say of a decision, all of it as a file, and decisions made again.

Nothing here changes the trail. How a decision is told stands in `workflows/decision_page`, how an export is verified in
`workflows/audit_export`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.audit_words import print_replays, show_lines, show_story, told, told_of_export
from feedback_loop.cli.places import (
    FromOption,
    SystemClock,
    ToOption,
    days_or_all,
    known_file,
    known_state,
    open_store,
    settings_of,
)
from feedback_loop.cli.printing import JsonFlag, plain, print_json, remark, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback_loop.config import Settings
    from feedback_loop.contracts.audit_trail import Anchor, AuditBreak, AuditRecord
    from feedback_loop.contracts.signatures import VerifyingKey
    from feedback_loop.ports import AuditAnchor, AuditLog, StateStore
    from feedback_loop.remediation.replay import Rules
    from feedback_loop.workflows.decision_story import DecisionStory

app = typer.Typer(help="The audit trail of what was decided and done: verify it, read it, export it, make decisions again.")

KeyOption = Annotated[
    Path | None,
    typer.Option("--public-key", metavar="FILE", help="Key to trust (PEM) in the place of the home's own.", show_default=False),
]
AnchorOption = Annotated[
    Path | None,
    typer.Option("--anchor", metavar="FILE", help="Anchors that you keep elsewhere; all of them have to hold.", show_default=False),
]


class _NoTrail:
    """The trail of a home where nothing was ever decided, or whose database is gone; the anchor tells which."""

    def __init__(self, anchor_file: AuditAnchor) -> None:
        self._anchor_file = anchor_file

    def records(self) -> list[AuditRecord]:
        return []

    def contents(self) -> dict[int, tuple[str, dict[str, object]]]:
        return {}

    def anchor(self) -> Anchor | None:
        return self._anchor_file.latest()

    def anchors(self) -> list[Anchor]:
        return self._anchor_file.all()

    def verifying_key(self) -> VerifyingKey | None:
        return self._anchor_file.verifying_key()


@app.command()
def verify(
    context: typer.Context,
    public_key: KeyOption = None,
    anchor: AnchorOption = None,
    export_file: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Verify this export instead of the home.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check that no record was edited, removed, moved or added, and who signed; exit code 1 and the first break where one was.

    Example: `feedback-loop audit verify --public-key signing.key.pub`
    """
    from feedback_loop.workflows.audit import verified

    key, kept = _given_key(public_key), _kept_anchors(anchor)
    if export_file is not None:
        _verify_export(settings_of(context), export_file, key, kept, as_json=as_json)
        return
    state = _state(context)
    report = verified(state or _no_trail(context), state, key=key, kept=kept)
    _tell(report, report.breaks, told(report), as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    subject_id: Annotated[
        str | None, typer.Argument(help="A proposal, action, message or batch; without one all records are listed.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a proposal's page to this HTML file, to be printed.", show_default=False)
    ] = None,
    records: Annotated[bool, typer.Option("--records", help="Of a proposal too only its records, with their contents.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Tell all of a proposal: what was seen, policy, approvals, action, effect; or list the records, or those about one subject.

    Example: `feedback-loop audit show proposal_1f0c…`
    """
    from feedback_loop.workflows.audit import lines_of

    story = None if records else _story(context, subject_id)
    if html is not None:
        _write_html(story, subject_id, html)
    elif story is not None:
        show_story(story, as_json=as_json)
    else:
        show_lines(lines_of(_log(context), subject_id), subject_id, as_json=as_json)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="JSON lines file to write; one that exists stays.", show_default=False)
    ],
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """Write the records as CloudEvents with salt and content, closed by a signature: enough to verify them without this platform.

    Example: `feedback-loop audit export --out trail.jsonl`
    """
    from feedback_loop.adapters.signing_key import SigningKey
    from feedback_loop.workflows.audit_export import exported

    settings = settings_of(context)
    key = SigningKey(settings.signing_key_file)
    _require_new(out)
    events = list(exported(_log(context), days_or_all(first, last), SystemClock().now(), key if key.exists() else None))
    _write(out, "".join(json.dumps(plain(event), ensure_ascii=False, allow_nan=False) + "\n" for event in events))
    say(f"{len(events) - 1:,} records in {known_file(out)}")
    if not key.exists():
        remark("the export is not signed: nothing was signed in this home yet.")


@app.command()
def replay(
    context: typer.Context,
    proposal_id: Annotated[str | None, typer.Argument(metavar="PROPOSAL", help="The proposal to decide again.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every proposal of the trail.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make decisions again from their records alone, and show what differs; exit code 1 where something does.

    Example: `feedback-loop audit replay --all`
    """
    from feedback_loop.errors import BadInput
    from feedback_loop.workflows.decision_story import replayed

    if (proposal_id is None) != every:
        raise BadInput("name one proposal, or --all. See `audit show`.")
    found = replayed(_log(context), _rules(settings_of(context)), proposal_id)
    if not found and proposal_id is not None:
        raise BadInput("no proposal of the trail has this id. See `approvals list --all`.")
    is_whole = _is_whole(context)
    if as_json:
        print_json({"is_whole": is_whole, "decisions": found})
    else:
        print_replays(found)
    if not is_whole:
        remark("the audit trail is broken, so that none of this proves anything; see `audit verify`.")
    if not is_whole or any(one.differences for one in found):
        raise typer.Exit(1)


def _given_key(file: Path | None) -> VerifyingKey | None:
    from feedback_loop.adapters.signing_key import public_key_of

    return None if file is None else public_key_of(file)


def _kept_anchors(file: Path | None) -> list[Anchor]:
    from feedback_loop.adapters.state_store.anchor_file import parsed_anchors
    from feedback_loop.errors import InputFileMissing, UnreadableFile

    if file is None:
        return []
    try:
        found = parsed_anchors(file.read_bytes())
    except OSError as error:
        raise InputFileMissing(file, f"the anchors can't be read ({type(error).__name__})") from None
    if not found:
        raise UnreadableFile(file, "holds no anchor; take a copy of audit/anchor.jsonl of the home")
    return found


def _verify_export(settings: Settings, file: Path, given: VerifyingKey | None, kept: Sequence[Anchor], *, as_json: bool) -> None:
    from feedback_loop.adapters.signing_key import SigningKey
    from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
    from feedback_loop.workflows.audit_export import verified_export

    key = given or SigningKey(settings.signing_key_file).known_public()
    if key is None:
        raise BadInput("nobody can tell who signed the export. Name the key of whoever did with --public-key.")
    try:
        with file.open(encoding="utf-8") as lines:
            report = verified_export(lines, key, kept)
    except OSError as error:
        raise InputFileMissing(file, f"the export can't be read ({type(error).__name__})") from None
    except UnicodeDecodeError:
        raise UnreadableFile(file, "is no UTF-8 text, so no audit export") from None
    _tell(report, report.breaks, told_of_export(report), as_json=as_json, advice="Ask for the export anew; find who changed the file.")


def _tell(report: object, breaks: Sequence[AuditBreak], sentence: str, *, as_json: bool, advice: str | None = None) -> None:
    """Prints what was found; one line on standard error and exit code 1 where something is broken."""
    from feedback_loop.errors import AuditChainBroken

    if as_json:
        print_json({**vars(report), "is_whole": not breaks})
        raise typer.Exit(1 if breaks else 0)
    if breaks:
        first, more = breaks[0], len(breaks) - 1
        named = [f"{first}. {first.advice}", *([f"{more} more, see --json"] if more else [])]
        raise AuditChainBroken(named) if advice is None else AuditChainBroken(named, advice)
    say(sentence)


def _story(context: typer.Context, subject_id: str | None) -> DecisionStory | None:
    from feedback_loop.workflows.decision_story import decision_story

    settings, state = settings_of(context), _state(context)
    if subject_id is None or state is None:
        return None
    return decision_story(subject_id, state, open_store(settings), _rules(settings))


def _rules(settings: Settings) -> Rules:
    from feedback_loop.workflows.kept_rules import rules_at_hand

    return rules_at_hand(settings)


def _write_html(story: DecisionStory | None, subject_id: str | None, file: Path) -> None:
    from feedback_loop.errors import BadInput
    from feedback_loop.workflows.decision_page import decision_page
    from feedback_loop.workflows.page import as_html

    if story is None:
        raise BadInput(
            "only a proposal has a page. See `approvals list --all`." if subject_id else "name the proposal whose page to write."
        )
    _require_new(file)
    _write(file, as_html(decision_page(story), {}))
    say(f"Written: {known_file(file)}.")


def _require_new(file: Path) -> None:
    from feedback_loop.errors import BadInput

    if file.exists() or file.is_symlink():
        raise BadInput(f"{file}: exists already. Choose another name, or remove it first.")


def _write(file: Path, text: str) -> None:
    from feedback_loop.adapters.whole_files import written_whole

    with written_whole(file) as draft:
        draft.write_text(text, encoding="utf-8")


def _log(context: typer.Context) -> AuditLog:
    return _state(context) or _no_trail(context)


def _state(context: typer.Context) -> StateStore | None:
    return known_state(settings_of(context))


def _is_whole(context: typer.Context) -> bool:
    from feedback_loop.workflows.audit import verified

    state = _state(context)
    return not verified(state or _no_trail(context), state).breaks


def _no_trail(context: typer.Context) -> AuditLog:
    from feedback_loop.adapters.state_store.anchor_file import open_anchor

    return _NoTrail(open_anchor(settings_of(context), SystemClock()))
