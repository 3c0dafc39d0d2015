"""`model review`: a page for people, one for tools, pictures; and of an empty home a page that says what is missing."""

from __future__ import annotations

import json
from pathlib import Path

from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.test_model_drift import two_weeks

__all__ = ["two_weeks"]


def test_an_empty_home_is_reviewed_and_stays_empty(call: Call, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack"
    outcome = call("model", "review", "--out", out)
    assert (outcome.code, outcome.err) == (0, "")
    assert sorted(file.name for file in out.iterdir()) == ["review.html", "review.md"]
    assert "Nothing has landed yet" in (out / "review.md").read_text(encoding="utf-8")
    assert not home.exists()


def test_a_week_is_written_with_its_pictures(call: Call, two_weeks: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack"
    found = json.loads(call("model", "review", "--week", "2026-01-18", "--out", out, "--json").out)
    assert found["week"] == {"first": "2026-01-12", "last": "2026-01-18"}
    assert {Path(file).name for file in found["files"]} == {"review.html", "review.md", "drift.png"}
    assert all((out / Path(file).name).stat().st_size for file in found["files"])
    assert found["checks"]["precision"]["is_passed"]
    assert "data:image/png" in (out / "review.html").read_text(encoding="utf-8")


def test_the_checks_are_said_and_the_files_named(call: Call, two_weeks: Path, tmp_path: Path) -> None:
    said = call("model", "review", "--out", tmp_path / "pack").out
    assert said.startswith("precision: Nothing is proven")
    assert "review.html" in said.splitlines()[-1]
