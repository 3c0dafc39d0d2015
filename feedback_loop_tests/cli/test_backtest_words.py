"""How a back-test is told: figures where they are known, names where they are not, and the same for programs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from feedback_loop.cli.backtest_words import content_of, tell
from feedback_loop.cli.printing import plain
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import RefusalReason
from feedback_loop.outcomes.backtest_gains import ACTED_ON, HANDLING, STAGES, Breaches, Saved
from feedback_loop.outcomes.backtest_later import Way
from feedback_loop.outcomes.backtest_verdicts import Ground, Judged, Verdict, precisions
from feedback_loop.workflows.backtest_report import BacktestReport
from feedback_loop_tests.outcomes.one_loop import EXECUTED
from feedback_loop_tests.outcomes.tried_actions import LOOKED, tried

RIGHT = Judged(tried(), Verdict.RIGHT, ((Ground.EFFECT, Verdict.RIGHT),))
WRONG = Judged(tried(cause_id="chg-9"), Verdict.WRONG, ((Ground.CAUSE_LABEL, Verdict.WRONG),))
OPEN = Judged(tried(Way.APPROVED), Verdict.UNJUDGED)
REFUSED = tried(Way.REFUSED, refusal_reason=RefusalReason.LOW_CONFIDENCE)
SAVED = Saved(RIGHT, EXECUTED, 120.0, None, (HANDLING,))


def report(*found: Judged, saved: tuple[Saved, ...] = (), breaches: Breaches | None = None) -> BacktestReport:
    all_tried = (*(one.tried for one in found), REFUSED)
    days = DayRange(LOOKED.date(), LOOKED.date())
    return BacktestReport(days, "p1", 7, all_tried, found, tuple(precisions(found)), saved, breaches or Breaches(("a1",), 3, 1))


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> str:
    tell(report(RIGHT, WRONG, OPEN, saved=(SAVED,)))
    return capsys.readouterr().out


def test_people_read_the_ways_and_how_much_is_known(shown: str) -> None:
    assert "7 alerts, 4 proposals would have been made; nothing was stored or carried out." in shown
    assert "2 automatic, 1 approved by people, 1 refused" in shown
    assert "refused: low confidence" in shown


def test_people_read_precision_with_its_interval(shown: str) -> None:
    (line,) = [line.split() for line in shown.splitlines() if line.strip().startswith("all ")]
    assert line == ["all", "automatic", "2", "1", "1", "0", "0.5", "0.013", "0.987"]


def test_people_read_each_wrong_action_by_name(shown: str) -> None:
    told = shown.partition("Wrong, had it been done:")[2]
    for word in (str(WRONG.tried.day), "config-rollback", "roll_back_config", "chg-9", "a person's label of the cause"):
        assert word in told


def test_people_read_what_was_saved_and_which_input_is_missing(shown: str) -> None:
    assert "Minutes saved until something was done: 120; agents' minutes: not known; of 1 right automatic actions" in shown
    assert f"Missing: {HANDLING} (1)." in shown
    assert "Breaches avoided: 1 of 3 breached promises to mitigate; 1 were measured under another policy" in shown


def test_people_and_programs_read_how_many_came_too_late_or_repeat_another_and_save_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    late = Saved(RIGHT, EXECUTED, -328.0, 0.0, (), "x2")
    found = report(RIGHT, saved=(replace(SAVED, acted_id="x1"), late, replace(late, minutes=-400.0)))
    tell(found)
    told = capsys.readouterr().out.replace("\n", " ")
    assert "Minutes saved until something was done: 120; agents' minutes: 0; of 3 right automatic actions" in told
    assert "(left out: 1 as repeats, 1 as later than the real action)." in told
    programs = content_of(found)
    assert [programs[name] for name in ("minutes_saved", "agent_minutes_saved", "late_count", "repeated_count")] == [120.0, 0.0, 1, 1]


def test_where_all_come_too_late_nothing_is_saved_and_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    tell(report(RIGHT, saved=(Saved(RIGHT, EXECUTED, -328.0, 0.0, ()),)))
    told = capsys.readouterr().out.replace("\n", " ")
    assert "until something was done: 0; agents' minutes: 0; of 1 right automatic actions (left out: 1 as later than" in told


def test_people_read_that_no_promise_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    tell(report(OPEN, breaches=Breaches(None, missing=(STAGES,))))
    told = capsys.readouterr().out
    assert "Breaches avoided: not known. Missing: outcomes_sla_stage" in told
    assert "Wrong, had it been done" not in told
    assert "Nothing of what would have been done is judged yet: nobody labelled it" in told


def test_where_nothing_is_proposed_nothing_more_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    tell(replace(report(), tried=()))
    assert capsys.readouterr().out.endswith("no proposal\n")


def test_programs_read_everything_that_people_do() -> None:
    told = json.loads(json.dumps(plain(content_of(report(RIGHT, WRONG, OPEN, saved=(SAVED,))))))
    first, second, third, refused = told["proposals"]
    assert (first["verdict"], second["verdict"], third["verdict"], refused["verdict"]) == ("right", "wrong", "unjudged", None)
    assert first["grounds"] == [{"ground": "whether the same action helped", "verdict": "right"}]
    assert (first["minutes_saved"], first["agent_minutes_saved"], first["missing_inputs"]) == (120.0, None, [HANDLING])
    assert told["ways"] == {"automatic": 2, "handed to people": 0, "approved by people": 1, "refused": 1}
    assert [(row["day"], row["playbook_id"], row["action_target"], row["cause_id"], row["because"]) for row in told["wrong"]] == [
        (str(WRONG.tried.day), "config-rollback", "chg-9", "chg-9", "a person's label of the cause")
    ]
    assert told["precision"][-1] == {
        "playbook_id": None, "would_be": "automatic", "right_count": 1, "wrong_count": 1, "unjudged_count": 0, "precision_share": 0.5,
        "precision_low_share": pytest.approx(0.0126, abs=1e-4), "precision_high_share": pytest.approx(0.9874, abs=1e-4),
    }  # fmt: skip
    assert (told["minutes_saved"], told["agent_minutes_saved"], told["missing_inputs"]) == (120.0, None, {HANDLING: 1})
    assert told["breaches"]["avoided_alert_ids"] == ["a1"]


def test_an_action_that_nobody_ever_took_saved_nothing_that_is_known() -> None:
    told = content_of(report(RIGHT, saved=(Saved(RIGHT, None, None, None, (ACTED_ON,)),)))
    assert (told["minutes_saved"], told["missing_inputs"]) == (None, {ACTED_ON: 1})
