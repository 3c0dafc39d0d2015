"""The rules of a home: the package's where it says nothing, its own where it is stricter, and a refusal with the file's name otherwise."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.config import Settings
from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.errors import FeedbackLoopError, InputFileMissing, PilotRefused, PolicyRefused, UnreadableFile
from feedback_loop.remediation.autonomy import AUTONOMY, Pilot, autonomy_row
from feedback_loop.remediation.limits import limits_text
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.workflows.rules_in_force import other_policy, read_pilot, read_policy, read_rules
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_a_home_that_says_nothing_has_the_packages_rules(settings: Settings) -> None:
    rules = read_rules(settings, None, START)
    assert rules.policy.policy_version == seed_policy().policy_version
    assert (rules.pilot, rules.autonomy.phase_of("crash")) == (Pilot(), MaturityPhase.ASSISTED)


def test_a_home_adds_limits_guards_and_a_pilot(settings: Settings) -> None:
    settings.policy_file.write_text(limits_text().replace("strong_indicators: 3", "strong_indicators: 5"), encoding="utf-8")
    settings.guards_file.write_text('@id("mine") forbid (principal, action, resource) when { false };', encoding="utf-8")
    settings.pilot_file.write_text("products: [Printwren]\ncomplaint_classes: [crash]\n", encoding="utf-8")
    rules = read_rules(settings, None, START)
    assert rules.policy.strong_indicators == 5
    assert "mine" in rules.policy.guards.ids
    assert rules.pilot == Pilot(frozenset({"Printwren"}), frozenset({"crash"}))


def test_what_people_said_comes_from_the_state(settings: Settings, tmp_path: Path) -> None:
    state = open_state(tmp_path)
    state.record(AUTONOMY, [autonomy_row("crash", AutonomyWord.AUTOMATED, "why", "bo", START)], "bo", START)
    assert read_rules(settings, state, START).autonomy.phase_of("crash") is MaturityPhase.AUTOMATED


@pytest.mark.parametrize(
    ("name", "text", "error", "problem"),
    [
        ("policy.yaml", "a: [", PolicyRefused, "policy.yaml: the text"),
        ("policy.yaml", "sensitive_classes: []", PolicyRefused, "policy.yaml: .* is missing"),
        ("policy.yaml", "- 1", PolicyRefused, "the text holds no fields"),
        ("policy.cedar", "permit (principal, action, resource);", PolicyRefused, "policy.cedar: holds a permit"),
        ("pilot.yaml", "colour: red", PilotRefused, "pilot.yaml: colour"),
        ("pilot.yaml", "complaint_classes: [cras]", PilotRefused, "complaint_classes.0"),
        ("pilot.yaml", "", PilotRefused, "limits nothing"),
        ("pilot.yaml", "products: {", PilotRefused, "the text"),
        ("pilot.yaml", "just words", PilotRefused, "pilot.yaml"),
        ("pilot.yaml", "x" * 100_001, UnreadableFile, "100,000"),
    ],
)
def test_a_file_that_can_not_be_followed_stops_everything_by_name(
    settings: Settings, name: str, text: str, error: type[FeedbackLoopError], problem: str
) -> None:
    (settings.home / name).write_text(text, encoding="utf-8")
    with pytest.raises(error, match=problem) as caught:
        read_rules(settings, None, START)
    assert "\n" not in str(caught.value)


def test_a_missing_file_restricts_nothing(tmp_path: Path) -> None:
    assert read_pilot(tmp_path / "pilot.yaml") == Pilot()
    assert read_policy(tmp_path / "policy.yaml", tmp_path / "policy.cedar").policy_version == seed_policy().policy_version


def test_what_was_approved_long_ago_counts_towards_the_pace_from_when_it_was_sent(settings: Settings, tmp_path: Path) -> None:
    world = World(tmp_path)
    world.approved()
    world.clock.advance(timedelta(hours=20))
    world.execute(FakeCaseSystem())
    pace = read_rules(settings, world.state, world.clock.now()).pace
    assert pace.within("release-rollback", world.clock.now() - timedelta(hours=1)) == 1


def test_another_policy_stands_in_for_the_homes_own_part_by_part(settings: Settings, tmp_path: Path) -> None:
    settings.guards_file.write_text('@id("mine") forbid (principal, action, resource) when { false };', encoding="utf-8")
    tried = tmp_path / "tried.yaml"
    tried.write_text(limits_text().replace("strong_indicators: 3", "strong_indicators: 5"), encoding="utf-8")
    found = other_policy(settings, tried, None)
    assert (found.strong_indicators, "mine" in found.guards.ids) == (5, True)
    in_force = read_policy(settings.policy_file, settings.guards_file)
    assert other_policy(settings, None, None).policy_version == in_force.policy_version != found.policy_version


def test_another_policy_that_is_not_there_is_refused_by_its_name(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputFileMissing, match=r"nowhere\.yaml: no such file"):
        other_policy(settings, tmp_path / "nowhere.yaml", None)
