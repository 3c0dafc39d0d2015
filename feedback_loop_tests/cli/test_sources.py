"""`sources`: how far each system was read, asking it, and that no credential is ever shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, Serving, serving
from feedback_loop_tests.cli.conftest import Call

INCIDENT = {
    "id": "p31zjtct2jer", "name": "Sign-in fails", "status": "resolved", "impact": "major", "created_at": "2026-01-05T09:00:00Z",
    "started_at": "2026-01-05T09:00:00Z", "updated_at": "2026-01-05T10:00:00Z", "resolved_at": "2026-01-05T10:00:00Z",
    "incident_updates": [], "components": [],
}  # fmt: skip


def answer(_: Asked) -> Said:
    return Said(body=json.dumps({"incidents": [INCIDENT, {"id": "no start"}]}).encode())


@pytest.fixture
def vendor() -> Iterator[Serving]:
    with serving(answer) as running:
        yield running


def write(home: Path, url: str, more: str = "") -> None:
    home.mkdir(parents=True, exist_ok=True)
    text = f"sources:\n  status: {{kind: statuspage, address: '{url}', product: Shop, since: 2026-01-01, switched_on: true}}\n{more}"
    (home / "sources.yaml").write_text(text, encoding="utf-8")


def test_without_a_file_nobody_is_asked(call: Call, home: Path) -> None:
    assert "nobody is asked" in call("sources", "list").out
    assert json.loads(call("sources", "list", "--json").out) == []
    assert "0 sources, 0 switched on, nothing wrong" in call("sources", "lint").out
    assert json.loads(call("sources", "pull", "--json").out) == {"pulled": {}, "refused": {}}


def test_a_pull_lands_what_came_once_and_the_list_tells_how_far_it_got(call: Call, home: Path, vendor: Serving) -> None:
    write(home, vendor.url)
    assert json.loads(call("sources", "list", "--json").out)[0]["total"] is None
    assert "status: 2 rows read = 1 landed + 0 duplicates + 1 quarantined" in call("sources", "pull").out
    assert "status: 2 rows read = 0 landed + 2 duplicates + 0 quarantined" in call("sources", "pull", "status").out
    (told,) = json.loads(call("sources", "list", "--json").out)
    assert (told["source"], told["pages"], told["is_behind"]) == ("status", 2, False)
    assert told["total"] == {"read": 4, "landed": 1, "duplicates": 2, "quarantined": 1}


def test_what_gives_nothing_is_told_in_one_line_after_the_others_had_their_turn(call: Call, home: Path, vendor: Serving) -> None:
    down = "  down: {kind: statuspage, address: 'http://127.0.0.1:9', product: Shop, since: 2026-01-01, switched_on: true}\n"
    write(home, vendor.url, down)
    outcome = call("sources", "pull")
    assert outcome.code == 1
    assert "status: 2 rows read" in outcome.out
    assert "down: down could not be asked for a read" in outcome.error


def test_an_unknown_source_and_a_bad_file_are_told_in_one_line(call: Call, home: Path, vendor: Serving) -> None:
    write(home, vendor.url)
    assert "unknown source 'desk'" in call("sources", "pull", "desk").error
    write(home, "http://status.example.com")
    outcome = call("sources", "lint")
    assert (outcome.code, "status.address: status.example.com would be asked without encryption" in outcome.error) == (2, True)
