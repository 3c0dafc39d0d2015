"""Exit codes and the one line that every failure says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feedback_loop.cli import entry
from feedback_loop.cli import query as query_module
from feedback_loop.errors import ChecksFailed, StageFailed, UnknownChoice
from feedback_loop_tests.cli.conftest import Call

SECRET = "my card is 4111 1111 1111 1111"


def failing_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(query_module, "settings_of", fail)


def test_bad_input_is_two_and_a_refusal_one(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(UnknownChoice("colour", "red", ["blue"]), monkeypatch)
    bad = call("query", "select 1")
    failing_with(ChecksFailed(["a.b"]), monkeypatch)
    refused = call("query", "select 1")
    assert (bad.code, bad.error) == (2, "error: unknown colour 'red'. Choose one of: blue.")
    assert refused.code == 1
    assert "a.b" in refused.error


@pytest.mark.parametrize(
    "arguments", [("bogus",), ("try",), ("ingest",), ("issues", "--bogus"), ("query", "select 1", "--limit", "0"), ("try", "segment")]
)
def test_wrong_usage_is_one_line_that_names_the_help(call: Call, arguments: tuple[str, ...]) -> None:
    outcome = call(*arguments)
    assert outcome.code == 2
    assert outcome.error.endswith("--help`.")
    assert outcome.out == ""


def test_an_unexpected_error_names_its_class_and_place_but_not_its_words(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(ValueError(SECRET), monkeypatch)
    outcome = call("query", "select 1")
    assert outcome.code == 1
    assert "unexpected ValueError in feedback_loop/cli/query.py:" in outcome.error
    assert SECRET not in outcome.err + outcome.out


def test_an_argument_that_is_no_text_is_bad_input(call: Call, marts_home: Path) -> None:
    outcome = call("issues", "show", "issue_\udcff")
    assert outcome.code == 2
    assert "an argument is no UTF-8 text" in outcome.error


def test_debug_shows_the_traceback(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_DEBUG", "1")
    failing_with(ValueError("x"), monkeypatch)
    outcome = call("query", "select 1")
    assert outcome.code == 1
    assert "Traceback" in outcome.err


def test_a_file_system_error_names_the_path(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(PermissionError(13, "Permission denied", "/some/where"), monkeypatch)
    outcome = call("query", "select 1")
    assert outcome.code == 1
    assert outcome.error.startswith("error: /some/where: Permission denied.")


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        type("DagsterExecutionInterruptedError", (BaseException,), {})(),
        StageFailed("marts", "DagsterExecutionInterruptedError"),
    ],
    ids=["before a run", "between steps", "within a step"],
)
def test_an_interrupt_says_what_to_do(call: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    failing_with(error, monkeypatch)
    outcome = call("query", "select 1")
    assert outcome.code == 130
    assert "run the same command again" in outcome.error


def test_line_breaks_and_escapes_of_a_message_are_taken_out(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(UnknownChoice("x", "a\nb\x1b[31m", ["c"]), monkeypatch)
    outcome = call("query", "select 1")
    assert "a b" in outcome.error
    assert "\x1b" not in outcome.err


def test_a_home_that_is_a_file_is_refused(call: Call, home: Path) -> None:
    home.write_text("")
    outcome = call("issues")
    assert outcome.code == 2
    assert "is no folder" in outcome.error


def test_a_reader_that_leaves_is_no_failure(marts_home: Path) -> None:
    command = [sys.executable, "-m", "feedback_loop.cli", "--home", str(marts_home), "query", "select * from range(200000)", "--json"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as pipe:
        result = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_main_ends_the_process_with_the_code(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FEEDBACK_LOOP_DEBUG", "1")
    with pytest.raises(SystemExit) as stop:
        entry.main(["bogus"])
    assert stop.value.code == 2
    assert "bogus" in capfd.readouterr().err


def test_an_error_that_repeats_something_endless_is_cut(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_with(UnknownChoice("colour", "r" * 100_000, ["blue"]), monkeypatch)
    outcome = call("query", "select 1")
    assert outcome.code == 2
    assert outcome.error.endswith("rrr …")
    assert len(outcome.error) < 5_000
