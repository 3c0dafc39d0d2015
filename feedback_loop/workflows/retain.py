"""Retention: what is older than its jurisdiction lets it be kept, by a versioned file of the home, and the plan to erase it.

The file is linted as a whole before anything is chosen. How rows go is `erase.py`. The rules that are easy to break: what a file does not
say is kept; a region that two jurisdictions list is refused, because nobody could tell which of them counts; and expired rows leave no
tombstone, so that a landed old export is only gone again after the next call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feedback_loop.contracts.erasure import Erased
from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ErasureUnfinished, RetentionRefused, UnreadableFile
from feedback_loop.methods.erasure.row_owners import said, statement_instant, statement_owner
from feedback_loop.methods.yaml_texts import yaml_content
from feedback_loop.workflows.erasable_home import ErasableHome
from feedback_loop.workflows.erase import Plan
from feedback_loop.workflows.erase_selection import QUARANTINE, RECORD, STATEMENT, Raw, strings_of, with_derived
from feedback_loop.workflows.home_files import home_text

EXPIRED = "expired"
_KEEP = "keep"
_KINDS = {"customer": "customers", "business_event": "business_events"}

Days = Annotated[int, Field(ge=1, le=36_500)] | Literal["keep"]


class Kept(BaseModel):
    """For how many days each kind of data of a jurisdiction is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feedback: Days | None = None
    customers: Days | None = None
    business_events: Days | None = None
    messages: Days | None = None


class Default(Kept):
    """What counts where no jurisdiction says otherwise; the last two kinds name no region."""

    quarantine: Days | None = None
    landed_files: Days | None = None


class Jurisdiction(Kept):
    """The regions whose rows are kept in this way."""

    name: str
    regions: tuple[str, ...] = Field(min_length=1)


