"""What the platform does with a company's class: it counts as one of the classes that alerts, owners, playbooks and the policy know.

Here: the row-wise step that classifies by a company's taxonomy and says both words, and the difference that a new version makes. The rule
that is easy to break: the company's word stays in `taxonomy_class`; `complaint_class`, `best_class` and `runner_up_class` are words of the
closed vocabulary, whatever the taxonomy.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from feedback_loop.analysis.classify import OUTPUT_SCHEMA, FragmentClassifier, classify
from feedback_loop.analysis.taxonomy import Taxonomy

_MAPPED = ("complaint_class", "best_class", "runner_up_class")


def classify_under(batch: pa.RecordBatch, classifier: FragmentClassifier, taxonomy: Taxonomy) -> pa.RecordBatch:
    """The class of each fragment in both vocabularies, as `OUTPUT_SCHEMA`; a row's result is a function of that row alone."""
    made, counts_as = classify(batch, classifier), platform_words(taxonomy)
    if all(name == word for name, word in counts_as.items()):
        return made
    frame = pl.DataFrame(pa.Table.from_batches([made]))
    mapped = frame.with_columns(pl.col(_MAPPED).replace_strict(counts_as, return_dtype=pl.String))
    table = mapped.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(OUTPUT_SCHEMA)
    return pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], schema=OUTPUT_SCHEMA)


def platform_words(taxonomy: Taxonomy) -> Mapping[str, str]:
    """The platform's class by the name of each class."""
    return {str(one.name): str(one.platform_class) for one in taxonomy.classes}


def relabelled(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The fragments whose `taxonomy_class` or whose abstention differs: fragment_id, class_before, class_after, score_after.

    Both are rows of `analysis_classification`; a class is null where the classifier abstained.
    """
    return (
        before.select("fragment_id", class_before=_given())
        .join(after.select("fragment_id", class_after=_given(), score_after="class_score"), on="fragment_id")
        .filter(pl.col("class_before").ne_missing(pl.col("class_after")))
        .sort("class_before", "class_after", "fragment_id", nulls_last=True)
    )


def class_changes(before: Taxonomy, after: Taxonomy) -> list[tuple[str, str]]:
    """What became of each class, as (name, added | removed | renamed from … | changed: parts), in the order of the new version."""
    found = []
    for one in after.classes:
        former = before.called(str(one.name)) or next((old for name in one.formerly if (old := before.called(name))), None)
        if former is None:
            found.append((str(one.name), "added"))
        elif former.name != one.name:
            found.append((str(one.name), f"renamed from {former.name}"))
        elif parts := [
            part
            for part in ("definition", "boundaries", "examples", "platform_class", "parent", "owner", "title")
            if getattr(former, part) != getattr(one, part)
        ]:
            found.append((str(one.name), f"changed: {', '.join(part.replace('platform_class', 'counts_as') for part in parts)}"))
    gone = [str(one.name) for one in before.classes if after.called(str(one.name)) is None]
    return [*found, *((name, "removed") for name in gone)]


def _given() -> pl.Expr:
    return pl.when(~pl.col("is_abstained")).then(pl.col("taxonomy_class"))
