"""Where everything of a home lies: one name for each file and folder. What people chose stands in `settings`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The files and folders of the home."""

    home: Path

    @property
    def tables_folder(self) -> Path:
        """Root of the Delta tables."""
        return self.home / "tables"

    @property
    def marts_file(self) -> Path:
        """The DuckDB file that readers open; it is only ever replaced whole."""
        return self.home / "marts.duckdb"

    @property
    def build_file(self) -> Path:
        """The DuckDB file in which dbt works."""
        return self.home / "build" / "marts.duckdb"

    @property
    def embedding_cache_file(self) -> Path:
        """Vectors by text hash and model version."""
        return self.home / "cache" / "embeddings.sqlite"

    @property
    def answer_cache_file(self) -> Path:
        """What language models answered, by hash of what they were told."""
        return self.home / "cache" / "model_answers.sqlite"

    @property
    def passages_file(self) -> Path:
        """The passages of governed documents, to be searched; made of the tables, so that it may be deleted."""
        return self.home / "knowledge" / "passages.sqlite"

    @property
    def inbox_folder(self) -> Path:
        """Files that the bronze asset lands: `<source>/<product>/<file>`."""
        return self.home / "inbox"

    @property
    def pulled_folder(self) -> Path:
        """How far each pulled source was read, and its last page until that has landed."""
        return self.home / "pulled"

    @property
    def sources_file(self) -> Path:
        """Which systems are asked for what customers say; where it is missing, none is."""
        return self.home / "sources.yaml"

    @property
    def locks_folder(self) -> Path:
        """One lock file per table, held while it is written."""
        return self.home / "locks"

    @property
    def state_file(self) -> Path:
        """The SQLite file of decisions, unless another database is chosen."""
        return self.home / "state" / "state.sqlite"

    @property
    def anchor_file(self) -> Path:
        """The end of the audit chain, kept outside of that database."""
        return self.home / "audit" / "anchor.jsonl"

    @property
    def people_file(self) -> Path:
        """Who may decide: `person: [role, …]`."""
        return self.home / "people.yaml"

    @property
    def identity_file(self) -> Path:
        """Whose tokens are believed, and which groups give which roles."""
        return self.home / "identity.yaml"

    @property
    def issuer_keys_folder(self) -> Path:
        """Copies of the public keys of issuers; they may be deleted."""
        return self.home / "cache" / "issuer_keys"

    @property
    def masking_key_file(self) -> Path:
        """The secret from which the tokens of masked texts follow."""
        return self.home / "secrets" / "masking.key"

    @property
    def erasures_folder(self) -> Path:
        """What was erased: a certificate each."""
        return self.home / "erasures"

    @property
    def tombstones_file(self) -> Path:
        """Keyed hashes of who was erased, so that they don't land again."""
        return self.erasures_folder / "tombstones.jsonl"

    @property
    def unfinished_erasure_file(self) -> Path:
        """There while an erasure is under way, and after one that was killed."""
        return self.erasures_folder / "unfinished.json"

    @property
    def erasure_key_file(self) -> Path:
        """The secret of the tombstones' hashes; unlike the masking key it must never be exchanged."""
        return self.home / "secrets" / "erasure.key"

    @property
    def cleaning_file(self) -> Path:
        """A company's product names and the shapes of its own numbers."""
        return self.home / "cleaning.yaml"

    @property
    def owners_file(self) -> Path:
        """Who owns what; where it is missing, the ownership table of the package counts."""
        return self.home / "owners.yaml"

    @property
    def contact_rules_file(self) -> Path:
        """When customers may be written to, and how often; where it is missing, the rules of the package count."""
        return self.home / "messages.yaml"

    @property
    def suppression_file(self) -> Path:
        """Who asked not to be written to."""
        return self.home / "suppression.yaml"

    @property
    def sla_file(self) -> Path:
        """What is promised to whom, and by when; where it is missing, the policy of the package counts."""
        return self.home / "sla.yaml"

    @property
    def roi_file(self) -> Path:
        """What a return is reckoned with; where it is missing, the assumptions of the package count."""
        return self.home / "roi.yaml"

    @property
    def connectors_file(self) -> Path:
        """Which action goes where; where it is missing, the one connector that the settings or a command name takes all."""
        return self.home / "connectors.yaml"

    @property
    def playbooks_folder(self) -> Path:
        """A company's own playbooks, a file each, beside those of the package; one of the same id takes the place of the package's."""
        return self.home / "playbooks"

    @property
    def reports_folder(self) -> Path:
        """Reports as they were written, for people to open; nothing reads them."""
        return self.home / "reports"

    @property
    def kept_rules_folder(self) -> Path:
        """Every version of the home's own policies and playbooks by which something was proposed."""
        return self.home / "rules_kept"

    @property
    def policy_file(self) -> Path:
        """A company's stricter limits of the policy; where it is missing, those of the package count."""
        return self.home / "policy.yaml"

    @property
    def guards_file(self) -> Path:
        """A company's own guards, in Cedar, beside those of the package."""
        return self.home / "policy.cedar"

    @property
    def pilot_file(self) -> Path:
        """The product, classes and tiers that the loop is tried on; where it is missing, everything."""
        return self.home / "pilot.yaml"

    @property
    def alert_rules_file(self) -> Path:
        """Which shares of some hours are an alert; where it is missing, the rules of the package count."""
        return self.home / "alert_rules.yaml"

    @property
    def taxonomy_file(self) -> Path:
        """A company's own classes; where it is missing, the seed taxonomy of the package counts."""
        return self.home / "taxonomy.yaml"

    @property
    def taxonomies_folder(self) -> Path:
        """Every taxonomy that a classifier was trained on, by version, so that it can be trained again."""
        return self.home / "taxonomies"

    @property
    def retention_file(self) -> Path:
        """How long data are kept; where it is missing, the policy of the package counts, which keeps everything."""
        return self.home / "retention.yaml"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own instance folder: run history and event log."""
        return self.home / "dagster"
