"""The generator, baseline and scorer of root-cause cases that are shared beside the public data, each run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from feedback_loop_tests.real_reviews import FOLDER

TOOLS = FOLDER.parents[1] / "benchmarks" / "root_cause"
WHY_ABSENT = f"the cases' generator is not at {TOOLS}; set FEEDBACK_LOOP_SHARED_DATA to the data folder beside its benchmarks folder"
Figures = dict[str, Any]
"""What the scorer prints, by its own names."""


def tool(name: str, *arguments: object) -> str:
    """What the tool printed; CalledProcessError where it failed."""
    command = [sys.executable, str(TOOLS / name), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
