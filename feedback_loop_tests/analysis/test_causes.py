import pytest

from feedback_loop.analysis.causes import Cause, KnownCauses, is_candidate
from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop_tests.analysis.scenes import DAY, Change, at, frame

ONSET = instant_number(at(10))
EVER = (instant_number(at(-240)), instant_number(at(24)))


def known(*changes: Change) -> KnownCauses:
    return KnownCauses.of(
        frame("context_change", [c.row() for c in changes if c.kind != "incident"]),
        frame("context_incident", [c.row() for c in changes if c.kind == "incident"]),
    )


def names(causes: list[Cause]) -> list[str]:
    return [c.cause_id for c in causes]


def test_candidates_began_in_the_week_before_the_onset_or_within_its_hour() -> None:
    starts = {"week": 10 - 168, "older": 9.99 - 168, "hour": 11, "later": 11.01, "at": 10}
    found = known(*(Change(name, "config", start) for name, start in starts.items())).between("app", *EVER)
    assert names([cause for cause in found if is_candidate(cause, ONSET)]) == ["week", "at", "hour"]


def test_candidates_are_of_the_product() -> None:
    of = known(Change("ours", "config", 9), Change("theirs", "config", 9, product="other"))
    assert names(of.between("app", *EVER)) == ["ours"]
    assert of.between("unheard of", *EVER) == []


@pytest.mark.parametrize("landed", [(9.0, 12.0), (12.0, 9.0)])
def test_the_statement_that_landed_last_counts_whatever_the_order_of_the_rows(landed: tuple[float, float]) -> None:
    end = {9.0: None, 12.0: 11.5}
    [cause] = known(*(Change("c", "config", 8, {"region": ["uk"]}, end=end[at], landed=at) for at in landed)).between("app", *EVER)
    assert cause.ended == instant_number(at(11.5))
    assert cause.scope == {"region": ["uk"]}


def test_changes_and_incidents_say_what_they_are() -> None:
    deploy, incident = known(
        Change("d", "deploy", 8, service="checkout", version="2.1", words="New summary"),
        Change("i", "incident", 9, service="payments", provider="Paymill", words="Payments fail"),
    ).between("app", *EVER)
    assert (deploy.kind, deploy.version, deploy.words, deploy.label) == (CauseKind.DEPLOY, "2.1", "New summary", "deploy d of checkout")
    assert (incident.kind, incident.provider, incident.words, incident.label) == (
        CauseKind.INCIDENT, "Paymill", "Payments fail", "incident i of Paymill",
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "stays"), [("job", False), ("content", False), ("config", True), ("incident", True)])
def test_the_effect_of_a_job_does_not_end_with_it(kind: str, stays: bool) -> None:
    [cause] = known(Change("c", kind, 8)).between("app", *EVER)
    assert cause.stays_in_force is stays
    assert DAY == 30


def test_without_statements_there_are_no_candidates() -> None:
    assert known().between("app", *EVER) == []
