"""`feedback-loop knowledge`: governed documents, found by words and meaning, listed, and checked for what is out of date or in conflict."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.instants import instant_of
from feedback_loop.cli.places import AsOption, SystemClock, open_library_of, settings_of, who_reads
from feedback_loop.cli.printing import MOST_SHOWN, JsonFlag, print_json, print_table, say, shortened
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.contracts.knowledge import FoundPassage, Reader

app = typer.Typer(help="Governed documents: what they say, which are in force, and what should be done about them.")

FAILED = 1
_WARNED_DAYS = 30
_SHOWN_CHARS = 400
_MOST_DAYS = 36_500

RoleOption = Annotated[
    list[str] | None,
    typer.Option("--role", metavar="ROLE", help="A role to read as, beside what all staff may read; may be repeated.", show_default=False),
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="INSTANT", help="As it was known then: a day (its end) or an ISO instant.", show_default=False),
]
ProductOption = Annotated[str | None, typer.Option(help="Only documents of this product.", show_default=False)]


@app.command()
def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What is looked for, in any words.", show_default=False)],
    role: RoleOption = None,
    person: AsOption = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="Most passages to print.")] = 5,
    as_json: JsonFlag = False,
) -> None:
    """Find what the documents in force say of something, each passage with why it was found.

    Example: `feedback-loop knowledge search "payment page stays blank" --as ada`
    """
    from feedback_loop.methods.retrieval.words import asked_words
    from feedback_loop.workflows.knowledge_summary import extracted_summary

    if not asked_words(words):
        raise BadInput('the question holds no word. Say what is looked for, such as "payment page blank".')
    settings = settings_of(context)
    found = open_library_of(settings).search(words, reader_of(settings, role, who_reads(context, person), as_of, product), limit)
    summary = extracted_summary(words, found).text
    if as_json:
        print_json({"summary": summary or None, "passages": [passage_facts(one) for one in found]})
        return
    if not found:
        say("No document that you may read and that is in force speaks of this.")
        return
    say(f"In their own words: {summary}\n" if summary else "")
    for rank, one in enumerate(found, 1):
        print_passage(rank, one)


@app.command(name="list")
def list_documents(
    context: typer.Context,
    role: RoleOption = None,
    person: AsOption = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the latest version of each document that you may read: whose it is, whether it is in force, until when, and for whom.

    Example: `feedback-loop knowledge list --role release_manager`
    """
    from feedback_loop.cli.places import open_store
    from feedback_loop.workflows.knowledge_review import document_states
    from feedback_loop.workflows.knowledge_sources import governed_documents

    settings = settings_of(context)
    states = document_states(
        governed_documents(open_store(settings)), reader_of(settings, role, who_reads(context, person), as_of, product)
    )
    if as_json:
        print_json(states)
        return
    rows = [(s.document_id, s.document_kind, s.owner, s.standing, _day(s.valid_until_at), ", ".join(s.audience)) for s in states]
    print_table(("document", "kind", "owner", "standing", "until", "audience"), rows)


@app.command()
def check(
    context: typer.Context,
    role: RoleOption = None,
    person: AsOption = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    within: Annotated[
        int, typer.Option(min=0, max=_MOST_DAYS, metavar="DAYS", help="Warn so many days before a document ends.")
    ] = _WARNED_DAYS,
    as_json: JsonFlag = False,
) -> None:
    """Check the documents: out of date, ending soon, without audience, in conflict, or missing where a playbook needs them.

    Exit code 1 where a playbook lacks its document, or two documents in force bear one title.

    Example: `feedback-loop knowledge check --within 14`
    """
    from feedback_loop.workflows.knowledge_review import findings
    from feedback_loop.workflows.playbook_files import read_playbooks

    settings = settings_of(context)
    reader = reader_of(settings, role, who_reads(context, person), as_of, product)
    found = findings(open_library_of(settings), reader, read_playbooks(settings.playbooks_folder), timedelta(days=within))
    if as_json:
        print_json(found)
    else:
        for one in found:
            owner = f" ({one.owner})" if one.owner else ""
            say(f"{'failed' if one.is_failure else 'note':<6}  {', '.join(one.document_ids)}{owner}: {one.advice}")
        say(f"{len(found)} finding(s)." if found else "Every document is in order.")
    if any(one.is_failure for one in found):
        raise typer.Exit(FAILED)


def reader_of(settings: Settings, roles: list[str] | None, actor: Actor | None, as_of: str | None, product: str | None = None) -> Reader:
    """Who reads: the roles that are named, where names are believed here, and those of the person; raises BadInput for what is none."""
    from feedback_loop.contracts.knowledge import Reader
    from feedback_loop.workflows.identity_file import read_identity

    rules, own = read_identity(settings.identity_file), () if actor is None else actor.roles
    if roles and rules is not None and not rules.allows_local:
        raise BadInput("this home believes no role that is only named. Leave --role out, and give a token.")
    return Reader(
        SystemClock().now() if as_of is None else instant_of(as_of, "--as-of", time.max), frozenset({*(roles or ()), *own}), product
    )


def passage_facts(found: FoundPassage) -> dict[str, object]:
    """What of a passage is printed for programs."""
    passage = found.passage
    return {
        "document_id": passage.document_id,
        "document_version": passage.document_version,
        "document_kind": str(found.document_kind),
        "title": passage.title,
        "heading": passage.heading or None,
        "text": passage.text,
        "passage_id": passage.passage_id,
        "owner": found.owner,
        "valid_until_at": found.valid_until_at,
        "score": found.fused_score,
        "word_rank": found.word_rank,
        "meaning_rank": found.meaning_rank,
        "nearness_score": found.nearness_score,
        "matched_words": found.matched_words,
    }


def print_passage(rank: int, found: FoundPassage) -> None:
    """The passage as a block: which document, why it was found, and what it says."""
    passage = found.passage
    place = f" › {passage.heading}" if passage.heading else ""
    say(f"{rank:>3}  {passage.title}{place}  ({passage.document_id}, {found.document_kind.replace('_', ' ')}, {found.owner})")
    say(f"     {shortened(found.why, _SHOWN_CHARS)} · until {_day(found.valid_until_at)}")
    say(f"     {shortened(passage.text, _SHOWN_CHARS)}")


def _day(instant: datetime | None) -> str:
    return "–" if instant is None else f"{instant:%Y-%m-%d}"
