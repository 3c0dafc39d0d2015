"""The real world of a command: its settings, its tables, its clock, its days. Nothing is opened or made before it is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.config import Settings, load_settings
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.ports import Embedder, StateStore, TableStore, TokenVerifier
    from feedback_loop.workflows.identity import Directory
    from feedback_loop.workflows.knowledge import Library
    from feedback_loop.workflows.model_versions import Home
    from feedback_loop.workflows.simulate import Models

FromOption = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, as YYYY-MM-DD.", show_default=False)]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.", show_default=False)]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        help="Who you are, as people.yaml of the home names you; where tokens are believed, give one instead (--token-file).",
        show_default=False,
    ),
]

ForOption = Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Only what is for this person.", show_default=False)]
"""Whose share is looked at, which everybody may: no word about who looks."""


class SystemClock:
    """Tells the time of this machine."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


def settings_of(context: typer.Context) -> Settings:
    """The settings of this call; raises BadInput where the home is no folder."""
    settings = load_settings(context.find_root().obj)
    if settings.home.exists() and not settings.home.is_dir():
        raise BadInput(f"{settings.home}: is no folder. Choose another --home.")
    return settings


def who_acts(context: typer.Context, person: str | None) -> Actor:
    """Who runs the command, and may; raises BadInput where nobody says so, and what `who_may_act` raises."""
    actor = who_may_act(context, person)
    if actor is None:
        raise BadInput("say who you are: with --as PERSON, or with a token in FEEDBACK_LOOP_TOKEN or --token-file.")
    return actor


def who_may_act(context: typer.Context, person: str | None) -> Actor | None:
    """Who runs the command, and may; None where nobody says so and this home does not ask for a token.

    Raises TokenRefused, ActorRefused and PermissionMissing.
    """
    from feedback_loop.workflows.identity_file import read_identity
    from feedback_loop.workflows.permissions import require_noted

    settings, actor = settings_of(context), who_reads(context, person)
    if actor is not None:
        state = known_state(settings)
        require_noted(command_of(context), actor, state, SystemClock().now())
        return actor
    rules = read_identity(settings.identity_file)
    if rules is not None and not rules.allows_local:
        raise BadInput("this home believes tokens only. Give yours in FEEDBACK_LOOP_TOKEN or with --token-file.")
    return None


def who_reads(context: typer.Context, person: str | None) -> Actor | None:
    """Who runs the command, by a token or by name, None where neither is given; raises ActorRefused where they are not of one person."""
    from feedback_loop.errors import ActorRefused
    from feedback_loop.workflows.identity import actor_of, open_directory

    settings = settings_of(context)
    token = _token(context, settings)
    if token is None and person is None:
        return None
    state = known_state(settings)
    directory = open_directory(settings, state, needs_local=token is None)
    if token is None:
        return directory.by_name(person or "")
    actor = actor_of(token, directory, _verifier(settings, directory), state, SystemClock().now())
    if person not in (None, actor.name):
        raise ActorRefused(actor.name, "is whose token was given, and --as names somebody else", "Leave --as out.")
    return actor


def open_directory_of(settings: Settings) -> Directory:
    """What is known of people in this home at this moment; without any file that names them, nothing."""
    from feedback_loop.workflows.identity import open_directory

    return open_directory(settings, known_state(settings), needs_local=False)


def command_of(context: typer.Context) -> str:
    """The command as the table of permissions calls it, such as `approvals approve`."""
    return context.command_path.partition(" ")[2]


def _token(context: typer.Context, settings: Settings) -> str | None:
    """The token of the file that was named, otherwise that of the environment; raises without ever repeating it."""
    from feedback_loop.workflows.identity import MOST_TOKEN_BYTES

    file = context.find_root().params.get("token_file")
    if file is None:
        return settings.bearer_token
    try:
        with Path(file).open("rb") as opened:
            token = opened.read(MOST_TOKEN_BYTES + 1).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token or len(token) > MOST_TOKEN_BYTES:
        raise BadInput(f"{file}: holds no token that can be read. Name a file with nothing else in it.")
    return token


