"""Urgency with its reasons and the owner of each fragment: from words, source, tier and class, never from stars or free text."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.ownership import Owners, seed_ownership
from feedback_loop.analysis.triage import INPUT_SCHEMA, OUTPUT_SCHEMA, seed_urgency, triage, with_classes
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ComplaintClass, Severity, Urgency
from feedback_loop.methods.batches import apply_step
from feedback_loop_tests.contracts.rows import frame_of

DAY = date(2026, 1, 2)
ROW = {"fragment_id": "f1", "masked_text": "The button does nothing.", "language": "en", "product": "Lumen", "event_date": DAY}


OWNERS = Owners(seed_ownership())


def triaged(*rows: dict[str, Any], batch_rows: int = 4096, owners: Owners = OWNERS) -> pl.DataFrame:
    full = [dict.fromkeys(INPUT_SCHEMA.names) | ROW | row for row in rows]
    return apply_step(
        partial(triage, owners=owners), pl.DataFrame(full, schema=pl.Schema(INPUT_SCHEMA)), INPUT_SCHEMA, OUTPUT_SCHEMA, batch_rows
    )


def judged(**row: Any) -> tuple[str, list[str]]:
    found = triaged(row)
    return found["urgency"][0], found["urgency_reasons"][0].to_list()


def test_a_plain_complaint_is_normal_and_its_class_is_the_reason() -> None:
    assert judged(complaint_class="broken_workflow") == ("normal", ["class:broken_workflow"])


def test_an_undecided_fragment_is_normal_and_goes_to_the_default_owner() -> None:
    row = triaged({}).row(0, named=True)
    assert (row["urgency"], row["urgency_reasons"]) == ("normal", ["class:undecided"])
    assert (row["owner"], row["owner_rule"]) == ("support-operations", "default")


def test_the_owner_that_a_taxonomy_names_for_its_class_owns_it() -> None:
    owners = Owners(seed_ownership(), {"card_declined": "billing-team"}, "t1")
    row = triaged({"complaint_class": "broken_workflow", "taxonomy_class": "card_declined"}, owners=owners).row(0, named=True)
    assert (row["owner"], row["owner_rule"]) == ("billing-team", "taxonomy")
    assert row["ownership_version"] == f"{seed_ownership().ownership_version}+t1"


@pytest.mark.parametrize("calm", ["praise", "feature_request", "other"])
def test_what_asks_for_nothing_is_low_whoever_says_it(calm: str) -> None:
    assert judged(complaint_class=calm)[0] == "low"
    assert judged(complaint_class=calm, tier="enterprise") == ("low", ["tier:enterprise", f"class:{calm}"])


def test_a_sensitive_class_alone_is_normal_and_says_so() -> None:
    assert judged(complaint_class="billing") == ("normal", ["sensitive_class:billing"])


def test_a_sensitive_class_of_a_high_tier_is_high() -> None:
    assert judged(complaint_class="auth", tier=" Enterprise ") == ("high", ["tier:enterprise", "sensitive_class:auth"])


def test_grave_words_raise_and_each_kind_is_a_reason() -> None:
    text = "You charged me twice, my lawyer will call."
    assert judged(masked_text=text, complaint_class="billing") == (
        "urgent",
        ["severity_word:charged_twice", "severity_word:legal", "sensitive_class:billing"],
    )


def test_kinds_of_words_are_not_added_up() -> None:
    text = "Charged twice and locked out, the deadline is near."
    assert judged(masked_text=text, complaint_class="crash")[0] == "normal"


def test_the_sources_own_word_counts_where_it_is_graver() -> None:
    assert judged(severity="urgent", complaint_class="latency") == ("urgent", ["source_severity:urgent", "class:latency"])
    assert judged(severity="high")[0] == "high"
    assert judged(severity="normal") == ("normal", ["class:undecided"])
    assert judged(masked_text="It is down for everyone", severity="high")[0] == "urgent"


def test_a_source_that_says_low_takes_some_away_but_not_all() -> None:
    assert judged(severity="low") == ("low", ["source_severity:low", "class:undecided"])
    assert judged(severity="low", masked_text="Total data loss", complaint_class="crash")[0] == "normal"


def test_praise_may_speak_of_dangers_that_did_not_come() -> None:
    assert judged(masked_text="Saved me from fraud and data loss", complaint_class="praise") == ("low", ["class:praise"])


def test_a_wish_with_a_grave_reason_is_no_longer_low() -> None:
    assert judged(masked_text="Please add a backup, I had data loss", complaint_class="feature_request")[0] == "high"


def test_placeholders_are_not_read() -> None:
    assert judged(masked_text="data [EMAIL] loss", complaint_class="crash")[1] == ["severity_word:data_loss", "class:crash"]


def test_a_tier_that_nobody_ranked_is_never_repeated() -> None:
    assert judged(tier="friend of Anna Berger", complaint_class="crash") == ("normal", ["class:crash"])


def test_the_owner_follows_from_class_product_and_area() -> None:
    rows = triaged({"complaint_class": "billing"}, {"fragment_id": "f2", "complaint_class": "billing", "product_area": "Plans"})
    assert rows.select("owner", "owner_rule").rows() == [("billing-team", "money"), ("subscriptions-team", "subscriptions")]
    assert rows["ownership_version"].unique().to_list() == [seed_ownership().ownership_version]


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "masked_text": st.text(max_size=80) | st.sampled_from(["data loss", "no data loss", "charged twice"]),
                "language": st.sampled_from([None, "en", "de", "xx"]),
                "tier": st.none() | st.sampled_from(["enterprise", "free"]) | st.text(max_size=5),
                "severity": st.sampled_from([None, *map(str, Severity)]),
                "complaint_class": st.sampled_from([None, *map(str, ComplaintClass)]),
                "product_area": st.none() | st.text(max_size=5),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_row_fulfils_its_contract_with_reasons_of_our_own_words_whatever_the_batches(rows: list[dict[str, Any]]) -> None:
    named = [{"fragment_id": f"f{n}"} | row for n, row in enumerate(rows)]
    whole = triaged(*named)
    assert violations(whole, TABLES["analysis_triage"]) == []
    assert whole.equals(triaged(*named, batch_rows=1))
    rules = seed_urgency()
    known = {*rules.word_points, *rules.tier_points, *rules.severity_points, *map(str, ComplaintClass), "undecided"}
    reasons = whole["urgency_reasons"].to_list()
    assert all(of_row and {reason.split(":")[1] for reason in of_row} <= known for of_row in reasons)


def test_more_to_say_never_lowers_the_urgency() -> None:
    order = list(Urgency)
    for tier in (None, "enterprise"):
        levels = [judged(masked_text=t, tier=tier, complaint_class="billing")[0] for t in ("ok", "charged twice", "fraudulent charge")]
        assert levels == sorted(levels, key=lambda level: order.index(Urgency(level)))


def test_fragments_get_the_class_that_was_decided_and_none_where_it_was_not() -> None:
    fragments = frame_of(TABLES["silver_fragment"], *({"fragment_id": f, "masked_text": "x", "event_date": DAY} for f in ("f1", "f2")))
    decided = {"fragment_id": "f1", "complaint_class": "crash", "taxonomy_class": "freezes"}
    undecided = {"fragment_id": "f2", "complaint_class": None, "taxonomy_class": "freezes"}
    found = with_classes(fragments, frame_of(TABLES["analysis_classification"], decided, undecided))
    assert found.select("fragment_id", "complaint_class", "taxonomy_class").rows() == [("f1", "crash", "freezes"), ("f2", None, None)]
