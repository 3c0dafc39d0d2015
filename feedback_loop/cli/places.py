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
    from feedback_loop.ports import Embedder, StateStore, TableStore
    from feedback_loop.workflows.knowledge import Library
    from feedback_loop.workflows.model_versions import Home
    from feedback_loop.workflows.simulate import Models

FromOption = Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day, as YYYY-MM-DD.", show_default=False)]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day, included.", show_default=False)]
AsOption = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Who you are, as people.yaml of the home names you.", show_default=False)
]


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
