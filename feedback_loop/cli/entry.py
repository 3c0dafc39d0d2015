"""Where a process starts and ends: arguments in, exit code out, and every failure as exactly one line on standard error.

0 done, 1 a refusal or failed check, 2 wrong usage or bad input, 130 interrupted from the keyboard. The rule that is easy to break: the
message of an error that is not ours may quote what a customer wrote, so only its class and its place are printed.
FEEDBACK_LOOP_DEBUG=1 adds the traceback.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

import typer

from feedback_loop.cli.app import app
from feedback_loop.cli.printing import one_line
from feedback_loop.errors import BadInput, FeedbackLoopError, StageFailed

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
DEBUG = "FEEDBACK_LOOP_DEBUG"

_LONGEST_LINE = 4_000
"""Characters of an error; one that repeats what somebody gave would else be as long as that."""

_STOPPED = "stopped. What had been written stays valid; run the same command again."
_INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")


def main(arguments: Sequence[str] | None = None) -> None:
    """Ends the process with the exit code of the command."""
    if not os.environ.get(DEBUG):
        # Libraries announce their own plans as warnings; the user can do nothing about them.
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(exit_code(sys.argv[1:] if arguments is None else arguments))


def exit_code(arguments: Sequence[str]) -> int:
    """Runs the command; whatever goes wrong has been said when this returns."""
    try:
        code = typer.main.get_command(app).main(args=list(arguments) or ["--help"], prog_name="feedback-loop", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_has_left()
    except BaseException as error:
        return _said(error, arguments)
    if code == INTERRUPTED:
        _say(_STOPPED)
    return code if isinstance(code, int) else 0


def _said(error: BaseException, arguments: Sequence[str]) -> int:
    if isinstance(error, SystemExit):
        # Typer turns a broken pipe into an exit of its own.
        return _reader_has_left() if isinstance(error.__context__, BrokenPipeError) else FAILED
    # Dagster catches an interrupt within a step and reports it as the cause of the step's failure.
    if type(error).__name__ in _INTERRUPTS or (isinstance(error, StageFailed) and error.cause in _INTERRUPTS):
        _say(_STOPPED)
        return INTERRUPTED
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    code, line = line_about(error)
    if not isinstance(error, FeedbackLoopError | OSError) and not all(map(_is_text, arguments)):
        # A path may hold any bytes; whatever else is told has to be text.
        code, line = WRONG_USAGE, "an argument is no UTF-8 text. Write it in UTF-8."
    _say(line)
    return code


def line_about(error: BaseException) -> tuple[int, str]:
    """The exit code and the line for an error."""
    match error:
        case BadInput():
            return WRONG_USAGE, str(error)
        case FeedbackLoopError():
            return FAILED, str(error)
        case typer.TyperException():
            return WRONG_USAGE, _about_usage(error)
        case OSError() if error.filename is not None:
            return FAILED, f"{os.fsdecode(error.filename)}: {error.strerror}. Check the path, its permissions and the free space."
        case _:
            kind = type(error).__name__
            return FAILED, f"unexpected {kind} in {_place(error)}. Nothing half-written stays; {DEBUG}=1 shows the traceback."


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _about_usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "feedback-loop"
    return f"{error.format_message().strip().rstrip('.')}. See `{command} --help`."


def _place(error: BaseException) -> str:
    """File and line of the innermost frame that is ours."""
    package = Path(__file__).resolve().parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)]
    if not ours:
        return "a library"
    return f"{Path(ours[-1].filename).relative_to(package.parent).as_posix()}:{ours[-1].lineno}"


def _say(line: str) -> None:
    told = one_line(line)
    typer.echo(f"error: {told if len(told) <= _LONGEST_LINE else told[:_LONGEST_LINE] + ' …'}", err=True)


def _reader_has_left() -> int:
    """A reader such as `head` that has seen enough is no failure; the rest of the output goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
