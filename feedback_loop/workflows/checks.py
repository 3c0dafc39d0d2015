"""What must be true of the tables beyond their contracts, each as a function from frames to the ids of the rows that break it.

The blocking checks in `defs/` call these; each is a sentence that is true when the list is empty. No function returns a customer's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import polars as pl
import pyarrow as pa

from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.loop_vocab import CauseKind, HypothesisVerdict, LinkKind
from feedback_loop.contracts.routes import Route
from feedback_loop.methods.batches import Runner, Step, apply_step, in_this_process
from feedback_loop.methods.cleaning import PERSON, Cleaner, speaker_of

_CHECKED = pa.schema(
    [pa.field(name, FIELDS[name].dtype) for name in ("fragment_id", "masked_text", "raw_start", "raw_end", "text", *PERSON)]
)
_OFFENDER = pa.schema([pa.field("fragment_id", pa.string())])
_UNIT_TOLERANCE, _SCORE_TOLERANCE = 1e-4, 1e-9


def fragments_with_personal_data(
    fragments: pl.DataFrame, records: pl.DataFrame, cleaner: Cleaner, runner: Runner = in_this_process
) -> list[str]:
    """Ids of fragments in whose masked text a detector still fires, those of the record's own person among them."""
    return _offenders(partial(_with_personal_data, cleaner=cleaner), fragments, records, runner)


def messages_with_personal_data(
    messages: pl.DataFrame, records: pl.DataFrame, cleaner: Cleaner, runner: Runner = in_this_process
) -> list[str]:
    """Ids of records in whose masked message a detector still fires."""
    said = messages.drop_nulls("masked_message").select("record_version_id", "record_id", "customer_id", masked_text="masked_message")
    rows = said.with_columns(fragment_id="record_id", raw_start=pl.lit(0, pl.Int64), raw_end=pl.lit(0, pl.Int64))
    return _offenders(partial(_with_personal_data, cleaner=cleaner), rows, records, runner)


def fragments_out_of_place(fragments: pl.DataFrame, records: pl.DataFrame, cleaner: Cleaner, runner: Runner = in_this_process) -> list[str]:
    """Ids of fragments that break the alignment law: cleaning the raw span gives the masked text."""
    return _offenders(partial(_out_of_place, cleaner=cleaner), fragments, records, runner)


def _offenders(step: Step, fragments: pl.DataFrame, records: pl.DataFrame, runner: Runner) -> list[str]:
    """The step's answer for fragments beside their record's own text and person; null where the record is gone."""
    own = records.select("record_version_id", *(set(PERSON) - {"record_id", "customer_id"}), "text")
    joined = fragments.join(own, on="record_version_id", how="left", maintain_order="left")
    return apply_step(step, joined, _CHECKED, _OFFENDER, runner=runner)["fragment_id"].to_list()


def _with_personal_data(rows: pa.RecordBatch, cleaner: Cleaner) -> pa.RecordBatch:
    return _ids(row for row in rows.to_pylist() if cleaner.for_speaker(speaker_of(row)).find(row["masked_text"]))


def _out_of_place(rows: pa.RecordBatch, cleaner: Cleaner) -> pa.RecordBatch:
    return _ids(row for row in rows.to_pylist() if row["text"] is None or _cleaned(row, cleaner) != row["masked_text"])


def _cleaned(row: dict[str, Any], cleaner: Cleaner) -> str:
    return cleaner.for_speaker(speaker_of(row)).clean(row["text"][row["raw_start"] : row["raw_end"]]).text


def _ids(rows: Iterable[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"fragment_id": [row["fragment_id"] for row in rows]}, schema=_OFFENDER)


def fragments_without_row(fragments: pl.DataFrame, rows: pl.DataFrame) -> list[str]:
    """Ids of fragments that another table of the same grain lacks."""
    return fragments.join(rows, on="fragment_id", how="anti")["fragment_id"].to_list()


def triage_without_owner_or_reason(rows: pl.DataFrame) -> list[str]:
    """Ids of fragments whose urgency has no reason, or whose owner is a blank."""
    is_bare = (pl.col("urgency_reasons").list.len() == 0) | (pl.col("owner").str.strip_chars() == "")
    return rows.filter(is_bare)["fragment_id"].to_list()


def sensitive_without_person(routes: pl.DataFrame, classes: pl.DataFrame) -> list[str]:
    """Ids of fragments that go the automatic way though what they are handled as, or most likely are, is sensitive."""
    sensitive = [str(one) for one in SENSITIVE_BY_NATURE]
    touchy = classes.filter(pl.col("complaint_class").is_in(sensitive) | pl.col("best_class").is_in(sensitive))
    return routes.filter(route=str(Route.AUTOMATIC)).join(touchy, on="fragment_id", how="semi")["fragment_id"].to_list()


