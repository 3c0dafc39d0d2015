"""`policy gates`, `policy thresholds`, `policy promote`: what is asked, what is advised, and a person's word on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback_loop.cli.policy_gates import what_to_do
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.threshold_advice import Advice
from feedback_loop_tests.cli.conftest import Call

PLAYBOOK = next(one for one in seed_playbooks() if 0.0 < one.threshold_score < 0.9)


@pytest.fixture(autouse=True)
def people(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "people.yaml").write_text("ada: [analyst]\nbo: [incident_commander]\n", encoding="utf-8")


def test_gates_say_what_is_missing_in_a_home_that_has_shown_nothing(call: Call) -> None:
    told = json.loads(call("policy", "gates", "--json").out)
    assert told["ready"] == []
    assert {one["complaint_class"] for one in told["requirements"]} > {"crash", "billing"}
    assert "No class has shown enough" in call("policy", "gates").out


def test_thresholds_say_how_many_judged_proposals_are_missing(call: Call) -> None:
    told = {one["playbook_id"]: one for one in json.loads(call("policy", "thresholds", "--json").out)}
    assert told[PLAYBOOK.playbook_id]["held"] == PLAYBOOK.threshold_score
    assert "more judged ones decide" in call("policy", "thresholds", "--wrong-costs", "4").out


@pytest.mark.parametrize(
    ("right", "passed", "advised", "told"),
    [
        (30, 30, 0.6, "stands as it is"),
        (30, 30, 0.5, "may be lowered to 0.5"),
        (30, 30, 0.7, "raise it to 0.7"),
        (30, 30, None, "stands as it is"),
        (20, 60, None, "too often wrong; raise it, or mend the playbook"),
        (8, 10, None, "no number more decides"),
        (3, 3, None, "8 more judged ones decide"),
    ],
)
def test_what_follows_is_said_in_words(right: int, passed: int, advised: float | None, told: str) -> None:
    assert what_to_do(Advice("a", 0.6, 0.8, passed, passed, right, advised)) == told


def test_a_threshold_that_is_promoted_holds(call: Call) -> None:
    outcome = call("policy", "promote", PLAYBOOK.playbook_id, "0.93", "--as", "ada", "--why", "two were wrong")
    assert outcome.code == 0, outcome.err
    assert "from a confidence of 0.93 on, says ada" in outcome.out
    assert "what was judged proves no threshold so low; `policy thresholds` advises none" in outcome.err
    told = {one["playbook_id"]: one for one in json.loads(call("policy", "thresholds", "--json").out)}
    assert told[PLAYBOOK.playbook_id]["held"] == 0.93


def test_a_threshold_that_holds_already_is_said_to(call: Call) -> None:
    asked = ("policy", "promote", PLAYBOOK.playbook_id, "0.93", "--as", "ada", "--why", "two were wrong")
    assert "held already" not in call(*asked).out
    assert "held already" in call(*asked).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("promote", PLAYBOOK.playbook_id, "0.01", "--as", "ada", "--why", "x"), "Ask somebody with one of"),
        (("promote", "no-such", "0.9", "--as", "bo", "--why", "x"), "no-such"),
        (("promote", PLAYBOOK.playbook_id, "2", "--as", "bo", "--why", "x"), "no confidence"),
        (("promote", PLAYBOOK.playbook_id, "0.9", "--as", "bo", "--why", " "), "say why"),
        (("thresholds", "--wrong-costs", "0"), "--wrong-costs has to be above 0"),
        (("thresholds", "--wrong-costs", "nan"), "--wrong-costs has to be above 0"),
    ],
)
def test_what_is_not_allowed_or_makes_no_sense_is_refused_in_a_line(call: Call, arguments: tuple[str, ...], said: str) -> None:
    outcome = call("policy", *arguments)
    assert outcome.code != 0
    assert said in outcome.err
