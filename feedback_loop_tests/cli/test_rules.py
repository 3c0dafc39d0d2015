"""`rules`: the share alerts that count shown, printed as a start for one's own, and checked."""

from __future__ import annotations

import json
from pathlib import Path

from feedback_loop_tests.cli.conftest import Call


def own_rules(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "alert_rules.yaml").write_text(text, encoding="utf-8")


def test_show_tells_share_hours_and_segments(call: Call, home: Path) -> None:
    outcome = call("rules", "show")
    assert outcome.code == 0
    row = next(line for line in outcome.out.splitlines() if line.strip().startswith("segment-share"))
    assert row.split()[:3] == ["segment-share", "18%", "6"]
    assert "From the package's own rules" in outcome.out
    assert not home.exists()


def test_show_as_json_holds_the_limits(call: Call) -> None:
    [rule] = json.loads(call("rules", "show", "--json").out)
    assert (rule["rule_id"], rule["limits"]["share"]) == ("segment-share", 0.18)


def test_the_template_is_a_file_that_passes_when_it_is_saved(call: Call, home: Path) -> None:
    own_rules(home, call("rules", "show", "--template").out)
    assert "alert_rules.yaml: 1 rule, nothing wrong." in call("rules", "lint").out
    assert json.loads(call("rules", "lint", "--json").out)["rule_ids"] == ["segment-share"]


def test_lint_names_what_is_wrong_in_one_line(call: Call, home: Path) -> None:
    own_rules(home, "rules: [{rule_id: a, share: 0.2, window_hours: 6, dimension: browser}]")
    outcome = call("rules", "lint")
    assert outcome.code == 2
    assert "rules.0.dimension" in outcome.error