def links_not_known_in_time(links: pl.DataFrame, fragments: pl.DataFrame, known: pl.DataFrame) -> list[str]:
    """Fragments linked with what nobody had said when they landed, or with what began after their customer spoke.

    `known` are rows of `link_kind`, `product`, `link_id`, `landed_at`, as `known_context` makes them.
    """
    first = known.group_by("link_kind", "product", "link_id").agg(_known_from=pl.col("landed_at").min())
    said = links.join(fragments.select("fragment_id", "product", "landed_at"), on="fragment_id", how="left")
    joined = said.join(first, on=["link_kind", "product", "link_id"], how="left")
    broken = (pl.col("_known_from") > pl.col("landed_at")).fill_null(True) | (pl.col("minutes_since_start") < 0)
    return joined.filter(broken).select("fragment_id", "link_kind").unique().sort("fragment_id", "link_kind")["fragment_id"].to_list()


def known_context(releases: pl.DataFrame, changes: pl.DataFrame, incidents: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    """What a fragment can be linked with and when it landed: `link_kind`, `product`, `link_id`, `landed_at`."""
    named = {
        LinkKind.RELEASE: (releases, "release_version"),
        LinkKind.CHANGE: (changes, "change_id"),
        LinkKind.INCIDENT: (incidents, "incident_id"),
        LinkKind.ERROR: (logs, "error_text"),
    }
    return pl.concat(
        frame.select(pl.lit(str(kind)).alias("link_kind"), "product", pl.col(name).alias("link_id"), "landed_at")
        for kind, (frame, name) in named.items()
    )


def vectors_not_of_unit_length(embeddings: pl.DataFrame) -> list[str]:
    """Ids of fragments whose vector is not of unit length."""
    length = pl.col("vector").list.eval(pl.element().cast(pl.Float64).pow(2)).list.sum().sqrt()
    return embeddings.filter(~length.is_between(1 - _UNIT_TOLERANCE, 1 + _UNIT_TOLERANCE))["fragment_id"].to_list()


def spans_not_verbatim(evidence: pl.DataFrame, fragments: pl.DataFrame) -> list[str]:
    """Ids of evidence whose words do not stand at its place in the masked text."""
    joined = evidence.join(fragments.select("fragment_id", "masked_text"), on="fragment_id", how="left")
    rows = joined.select("evidence_id", "masked_text", "masked_start", "masked_end", "evidence_text").iter_rows()
    return [i for i, text, start, end, claim in rows if text is None or text[start:end] != claim]


def fragments_in_no_or_two_clusters(clusters: pl.DataFrame, eligible: pl.DataFrame) -> list[str]:
    """Ids of complaints of a day that are not in exactly one cluster that day, and of members that are no complaint of it."""
    members = clusters.select("event_date", pl.col("day_fragment_ids").alias("fragment_id")).explode("fragment_id").drop_nulls()
    counted = members.group_by("event_date", "fragment_id").len()
    joined = eligible.select("event_date", "fragment_id").join(counted, on=["event_date", "fragment_id"], how="full", coalesce=True)
    missing = eligible.join(members, on=["event_date", "fragment_id"], how="anti")["fragment_id"].to_list()
    surplus = members.join(eligible, on=["event_date", "fragment_id"], how="anti")["fragment_id"].to_list()
    return sorted({*joined.filter(pl.col("len") > 1)["fragment_id"].to_list(), *missing, *surplus})


def alerts_whose_scores_do_not_sum_to_one(hypotheses: pl.DataFrame) -> list[str]:
    """Ids of alerts whose hypotheses are not a distribution over known causes and one unknown."""
    summed = hypotheses.group_by("alert_id").agg(
        (pl.col("hypothesis_score").sum() - 1).abs().alias("surplus"), (pl.col("cause_kind") == CauseKind.UNKNOWN).sum().alias("unknown")
    )
    return sorted(summed.filter((pl.col("surplus") > _SCORE_TOLERANCE) | (pl.col("unknown") != 1))["alert_id"])


def hypotheses_without_evidence(hypotheses: pl.DataFrame) -> list[str]:
    """Ids of hypotheses that name a cause and no statement about it, or call it likely with none that speaks for it."""
    speaks_for, speaks_against = (pl.col(name).list.len() > 0 for name in ("evidence_for", "evidence_against"))
    is_named = pl.col("cause_kind") != CauseKind.UNKNOWN
    is_bare = ~(speaks_for | speaks_against) | ((pl.col("hypothesis_verdict") == HypothesisVerdict.LIKELY) & ~speaks_for)
    return hypotheses.filter(is_named & is_bare)["hypothesis_id"].sort().to_list()


def high_risk_without_two_approvals(proposals: pl.DataFrame) -> list[str]:
    """Ids of high-risk proposals that were approved or carried out with fewer than two approvals."""
    gone_through = pl.col("proposal_status").is_in(["approved", "claimed", "in_doubt", "done", "rolled_back"])
    is_lacking = (pl.col("risk_level") == "high") & (pl.col("approvals_given_count") < 2)
    return proposals.filter(gone_through & is_lacking)["proposal_id"].to_list()
