"""How urgent a fragment is, why, and which team owns it: the row-wise step that writes `analysis_triage` (R37, R89).

What counts is data: points and phrases in `urgency.yaml`, owners in `ownership`. Here they are added up. The words of the text are looked
up by `severity_words`; whether something rose is the business of `detect`. The rules that are easy to break: stars are never looked at,
because a rating tells the mood; each row has a reason; and a reason names words of our own data, never the customer's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import pyarrow as pa
import yaml

from feedback_loop.analysis.ownership import Owners, OwnershipRule
from feedback_loop.analysis.severity_words import SeverityWords
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ComplaintClass, Severity, Urgency
from feedback_loop.methods.personal_data.masking import PLACEHOLDER

_READ = (
    "fragment_id", "masked_text", "language", "product", "product_area", "tier", "severity", "complaint_class", "taxonomy_class",
    "event_date",
)  # fmt: skip
INPUT_SCHEMA = pa.schema([pa.field(name, FIELDS[name].dtype) for name in _READ])
OUTPUT_SCHEMA = TABLES["analysis_triage"].schema

_STEP_VERSION = "triage-1"
_VERSION_DIGITS = 12
_UNDECIDED = "undecided"


@dataclass(frozen=True)
class UrgencyRules:
    """What makes a fragment urgent: points of each sign, and how many make a level."""

    words: SeverityWords
    word_points: Mapping[str, int]
    severity_points: Mapping[str, int]
    tier_points: Mapping[str, int]
    sensitive_classes: frozenset[str]
    sensitive_points: int
    calm_classes: frozenset[str]
    urgent_from: int
    high_from: int
    triage_version: str

    def signs(self, row: Mapping[str, Any]) -> Signs:
        """What speaks for and against urgency in the row."""
        complaint_class = row["complaint_class"] or _UNDECIDED
        kinds = frozenset[str]()
        if complaint_class != ComplaintClass.PRAISE:  # somebody who is pleased tells of dangers that did not come
            kinds = self.words.said_in(PLACEHOLDER.sub(" ", row["masked_text"]), row["language"])
        return Signs(complaint_class, tuple(sorted(kinds)), row["severity"], (row["tier"] or "").strip().casefold())

    def gravity(self, signs: Signs) -> int:
        """The points of the gravest word, the text's or the source's; where the source sees less than usual, it takes some away."""
        words = max((self.word_points[kind] for kind in signs.kinds), default=0)
        source = self.severity_points.get(signs.source_severity or "", 0)
        return max(words, source) if source >= 0 else words + source

    def urgency(self, signs: Signs) -> Urgency:
        """The level that gravity, customer and class make together; what asks for nothing is low unless something grave is said."""
        gravity = self.gravity(signs)
        sensitive = self.sensitive_points if signs.complaint_class in self.sensitive_classes else 0
        points = gravity + sensitive + self.tier_points.get(signs.tier, 0)
        if points >= self.urgent_from:
            return Urgency.URGENT
        if points >= self.high_from:
            return Urgency.HIGH
        is_calm = gravity <= 0 and signs.complaint_class in self.calm_classes
        return Urgency.LOW if points < 0 or is_calm else Urgency.NORMAL

    def reasons(self, signs: Signs) -> Iterator[str]:
        """Each sign by name, the class where there is no other; only words of the rules and the vocabulary."""
        yield from (f"severity_word:{kind}" for kind in signs.kinds)
        if signs.source_severity and self.severity_points.get(signs.source_severity):
            yield f"source_severity:{signs.source_severity}"
        if self.tier_points.get(signs.tier):
            yield f"tier:{signs.tier}"
        kind = "sensitive_class" if signs.complaint_class in self.sensitive_classes else "class"
        yield f"{kind}:{signs.complaint_class}"


@dataclass(frozen=True)
class Signs:
    """What of a row bears on its urgency; `kinds` are the grave things that its text speaks of."""

    complaint_class: str
    kinds: tuple[str, ...]
    source_severity: str | None
    tier: str


@cache
def seed_urgency() -> UrgencyRules:
    """The rules that come with the package."""
    content = yaml.safe_load((files("feedback_loop.analysis") / "urgency.yaml").read_text("utf-8"))
    sensitive = frozenset(str(c.name) for c in seed_taxonomy().classes if c.is_sensitive)
    version = content_hash(json.dumps([_STEP_VERSION, content, sorted(sensitive)], ensure_ascii=False, sort_keys=True))
    groups = content["severity_words"]
    phrases = {kind: {lang: lines.splitlines() for lang, lines in group["phrases"].items()} for kind, group in groups.items()}
    return UrgencyRules(
        SeverityWords(phrases, content["negations"], content["fillers"].split()),
        {kind: group["points"] for kind, group in groups.items()},
        {str(Severity(word)): points for word, points in content["source_severities"].items()},
        content["tiers"],
        sensitive,
        content["sensitive_class"],
        frozenset(str(ComplaintClass(name)) for name in content["calm_classes"]),
        content["levels"]["urgent"],
        content["levels"]["high"],
        f"{_STEP_VERSION}-{version[:_VERSION_DIGITS]}",
    )


def triage(batch: pa.RecordBatch, owners: Owners) -> pa.RecordBatch:
    """Urgency and owner of each fragment, as `OUTPUT_SCHEMA`, from `INPUT_SCHEMA`; a row's result is a function of that row alone."""
    rules, rule_for = seed_urgency(), cache(owners.table.rule_for)  # few classes, products and areas, many rows
    rows = batch.to_pylist()
    made = [_row(row, rules, owners, rule_for(row["complaint_class"], row["product"], row["product_area"])) for row in rows]
    return pa.RecordBatch.from_pylist(made, schema=OUTPUT_SCHEMA)


def with_classes(fragments: pl.DataFrame, classifications: pl.DataFrame) -> pl.DataFrame:
    """The fragments with their class in both vocabularies, null where the classifier abstained: rows of `INPUT_SCHEMA`, each once."""
    said = pl.when(pl.col("complaint_class").is_not_null()).then("taxonomy_class").alias("taxonomy_class")
    classes = classifications.select("fragment_id", "complaint_class", said)
    return fragments.join(classes, on="fragment_id", how="left").select(_READ)


def _row(row: Mapping[str, Any], rules: UrgencyRules, owners: Owners, rule: OwnershipRule | None) -> dict[str, Any]:
    signs = rules.signs(row)
    owner, owner_rule = owners.owner(row["taxonomy_class"], rule)
    return {
        "fragment_id": row["fragment_id"],
        "urgency": str(rules.urgency(signs)),
        "urgency_reasons": list(rules.reasons(signs)),
        "owner": owner,
        "owner_rule": owner_rule,
        "triage_version": rules.triage_version,
        "ownership_version": owners.version,
        "event_date": row["event_date"],
    }
