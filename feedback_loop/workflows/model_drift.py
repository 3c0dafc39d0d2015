"""Drift between two periods of a home: which versions classified in them, the fragments, and both versions' word on the same of them.

The figures are in `analysis/drift`, the sentences in `drift_words`. A version is trained again from its recipe; where the one before can't
be (another package, labels that were erased), its stored rows of the earlier period stand for it, and the pairs are of that period. The
rules that are easy to break: a fragment that repeats another is left out, or one copied text would count a hundred times; and a language
model's answer counts as left open here, for it can't be asked again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from feedback_loop.analysis.drift import LEFT_OPEN, STRATA, Drift, Judged, drift
from feedback_loop.analysis.gold_labels import sample_place
from feedback_loop.analysis.platform_classes import platform_words
from feedback_loop.analysis.routes import ANSWERED_MARK
from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ModelEvent
from feedback_loop.errors import BadInput, ModelRefused
from feedback_loop.workflows.model_recipes import (
    LABEL,
    MODEL,
    ActiveModel,
    active_model,
    classified,
    gold_of,
    promoted_version,
    recipe_of,
    trained,
)
from feedback_loop.workflows.model_versions import Home

MOST_FRAGMENTS = 20_000
"""So many of a period are judged; of more a sample is drawn by the hash of the id."""

_FRAGMENT, _CLASSES = TABLES["silver_fragment"], TABLES["analysis_classification"]
_READ = ("fragment_id", "masked_text", "language", "channel", "product", "duplicate_of")
_STORED = ("fragment_id", "taxonomy_class", "complaint_class", "classifier_version", "is_abstained", "event_date")
_PLATFORM, _OWN = "complaint_class", "taxonomy_class"


@dataclass(frozen=True)
class Release:
    """What the periods lie before and after: a product's version, or a version of the classifier (then the product is null)."""

    name: str
    product: str | None
    released_date: date


@dataclass(frozen=True)
class Promotion:
    """Who let which version of the classifier classify, when and why."""

    model_version: str
    promoted_at: datetime
    promoted_by: str
    why: str | None


@dataclass(frozen=True)
class DriftReport:
    """The figures with all that a reader has to know of them."""

    before: DayRange
    after: DayRange
    version_before: str
    version_after: str
    since: date | None
    """The first day of the later period that the later version classified."""
    promotions: tuple[Promotion, ...]
    release: Release | None
    pairs_are_of: str
    """`after`, or `before` where the version before can't be trained again."""
    answered_count: int
    sampled_share: float
    drift: Drift


@dataclass(frozen=True)
class _Period:
    """The fragments of some days that are no repetition, and their stored rows."""

    days: DayRange
    fragments: pl.DataFrame
    stored: pl.DataFrame
    whole_count: int

    @property
    def local_version(self) -> str | None:
        """The version of the local tier that classified most of them."""
        counts = self.stored.group_by("local_version").len().sort("len", "local_version")
        return str(counts["local_version"][-1]) if counts.height else None


def drift_of(home: Home, after: DayRange, before: DayRange, release: Release | None = None) -> DriftReport:
    """What changed between the periods, and what it is owed to; raises BadInput where they overlap."""
    if before.last >= after.first:
        raise BadInput(f"the days before ({before}) do not end before {after} begins. Choose other days.")
    product = release.product if release else None
    earlier, later = _period(home, before, product), _period(home, after, product)
    present = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    names = _versions(home, earlier, later, present.classifier.classifier_version)
    judged, pairs_are_of = _judged(home, earlier, later, names)
    whole = earlier.whole_count + later.whole_count
    return DriftReport(
        before,
        after,
        *names,
        later.stored.filter(local_version=names[1])["event_date"].min(),  # type: ignore[arg-type]
        _promotions(home, before, after),
        release,
        pairs_are_of,
        int(pl.concat([earlier.stored, later.stored])["is_answered"].sum()),
        (earlier.fragments.height + later.fragments.height) / whole if whole else 1.0,
        drift(judged),
    )


def release_named(home: Home, name: str) -> Release:
    """The product's release, or the promotion of a classifier's version, of that name; raises BadInput where there is none or several."""
    promoted = home.state.snapshot(MODEL).filter(model_version=name, model_event=str(ModelEvent.PROMOTED)).sort("model_event_at")
    if promoted.height:
        return Release(name, None, day_of(promoted["model_event_at"][0]))
    rows = home.tables.read(TABLES["context_release"], columns=["product", "release_version", "released_at"]).filter(release_version=name)
    if rows.height == 1:
        return Release(name, rows["product"][0], day_of(rows["released_at"][0]))
    if rows.height:
        raise BadInput(f"{name} is a release of {', '.join(sorted(rows['product']))}. Leave --release out and name the days with --before.")
    raise BadInput(
        f"no release and no promoted model is called {name}. See `query` over mart tables, or `model history`; or name --before."
    )


def _period(home: Home, days: DayRange, product: str | None) -> _Period:
    read = home.tables.read(_FRAGMENT, days, columns=_READ).filter(pl.col("duplicate_of").is_null())
    whole = read if product is None else read.filter(product=product)
    drawn = whole
    if whole.height > MOST_FRAGMENTS:
        places = pl.Series("place", [sample_place(name) for name in whole["fragment_id"]])
        drawn = whole.with_columns(places).sort("place", "fragment_id").head(MOST_FRAGMENTS).drop("place")
    return _Period(days, drawn.sort("fragment_id"), _stored(home, drawn, days), whole.height)