class Retention(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    default: Default
    jurisdictions: tuple[Jurisdiction, ...] = ()

    @cached_property
    def regions(self) -> dict[str, Jurisdiction]:
        """The jurisdiction of each region that is listed."""
        return {_folded(region): one for one in self.jurisdictions for region in one.regions}

    def limits(self, kind: str, at: datetime) -> tuple[dict[str, datetime], datetime | None]:
        """The instant before which rows of each listed region are erased, unless they are kept, and that of all other rows."""
        default = getattr(self.default, kind)
        days = {region: getattr(one, kind, None) or default for region, one in self.regions.items()}
        return {region: at - timedelta(days=n) for region, n in days.items() if isinstance(n, int)}, _before(default, at)


def read_retention(path: Path) -> tuple[Retention, str]:
    """The policy of the file, that of the package where there is none, and the hash of its text; raises RetentionRefused."""
    try:
        own = home_text(path)
    except UnreadableFile as error:
        raise RetentionRefused([f"it {error.why}"], str(path)) from error
    text = (files("feedback_loop.workflows") / "retention.yaml").read_text("utf-8") if own is None else own
    return parse_retention(text, "the retention policy of the package" if own is None else str(path)), content_hash(text)


def parse_retention(text: str, place: str) -> Retention:
    """The policy of the text; raises RetentionRefused with every problem that was found."""
    try:
        policy = Retention.model_validate(yaml_content(text))
    except yaml.YAMLError:
        raise RetentionRefused(["it is no YAML"], place) from None
    except ValidationError as error:
        raise RetentionRefused([f"{_where(found['loc'])}: {found['msg']}" for found in error.errors()], place) from None
    problems = [*_doubled([one.name for one in policy.jurisdictions], "name"), *_doubled(_listed(policy), "region")]
    if problems:
        raise RetentionRefused(problems, place)
    return policy


def plan_expired(policy: Retention, policy_version: str, home: ErasableHome, actor: str, at: datetime) -> Plan:
    """What is to go because it was kept long enough; raises ErasureUnfinished where customers are half erased, who come first."""
    begun = home.unfinished()
    if begun is not None and begun.kind != EXPIRED:
        raise ErasureUnfinished
    raw = Raw.of(home)
    chosen = Erased(
        record_version_ids=_expired_records(policy, home, at),
        statement_ids=_expired_statements(policy, home, at),
        quarantine_ids=_expired_quarantine(policy, home, at),
        message_draft_ids=_expired_messages(policy, home, at),
    )
    erased = with_derived(chosen, raw, home)
    return Plan(
        erasure_id=stable_id("erasure", EXPIRED, at),
        kind=EXPIRED,
        at=at,
        actor=actor,
        erased=erased,
        strings=replace(strings_of(erased, raw, home), source_record_ids=frozenset()),
        refused={},
        policy_version=policy_version,
        landed_before=_before(policy.default.landed_files, at),
        notes=("an old export that is landed again lands, and goes with the next call",),
    )


def _expired_records(policy: Retention, home: ErasableHome, at: datetime) -> frozenset[str]:
    columns = ["record_version_id", "region", "occurred_at"]
    rows = home.tables.read(RECORD, columns=columns).rename({"record_version_id": "id", "occurred_at": "instant"})
    return _older(rows, policy, "feedback", at)


def _expired_statements(policy: Retention, home: ErasableHome, at: datetime) -> frozenset[str]:
    """Statements about customers and business events; an event has the region that its customer was last said to be in."""
    statements = home.tables.read(STATEMENT, columns=["statement_id", "context_kind", "statement"])
    lived_in = statement_owner().replace_strict(_regions(home), default=None, return_dtype=pl.String)
    rows = statements.with_columns(instant=statement_instant(), region=pl.coalesce(said("region"), lived_in))
    placed = rows.rename({"statement_id": "id"})
    found = [_older(placed.filter(context_kind=kind), policy, named, at) for kind, named in _KINDS.items()]
    return frozenset[str]().union(*found)


def _expired_quarantine(policy: Retention, home: ErasableHome, at: datetime) -> frozenset[str]:
    before = _before(policy.default.quarantine, at)
    if before is None:
        return frozenset()
    rows = home.tables.read(QUARANTINE, columns=["quarantine_id", "landed_at"])
    return frozenset(rows.filter(pl.col("landed_at") < before)["quarantine_id"])


def _expired_messages(policy: Retention, home: ErasableHome, at: datetime) -> frozenset[str]:
    by_region, default = policy.limits("messages", at)
    regions = _regions(home)
    limits = {one: by_region[_folded(region)] for one, region in regions.items() if _folded(region) in by_region}
    kept = {one for one, region in regions.items() if _folded(region) in policy.regions} - limits.keys()
    never = datetime.min.replace(tzinfo=at.tzinfo)
    return frozenset(home.messages_before(limits | dict.fromkeys(kept, never), default))


def _older(rows: pl.DataFrame, policy: Retention, kind: str, at: datetime) -> frozenset[str]:
    """The ids of the rows (`id`, `region`, `instant`) that are older than their region lets them be."""
    by_region, default = policy.limits(kind, at)
    region = pl.col("region").str.strip_chars().str.to_lowercase().fill_null("")
    listed = region.is_in(sorted(policy.regions))
    gone = [(region == name) & (pl.col("instant") < limit) for name, limit in by_region.items()]
    rest = [~listed & (pl.col("instant") < default)] if default is not None else []
    return frozenset(rows.filter(pl.any_horizontal([*gone, *rest, pl.lit(False)]))["id"])


def _regions(home: ErasableHome) -> dict[str, str]:
    """The region that each customer was last said to be in."""
    rows = home.tables.read(TABLES["context_customer"], columns=["known_customer_id", "region", "landed_at"])
    said = rows.drop_nulls("region").sort("landed_at").unique("known_customer_id", keep="last")
    return dict(said.select("known_customer_id", "region").iter_rows())


def _before(days: int | str | None, at: datetime) -> datetime | None:
    return at - timedelta(days=days) if isinstance(days, int) else None


def _folded(region: str) -> str:
    return region.strip().lower()


def _listed(policy: Retention) -> list[str]:
    return [_folded(region) for one in policy.jurisdictions for region in one.regions]


def _doubled(names: Sequence[str], what: str) -> list[str]:
    return [f"the {what} '{name}' occurs twice" for name in sorted({name for name in names if names.count(name) > 1})]


def _where(place: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in place) or "the whole"
