"""A fragment goes the automatic way for one reason alone; by enumeration, no sensitive one and none that a language model answered does."""

from __future__ import annotations

from itertools import product
from typing import Any

import polars as pl
import pytest

from feedback_loop.analysis.evidence import EXTRACTOR_VERSION
from feedback_loop.analysis.routes import STRONG_INDICATORS, in_force, indicators, routes
from feedback_loop.analysis.taxonomy import SENSITIVE_BY_NATURE
from feedback_loop.contracts.routes import GateVerdict, Route, RoutingReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import AbstentionReason, ComplaintClass
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START

DAY = START.date()


def classified(name: str = "f1", **changes: Any) -> dict[str, Any]:
    row = {
        "fragment_id": name, "complaint_class": "crash", "best_class": "crash", "taxonomy_class": "crash", "class_score": 0.9,
        "runner_up_class": "other", "runner_up_score": 0.05, "is_abstained": False, "classifier_version": "v1", "event_date": DAY,
    }  # fmt: skip
    return row | changes


def gate(name: str = "crash", score: float | None = 0.8, **changes: Any) -> dict[str, Any]:
    verdict = GateVerdict.OPEN if score is not None else GateVerdict.TOO_FEW_LABELS
    row = {
        "gate_id": f"{name}-{changes}", "classifier_version": "v1", "gate_class": name, "gate_verdict": str(verdict), "gate_score": score,
        "gated_at": START, "event_date": DAY,
    }  # fmt: skip
    return row | changes


def evidence(name: str = "f1", count: int = STRONG_INDICATORS, extractor: str = EXTRACTOR_VERSION) -> list[dict[str, Any]]:
    return [
        {"evidence_id": f"{name}/{n}", "fragment_id": name, "evidence_kind": "key_phrase", "evidence_text": f"Word {n}",
         "extractor_version": extractor, "event_date": DAY}
        for n in range(count)
    ]  # fmt: skip


def routed(
    rows: list[dict[str, Any]], found: list[dict[str, Any]] | None = None, gates: list[dict[str, Any]] | None = None
) -> pl.DataFrame:
    return routes(
        frame_of(TABLES["analysis_classification"], *rows),
        frame_of(TABLES["analysis_evidence"], *(evidence() if found is None else found)),
        frame_of(TABLES["state_gate"], *([gate()] if gates is None else gates)),
    )


def reason(*rows: dict[str, Any], **parts: Any) -> str:
    return str(routed(list(rows) or [classified()], **parts)["route_reason"][0])


def test_what_passes_its_gate_and_tells_enough_is_decided_without_a_person() -> None:
    found = routed([classified()])
    assert found.select("route", "route_reason", "gate_score_applied", "strong_indicator_count").row(0) == (
        "automatic",
        "certified",
        0.8,
        3,
    )
    assert violations(found, TABLES["analysis_route"]) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"class_score": 0.8}, RoutingReason.CERTIFIED),
        ({"class_score": 0.799}, RoutingReason.BELOW_GATE),
        ({"class_score": float("nan")}, RoutingReason.BELOW_GATE),
        ({"class_score": 1.1}, RoutingReason.BELOW_GATE),
        ({"classifier_version": "v2"}, RoutingReason.NO_GATE),
        ({"classifier_version": "v1+model+prompt"}, RoutingReason.ANSWERED_BY_MODEL),
        ({"taxonomy_class": "latency"}, RoutingReason.NO_GATE),
        ({"taxonomy_class": None}, RoutingReason.NO_GATE),
        ({"complaint_class": None, "is_abstained": True}, RoutingReason.ABSTAINED),
        ({"complaint_class": "auth"}, RoutingReason.SENSITIVE_CLASS),
        ({"best_class": "billing"}, RoutingReason.SENSITIVE_CLASS),
    ],
)
def test_every_other_reason_has_its_name(change: dict[str, Any], expected: RoutingReason) -> None:
    assert reason(classified(**change)) == expected


@pytest.mark.parametrize("verdict", [verdict for verdict in GateVerdict if verdict is not GateVerdict.OPEN])
def test_a_shut_gate_says_why_in_the_row_too(verdict: GateVerdict) -> None:
    assert reason(gates=[gate(score=None, gate_verdict=str(verdict))]) == str(verdict)


def test_only_different_things_that_the_rules_found_are_indicators() -> None:
    same = [one | {"evidence_text": "again" if n else "AGAIN"} for n, one in enumerate(evidence(count=3))]
    assert reason(found=same) == RoutingReason.TOO_LITTLE_EVIDENCE
    assert reason(found=evidence(extractor="prompt-1+model")) == RoutingReason.TOO_LITTLE_EVIDENCE
    assert reason(found=[]) == RoutingReason.TOO_LITTLE_EVIDENCE
    assert indicators(frame_of(TABLES["analysis_evidence"], *evidence(count=5)))["strong_indicator_count"].to_list() == [5]


def test_the_latest_gate_of_a_class_and_version_is_in_force() -> None:
    later = START.replace(hour=(START.hour + 1) % 24)
    first, second = sorted([START, later])
    kept = [gate(gated_at=second, gate_score=0.95), gate(gated_at=first), gate("latency", gated_at=first)]
    held = in_force(frame_of(TABLES["state_gate"], *kept))
    assert dict(held.select("gate_class", "gate_score").iter_rows()) == {"crash": 0.95, "latency": 0.8}


def test_no_sensitive_class_and_no_answer_of_a_language_model_ever_goes_the_automatic_way() -> None:
    """Every class x gate x score x evidence x version x abstention, the gates as open as a forger could make them."""
    names = [str(name) for name in ComplaintClass]
    grid = list(product(names, [*names, None], (0.0, 0.8, 1.0), (0, 3, 50), ("v1", "v1+model+prompt"), (None, *AbstentionReason)))
    rows, found = [], []
    for number, (best, given, score, pieces, version, abstention) in enumerate(grid):
        rows.append(
            classified(
                f"f{number}",
                best_class=best,
                complaint_class=None if abstention else given,
                taxonomy_class=given or best,
                class_score=score,
                classifier_version=version,
                is_abstained=abstention is not None,
                abstention_reason=abstention,
            )
        )
        found += evidence(f"f{number}", pieces)
    forged = [gate(name, 0.0, classifier_version=version) for name in names for version in ("v1", "v1+model+prompt")]
    made = routed(rows, found, forged).join(frame_of(TABLES["analysis_classification"], *rows), on="fragment_id")
    automatic = made.filter(route=str(Route.AUTOMATIC))
    assert made.height == len(grid) == 9 * 10 * 3 * 3 * 2 * 5
    assert automatic.height > 0
    touchy = [str(name) for name in SENSITIVE_BY_NATURE]
    assert automatic.filter(pl.col("best_class").is_in(touchy) | pl.col("complaint_class").is_in(touchy)).is_empty()
    assert automatic.filter(pl.col("classifier_version") != "v1").is_empty()
    assert automatic.filter(pl.col("is_abstained") | (pl.col("strong_indicator_count") < STRONG_INDICATORS)).is_empty()
    assert set(made.filter(pl.col("route") != str(Route.AUTOMATIC))["route_reason"]).isdisjoint({str(RoutingReason.CERTIFIED)})
