"""The world as Dagster resources: the table store, the state store, the embedding model, the case system, the clock.

Storage options for S3, Azure and Google Cloud come from the configuration classes of dagster-deltalake; its IO manager is not used
(DECISIONS.md says why). Tests pass fakes for any of these to `build_defs`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl
from dagster_deltalake import AzureConfig, GcsConfig, LocalConfig, S3Config
from pydantic import Field, PrivateAttr

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.connectors import open_connectors
from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.embedding_cache import without_cache
from feedback_loop.adapters.home_lock import at_work
from feedback_loop.adapters.llm.opening import open_text_model
from feedback_loop.adapters.models import open_embedder, seed_classifier
from feedback_loop.adapters.passage_index import SqlitePassageIndex
from feedback_loop.adapters.processes import Processes, available_cores
from feedback_loop.adapters.secret_key import masking_key
from feedback_loop.adapters.state_store.anchor_file import open_anchor
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.analysis.classify import FragmentClassifier
from feedback_loop.config import Settings, load_settings
from feedback_loop.contracts.decisions import OutboxAction
from feedback_loop.contracts.tables import Table
from feedback_loop.methods.batches import Runner
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.ports import Clock, Embedder, StateStore, TableStore, TextModel
from feedback_loop.remediation.connectors import Connector
from feedback_loop.workflows.cleaning_rules import open_cleaner
from feedback_loop.workflows.connector_files import can_be_sent, read_connectors
from feedback_loop.workflows.knowledge import Library, library_or_none
from feedback_loop.workflows.lanes import Lanes, lanes_of, one_lane
from feedback_loop.workflows.snapshots import snapshot_of


class HomeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the platform keeps its data; an empty path means FEEDBACK_LOOP_HOME or its default."""

    home: str = ""

    def settings(self) -> Settings:
        """The settings of this moment."""
        return load_settings(Path(self.home) if self.home else None)


class StoreResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the table store: Delta tables under the home folder, or under `root` with the storage options of a cloud."""

    home: HomeResource
    root: str = ""
    storage: LocalConfig | S3Config | AzureConfig | GcsConfig = Field(discriminator="provider", default=LocalConfig())

    _work: ExitStack = PrivateAttr(default_factory=ExitStack)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Holds the home beside other runs, so that nobody erases between what this one reads and what it writes."""
        self._work.enter_context(at_work(self.home.settings()))

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Lets the home go."""
        self._work.close()

    def open(self) -> TableStore:
        """The store."""
        settings = self.home.settings()
        options = {key: value for key, value in self.storage.str_dict().items() if key != "provider"}
        return DeltaTableStore(self.root or settings.tables_folder, settings.locks_folder, options)


class CleanerResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the cleaner: the company's rules of the home folder and the key of the tokens."""

    home: HomeResource

    def open(self) -> Cleaner:
        """The cleaner; its key is made where there is none."""
        settings = self.home.settings()
        return open_cleaner(settings, masking_key(settings))


class WorkersResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the processes for row-wise steps; 0 means all cores."""

    count: int = 0

    def open(self) -> Runner:
        """What applies a step to batches."""
        return Processes(self.count or available_cores())


class EmbedderResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the embedding model that the settings name, behind its cache."""

    home: HomeResource

    def open(self) -> Embedder:
        """The model."""
        return open_embedder(self.home.settings())

    def classifier(self) -> FragmentClassifier:
        """The classifier of the seed taxonomy, trained with this model's vectors once per process."""
        return seed_classifier(self.open())


class KnowledgeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the governed documents, to be searched; what landed since the last time is indexed first."""

    store: StoreResource

    def open(self, embedder: Embedder) -> Library | None:
        """The library, whose index is a file of the home; None where that can't be used: what documents say is advice, and fails no run."""
        index = SqlitePassageIndex(self.store.home.settings().passages_file)
        return library_or_none(self.store.open(), index, without_cache(embedder))


class ClockResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Tells the time; tests set `fixed` to an ISO instant."""

    fixed: str = ""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.fromisoformat(self.fixed) if self.fixed else datetime.now(UTC)


class StateResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the state store that the settings name: decisions, the outbox, the audit chain."""

    home: HomeResource
    clock: ClockResource

    def open(self) -> StateStore:
        """The store; its database is made where it is missing."""
        settings = self.home.settings()
        return SqlStateStore(settings.state_url, open_anchor(settings, self.clock), self.clock)

    def exists(self) -> bool:
        """Whether anything was ever decided here; asking makes no database."""
        return self.home.settings().has_state

    def snapshot(self, table: Table) -> pl.DataFrame:
        """The rows of a table of the state; none, and no database is made, where nothing was ever decided."""
        return snapshot_of(self.open() if self.exists() else None, table.name)


class LanguageModelResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the language model that the settings name, for what the local tier leaves open; by default there is none."""

    home: HomeResource
    clock: ClockResource

    def open(self, run_id: str) -> TextModel | None:
        """The model, which spends the budget of the run; None where none is configured."""
        return open_text_model(self.home.settings(), self.clock, run_id)


class CaseSystemResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The systems that carry actions out: the one at `url`, or those of the home's connectors.yaml, or the one that the settings name.

    Without any of these nothing is sent (dry run).
    """

    home: HomeResource
    url: str = ""

    def address(self) -> str | None:
        """Where the one case system answers; None where none is named."""
        return self.url or self.home.settings().connector_url

    def connectors(self) -> dict[str, Connector] | None:
        """Those of the home's file; None where one case system, or none, takes everything."""
        return None if self.url else read_connectors(self.home.settings().connectors_file)

    def may_send(self, action: OutboxAction) -> bool:
        """Whether a system that is switched on takes the action."""
        connectors = self.connectors()
        return self.address() is not None if connectors is None else can_be_sent(action, connectors)

    @contextmanager
    def lanes(self, clock: Clock) -> Iterator[Lanes]:
        """The ways to the systems that are switched on, until the block is left."""
        connectors, address = self.connectors(), self.address()
        if connectors is not None:
            with open_connectors(connectors, self.home.settings().credentials, clock) as systems:
                yield lanes_of(connectors, systems)
        elif address:
            with CaseApiClient(address) as system:
                yield one_lane(system)
        else:
            yield one_lane(None)
