"""The files of the project as the convention tests see them: package modules with their syntax trees, and whatever is to be committed."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE, TESTS = PROJECT / "feedback_loop", PROJECT / "feedback_loop_tests"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEST_MODULES = sorted(TESTS.rglob("*.py"))


def place(file: Path) -> str:
    """The path inside the project, as failure messages name it."""
    return file.relative_to(PROJECT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(file.read_text(encoding="utf-8"))


def calls(file: Path) -> list[tuple[int, str]]:
    """Line and dotted name of everything that the module calls, such as (12, 'datetime.now')."""
    return [(node.lineno, ast.unparse(node.func)) for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]


def committed_files() -> list[Path]:
    """The files that git knows or would add; all but caches and data where the project is no clone."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        return [file for name in listed.stdout.splitlines() if (file := PROJECT / name).is_file()]
    tops = [PROJECT / name for name in ("feedback_loop", "feedback_loop_tests", "dbt_project", ".github", ".ci")]
    inner = [file for top in tops for file in top.rglob("*") if not {"target", "logs", "__pycache__"} & set(file.parts)]
    return [file for file in [*PROJECT.glob("*"), *inner] if file.is_file()]
