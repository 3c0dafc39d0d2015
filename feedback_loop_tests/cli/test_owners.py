"""`owners`: the table that counts shown with its duties, printed as a start for one's own, and checked."""

from __future__ import annotations

import json
from pathlib import Path

from feedback_loop.analysis.ownership import seed_text
from feedback_loop_tests.cli.conftest import Call


def own_table(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "owners.yaml").write_text(text, encoding="utf-8")


def test_show_tells_who_owns_mends_tells_refunds_and_signs_off(call: Call, home: Path) -> None:
    outcome = call("owners", "show")
    assert outcome.code == 0
    assert "From the package's own table" in outcome.out
    row = next(line for line in outcome.out.splitlines() if line.strip().startswith("slowness"))
    assert row.split() == ["slowness", "latency", "platform-team", "platform-team", "support-operations", "billing-team", "release-team"]
    assert not home.exists()


def test_show_as_json_holds_the_version(call: Call) -> None:
    table = json.loads(call("owners", "show", "--json").out)
    assert table["default"]["owner"] == "support-operations"
    assert table["ownership_version"]


def test_the_template_is_a_table_that_passes_when_it_is_saved(call: Call, home: Path) -> None:
    own_table(home, call("owners", "show", "--template").out)
    outcome = call("owners", "lint")
    assert outcome.code == 0
    assert "owners.yaml: 10 rules, 10 teams, nothing wrong." in outcome.out


def test_lint_of_the_package_finds_nothing(call: Call) -> None:
    assert json.loads(call("owners", "lint", "--json").out)["problems"] == []


def test_lint_names_what_is_wrong(call: Call, home: Path) -> None:
    own_table(home, seed_text().replace("owner: identity-team", "owner: nobody"))
    outcome = call("owners", "lint")
    assert outcome.code == 2
    assert "access.owner: no team is called 'nobody'" in outcome.error


def test_lint_names_a_playbook_whose_owner_is_no_team(call: Call, home: Path) -> None:
    own_table(home, seed_text().replace("help-center", "writers"))
    outcome = call("owners", "lint")
    assert outcome.code == 2
    assert "playbook broken-article-task: its owner 'help-center' is no team" in outcome.error


def test_classes_with_an_owner_of_their_own_are_shown_and_checked(call: Call, home: Path) -> None:
    home.mkdir(exist_ok=True)
    said = (
        "classes:\n  - {id: card, counts_as: billing, owner: OWNER, examples: [my card was declined]}\n  - {id: rest, counts_as: other}\n"
    )
    (home / "taxonomy.yaml").write_text(said.replace("OWNER", "billing-team"), encoding="utf-8")
    assert ["card", "billing-team"] in [line.split() for line in call("owners", "show").out.splitlines()]
    assert json.loads(call("owners", "show", "--json").out)["class_owners"] == {"card": "billing-team"}
    (home / "taxonomy.yaml").write_text(said.replace("OWNER", "writers"), encoding="utf-8")
    assert "class card of the taxonomy: its owner 'writers' is no team" in call("owners", "lint").error
