"""The `feedback-loop` command: each module parses the arguments of one command, calls what does the work, and prints.

What is computed lives in the stages, `workflows/`, `adapters/` and `defs/`. The rule that is easy to break: whatever is slow to import
(Dagster, dbt, DuckDB, the models) is imported inside the command that needs it, so that help and small commands start at once.
"""

from feedback_loop.cli.app import app
from feedback_loop.cli.entry import main

__all__ = ["app", "main"]
