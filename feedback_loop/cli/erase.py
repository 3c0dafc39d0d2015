"""`feedback-loop erase` and `feedback-loop retain`: customers, or what is too old, leave every file of the home, with a certificate.

The rule that is easy to break: the id of a customer is an argument and nothing else; what is printed and kept names a keyed hash.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import AsOption, SystemClock, known_file, open_store, settings_of, who_may_act
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, remark, say
from feedback_loop.cli.progress import waiting
from feedback_loop.errors import BadInput, ErasureIncomplete, InputFileMissing, NothingLanded

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedback_loop.adapters.erasure.eraser import HomeEraser
    from feedback_loop.config import Settings
    from feedback_loop.contracts.erasure import Certificate
    from feedback_loop.workflows.erase import Plan

DryRunFlag = Annotated[bool, typer.Option("--dry-run", help="Change nothing; print what would go.")]
_COLUMNS = ("store", "before", "removed", "changed", "after", "how")


def erase(
    context: typer.Context,
    customers: Annotated[
        list[str] | None,
        typer.Option("--customer", metavar="ID", help="Customer as the sources name them; repeatable.", show_default=False),
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Text file with the id of a customer a line.", show_default=False)] = None,
    person: AsOption = None,
    is_rehearsal: DryRunFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Erase customers from every file of the home, search each byte for what is left, and write a certificate.

    Waits for runs that are under way. Stopped half-way, the same command, or one without a customer, finishes what was begun.

    Example: `feedback-loop erase --customer c-1042 --dry-run`
    """
    from feedback_loop.workflows.erase import plan_customers

    named, actor = [*(customers or []), *(_ids_of(file) if file else [])], _actor(context, person)
    _carry_out(context, lambda home: plan_customers(named, home, actor, SystemClock().now()), is_rehearsal, as_json)


def retain(context: typer.Context, is_rehearsal: DryRunFlag = False, as_json: JsonFlag = False) -> None:
    """Erase what is older than retention.yaml of the home lets it be kept, by jurisdiction and kind of data.

    Example: `feedback-loop retain --dry-run`
    """
    from feedback_loop.contracts.erasure import OPERATOR
    from feedback_loop.workflows.retain import plan_expired, read_retention

    policy, policy_version = read_retention(settings_of(context).retention_file)
    _carry_out(context, lambda home: plan_expired(policy, policy_version, home, OPERATOR, SystemClock().now()), is_rehearsal, as_json)


def _actor(context: typer.Context, person: str | None) -> str:
    """Whom certificate and trail name: whoever acts, or, where no token is asked for, whoever has the home at hand."""
    from feedback_loop.contracts.erasure import OPERATOR

    actor = who_may_act(context, person)
    return OPERATOR if actor is None else actor.name


def _carry_out(context: typer.Context, plan: Callable[[HomeEraser], Plan], is_rehearsal: bool, as_json: bool) -> None:
    from feedback_loop.adapters.erasure.eraser import HomeEraser
    from feedback_loop.workflows.erase import rehearse

    settings = settings_of(context)
    if not settings.tables_folder.is_dir():
        raise NothingLanded("nothing has landed yet", "There is nothing to erase; see --home.")
    home = HomeEraser(settings, SystemClock())
    if is_rehearsal:
        certificate = rehearse(plan(home), home)
        _print(certificate, None, as_json)
        return
    certificate, file = _erased(settings, home, plan)
    _print(certificate, file, as_json)
    if certificate.search is not None and certificate.search.found_count:
        raise ErasureIncomplete(certificate.search.found_count, file)


def _erased(settings: Settings, home: HomeEraser, plan: Callable[[HomeEraser], Plan]) -> tuple[Certificate, Path]:
    from feedback_loop.adapters.home_lock import alone
    from feedback_loop.workflows.erase import carry_out

    _land_what_was_left(settings)
    with waiting("waiting for runs that are under way") as note, alone(settings):
        note("looking for what is theirs")
        wanted = plan(home)
        note("erasing, and searching every file")
        return carry_out(wanted, home)


def _land_what_was_left(settings: Settings) -> None:
    """A page of a killed pull holds customers' words outside of the tables, where nobody would erase them."""
    from feedback_loop.adapters.home_lock import at_work
    from feedback_loop.adapters.pulling import Pulling
    from feedback_loop.workflows.pulled_sources import land_all_kept, read_sources

    if settings.pulled_folder.is_dir():
        clock = SystemClock()
        with at_work(settings):
            rules, spool_of = read_sources(settings.sources_file), Pulling(settings, clock).spool_of
            land_all_kept(rules, spool_of, open_store(settings), clock, settings.own_domains)


def _ids_of(file: Path) -> list[str]:
    if not file.is_file():
        raise InputFileMissing(file)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadInput(f"{file}: is no text in UTF-8. Write one id a line.") from None
    return [line.strip() for line in lines if line.strip()]


def _print(certificate: Certificate, file: Path | None, as_json: bool) -> None:
    if as_json:
        print_json({**certificate.content(), "is_dry_run": file is None, "certificate": None if file is None else str(file)})
        return
    shown = [count for count in certificate.stores if count.is_touched or count.how]
    print_table(_COLUMNS, [(c.store, c.before, c.removed, c.changed, c.after, c.how or None) for c in shown])
    untouched = len(certificate.stores) - len(shown)
    say(f"{untouched} other stores hold nothing of it.")
    for told in certificate.notes:
        remark(told)
    if file is None or certificate.search is None:
        say("Nothing was changed: this was a dry run.")
        return
    found = certificate.search
    say(f"Searched {found.file_count:,} files ({found.byte_count:,} bytes) for {found.string_count:,} strings: {found.found_count} found.")
    if found.traces:
        print_table(("place", "in", "count"), [(trace.place, trace.what, trace.count) for trace in found.traces])
    say(f"Certificate: {known_file(file)}")