def _verifier(settings: Settings, directory: Directory) -> TokenVerifier:
    from feedback_loop.adapters.identity.key_sets import key_source
    from feedback_loop.adapters.identity.tokens import OidcVerifier

    issuers = () if directory.rules is None else directory.rules.verifiable(settings.home)
    return OidcVerifier(issuers, lambda issuer: key_source(issuer, settings.issuer_keys_folder, SystemClock()))


def open_store(settings: Settings) -> TableStore:
    """The Delta tables under the home."""
    from feedback_loop.adapters.delta_store import DeltaTableStore

    return DeltaTableStore(settings.tables_folder, settings.locks_folder)


def open_state(settings: Settings) -> StateStore:
    """What people and connectors decided, in the database that the settings name."""
    from feedback_loop.adapters.state_store.anchor_file import open_anchor
    from feedback_loop.adapters.state_store.store import SqlStateStore

    clock = SystemClock()
    return SqlStateStore(settings.state_url, open_anchor(settings, clock), clock)


def known_state(settings: Settings) -> StateStore | None:
    """The same for whoever only reads it; None, and no database is made, where nothing was ever decided."""
    return open_state(settings) if has_state(settings) else None


def has_state(settings: Settings) -> bool:
    """Whether anything was ever decided here; asking makes no file."""
    return settings.has_state


def open_models(settings: Settings) -> Models:
    """What a simulation or a back-test needs: the home's vectors and classifier, and stores in memory."""
    from feedback_loop.adapters.memory_store import MemoryTableStore
    from feedback_loop.adapters.models import open_embedder, seed_classifier
    from feedback_loop.adapters.secret_key import masking_key
    from feedback_loop.methods.grouping import Method
    from feedback_loop.workflows.alert_rules import read_rules
    from feedback_loop.workflows.as_known import Analysed
    from feedback_loop.workflows.cleaning_rules import open_cleaner
    from feedback_loop.workflows.playbook_files import read_playbooks
    from feedback_loop.workflows.simulate import Models

    embedder = open_embedder(settings)
    cleaner, rules = open_cleaner(settings, masking_key(settings)), read_rules(settings.alert_rules_file)
    analysed = Analysed(embedder, seed_classifier(embedder), cleaner, rules=rules, method=Method(settings.clustering))
    return Models(analysed, MemoryTableStore, read_playbooks(settings.playbooks_folder))


def open_model_home(settings: Settings) -> Home:
    """What training, evaluating and promoting versions of the classifier needs; opening it makes the database of decisions."""
    from feedback_loop.adapters.models import open_embedder
    from feedback_loop.workflows.model_versions import Home

    state, embedder = open_state(settings), open_embedder(settings)
    return Home(open_store(settings), state, embedder, settings.taxonomy_file, settings.taxonomies_folder)


def open_library_of(settings: Settings) -> Library:
    """The governed documents of the home, to be searched; what landed since the last time is indexed first."""
    from feedback_loop.adapters.embedding_cache import without_cache
    from feedback_loop.adapters.models import open_embedder
    from feedback_loop.adapters.passage_index import SqlitePassageIndex
    from feedback_loop.workflows.knowledge import open_library

    return open_library(open_store(settings), SqlitePassageIndex(settings.passages_file), without_cache(open_embedder(settings)))


def open_embedder_without_cache(settings: Settings) -> Embedder:
    """The embedding model that the settings name; `try` keeps no state, so nothing is remembered."""
    from feedback_loop.adapters.models import open_uncached

    return open_uncached(settings.embedder, settings.encoder_folder)


def known_file(path: Path) -> str:
    """The path as a person would type it: relative where it lies below the working folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def day_or(text: str | None, default: date) -> date:
    """The day that was asked for, otherwise the default; raises BadInput."""
    from feedback_loop.contracts.days import parse_day

    return default if text is None else parse_day(text)


def days_or_all(first: str | None, last: str | None) -> DayRange | None:
    """The days from the first to the last, a missing end being open; None, which is all days, where neither is named."""
    from feedback_loop.contracts.days import FIRST_DAY, DayRange

    return None if first is None and last is None else DayRange(day_or(first, FIRST_DAY), day_or(last, date.max))
