"""The command tree as a whole: every command explains itself, and help is fast because nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer

from feedback_loop.cli import app
from feedback_loop.sources.registry import SOURCES
from feedback_loop.workflows.try_texts import TextStage
from feedback_loop_tests.cli.conftest import Call

HEAVY = ("dagster", "dbt", "duckdb", "deltalake", "onnxruntime", "onnx", "sklearn", "hdbscan", "polars", "pyarrow", "numpy")


def paths(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command below, by the words that call it."""
    children = getattr(command, "commands", {})
    if path and (not children or getattr(command, "invoke_without_command", False)):
        yield path
    for name, child in children.items():
        yield from paths(child, (*path, name))


COMMANDS = sorted(paths(typer.main.get_command(app)))


def test_the_tree_holds_the_promised_commands() -> None:
    promised = {("demo",), ("ingest",), ("run",), ("issues",), ("issues", "show"), ("query",)}
    promised |= {("issues", "confirm"), ("issues", "reject"), ("issues", "close"), ("issues", "reopen"), ("labels", "hypotheses")}
    promised |= {("quarantine", word) for word in ("list", "show", "retry")}
    promised |= {("playbooks", word) for word in ("list", "show", "lint", "dry-run")} | {
        ("labels", word) for word in ("correct", "import", "list", "queue", "stats")
    }
    promised |= {("approvals", word) for word in ("list", "show", "request", "approve", "reject", "revoke", "execute", "ask-in-slack")}
    promised |= {("messages", word) for word in ("list", "draft", "show", "approve", "send", "confirm", "hear")}
    promised |= {("report", word) for word in ("control-room", "weekly", "pilot", "issue")}
    promised |= {("policy", word) for word in ("show", "lint", "compare", "phase", "stop", "resume", "gates", "thresholds", "promote")}
    promised |= {("audit", word) for word in ("verify", "show", "export", "replay")} | {("rollback",), ("simulate",), ("backtest",)}
    promised |= {("try", word) for word in ("classify", "cluster", "detect", "diagnose", "verify-fix", *TextStage)}
    promised |= {("model", word) for word in ("train", "evaluate", "promote", "history", "drift", "review", "gates")} | {("cost",)}
    promised |= {("taxonomy", word) for word in ("show", "diff")}
    promised |= {("knowledge", word) for word in ("search", "list", "check")}
    promised |= {(of, word) for of in ("owners", "rules") for word in ("show", "lint")} | {
        ("connectors", word) for word in ("list", "lint")
    }
    promised |= {("sla", word) for word in ("show", "lint", "due", "watch", "tell-in-slack")} | {
        ("sources", word) for word in ("list", "lint", "pull")
    }
    promised |= {("roi", word) for word in ("show", "lint", "compare")}
    promised |= {("identity", word) for word in ("whoami", "lint", "hash-token")}
    promised |= {("forecast",), ("quality",), ("erase",), ("retain",), ("reveal",), ("receiver",)}
    assert set(COMMANDS) == promised


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(call: Call, path: tuple[str, ...]) -> None:
    outcome = call(*path, "--help")
    said = " ".join(outcome.out.replace("│", " ").split())
    assert outcome.code == 0
    assert f"Example: feedback-loop {' '.join(path)}" in said


@pytest.mark.parametrize("path", [p for p in COMMANDS if p not in (("demo",), ("audit", "export"), ("receiver",))], ids=" ".join)
def test_every_command_that_prints_data_can_print_json(call: Call, path: tuple[str, ...]) -> None:
    assert "--json" in call(*path, "--help").out


def test_ingest_help_names_every_source(call: Call) -> None:
    said = call("ingest", "--help").out
    assert [name for name in SOURCES if name.replace("_", "-") not in said] == []


def test_no_arguments_print_the_help(capfd: pytest.CaptureFixture[str]) -> None:
    from feedback_loop.cli.entry import exit_code

    assert exit_code([]) == 0
    assert "Usage: feedback-loop" in capfd.readouterr().out


def test_version_is_printed(call: Call) -> None:
    outcome = call("--version")
    assert (outcome.code, outcome.out.split()[0]) == (0, "feedback-loop")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["try", "classify", "--help"], ["bogus"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from feedback_loop.cli.entry import exit_code; exit_code(sys.argv[1:]);"
        f"print('heavy', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "heavy []"


def test_the_module_can_be_run_like_the_script() -> None:
    result = subprocess.run([sys.executable, "-m", "feedback_loop.cli", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("feedback-loop ")