def _stored(home: Home, fragments: pl.DataFrame, days: DayRange | None) -> pl.DataFrame:
    """The stored rows of the fragments, with the local tier's version and whether a language model answered."""
    wanted = fragments.select("fragment_id")
    read = home.tables.read(_CLASSES, days, columns=_STORED, matching=wanted if days is None else None)
    rows = read.join(wanted, on="fragment_id", how="semi")
    version = pl.col("classifier_version").str.split(ANSWERED_MARK)
    return rows.with_columns(local_version=version.list.first(), is_answered=version.list.len() > 1)


def _versions(home: Home, earlier: _Period, later: _Period, present: str) -> tuple[str, str]:
    """The versions of both periods: as stored; where the earlier days were computed anew since, as promoted by then."""
    stored = earlier.local_version or present, later.local_version or present
    if stored[0] != stored[1]:
        return stored
    by_then = [promoted_version(home.state.snapshot(MODEL, _end_of(period.days))) for period in (earlier, later)]
    if by_then[1] != stored[1]:
        return stored
    return (_seed(home).classifier.classifier_version if by_then[0] is None else by_then[0]), stored[1]


def _judged(home: Home, earlier: _Period, later: _Period, names: tuple[str, str]) -> tuple[Judged, str]:
    after = _made(home, names[1])
    try:
        before = after if names[0] == names[1] else _made(home, names[0])
    except ModelRefused:
        return _by_stored_rows(home, earlier, later, after, names[0]), "before"
    is_same = set(before.taxonomy.names) == set(after.taxonomy.names)
    word = _OWN if is_same else _PLATFORM
    tagged = [_tags(home, one.fragments, before, word) for one in (earlier, later)]
    again = tagged[1] if before is after else _tags(home, later.fragments, after, word)
    gold, truth = _gold(home, after, word)
    pairs = pl.DataFrame({"tag_before": tagged[1], "tag_after": again})
    held_out = pl.DataFrame({"truth": truth, "tag_before": _tags(home, gold, before, word), "tag_after": _tags(home, gold, after, word)})
    kinds = _kinds(earlier, tagged[0]), _kinds(later, tagged[1])
    return Judged(tagged[0], again, *kinds, pairs, held_out, is_same_version=before is after), "after"


def _by_stored_rows(home: Home, earlier: _Period, later: _Period, after: ActiveModel, name: str) -> Judged:
    """The same with the stored rows of the version before, in the platform's words, for nobody knows its own."""
    first, first_known = _stored_tags(earlier.fragments, earlier.stored, name)
    seen = [_tags(home, one.fragments, after, _PLATFORM) for one in (earlier, later)]
    pairs = pl.DataFrame({"tag_before": first, "tag_after": seen[0]}).filter(first_known)
    gold, truth = _gold(home, after, _PLATFORM)
    said, is_known = _stored_tags(gold, _stored(home, gold, None), name)
    held_out = pl.DataFrame({"truth": truth, "tag_before": said, "tag_after": _tags(home, gold, after, _PLATFORM)}).filter(is_known)
    return Judged(first.filter(first_known), seen[1], _kinds(earlier, seen[0]), _kinds(later, seen[1]), pairs, held_out)


def _made(home: Home, version: str) -> ActiveModel:
    """The classifier of that version; raises ModelRefused where it can't be made again."""
    seed = _seed(home)
    if version == seed.classifier.classifier_version:
        return seed
    return trained(recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder), home.embedder)


def _seed(home: Home) -> ActiveModel:
    return active_model(None, home.tables, home.taxonomies_folder, home.embedder)


def _tags(home: Home, fragments: pl.DataFrame, model: ActiveModel, word: str) -> pl.Series:
    """What the version says of each fragment, in their order."""
    if fragments.is_empty():
        return pl.Series("tag", [], pl.String)
    rows = fragments.select("fragment_id").join(classified(fragments, model, home.embedder), on="fragment_id", maintain_order="left")
    return rows.select(tag=_tag(word))["tag"]


def _stored_tags(fragments: pl.DataFrame, stored: pl.DataFrame, version: str) -> tuple[pl.Series, pl.Series]:
    """What the version's stored rows say of each fragment, and whether there is such a row."""
    rows = fragments.select("fragment_id").join(stored.filter(local_version=version), on="fragment_id", how="left", maintain_order="left")
    is_open = pl.col("is_answered") | pl.col("is_abstained")
    tags = rows.select(tag=pl.when(is_open).then(pl.lit(LEFT_OPEN)).otherwise(_PLATFORM))["tag"]
    return tags, rows["is_abstained"].is_not_null()


def _tag(word: str) -> pl.Expr:
    return pl.when("is_abstained").then(pl.lit(LEFT_OPEN)).otherwise(word)


def _gold(home: Home, model: ActiveModel, word: str) -> tuple[pl.DataFrame, pl.Series]:
    """The held-out gold labels, and the true class of each in the words of the page."""
    gold = gold_of(home.state.snapshot(LABEL), home.tables, model.taxonomy).part(held_out=True)
    words: Mapping[str, str] = platform_words(model.taxonomy) if word == _PLATFORM else {}
    return gold, gold["labelled_class"].replace(dict(words))


def _kinds(period: _Period, tags: pl.Series) -> pl.DataFrame:
    return period.fragments.select(STRATA).with_columns(tags.alias("tag"))


def _promotions(home: Home, before: DayRange, after: DayRange) -> tuple[Promotion, ...]:
    """Who promoted what from the first day of the earlier period to the last of the later one."""
    rows = home.state.snapshot(MODEL).filter(model_event=str(ModelEvent.PROMOTED)).sort("model_event_at")
    inside = rows.filter(pl.col("model_event_at").dt.date().is_between(before.first, after.last))
    columns = ("model_version", "model_event_at", "model_event_by", "model_event_why")
    return tuple(Promotion(*row) for row in inside.select(columns).iter_rows())


def _end_of(days: DayRange) -> datetime:
    return datetime.combine(days.last + timedelta(days=1), time(0), UTC)
