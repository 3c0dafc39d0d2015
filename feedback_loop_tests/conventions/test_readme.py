"""What the README names exists, and what a user needs is named there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from feedback_loop.cli import app
from feedback_loop.contracts.tables import TABLES, marts
from feedback_loop_tests.conventions.source_tree import PROJECT
from feedback_loop_tests.conventions.test_names import LAYERS

README = (PROJECT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))
SPANS = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
BLOCK_LINES = [line for block in re.findall(r"```[^\n]*\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
CODE = [*SPANS, *(line.removeprefix("$ ") for line in BLOCK_LINES)]
WORD = re.compile(r"[a-z][a-z-]*$")


def commands(node: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command of the command line, such as ('issues', 'show'); a group that is a command itself too."""
    node = typer.main.get_command(app) if node is None else node
    children = getattr(node, "commands", {})
    if path and (not children or getattr(node, "invoke_without_command", False)):
        yield path
    for name, child in children.items():
        if not child.hidden:
            yield from commands(child, (*path, name))


COMMANDS = sorted(set(commands()))
GROUPS = {path[:n] for path in COMMANDS for n in range(1, len(path) + 1)}


def named_commands() -> Iterator[tuple[str, ...]]:
    """The commands that the README calls, each as far as its words are words of the command tree or stand where such a word must."""
    for line in CODE:
        for called in re.finditer(r"(?:^|[\s/])feedback-loop((?: [^\n|&;]*)?)", line):
            words = _without_options(called.group(1).split())
            depth = next((n for n in range(len(words), 0, -1) if tuple(words[:n]) in GROUPS), 0)
            is_leaf = depth and not any(path[:depth] == tuple(words[:depth]) and len(path) > depth for path in GROUPS)
            if words and WORD.match(words[0]):
                yield tuple(
                    words[:depth] if is_leaf else words[: depth + 1] if words[depth:] and WORD.match(words[depth]) else words[:depth]
                )


def _without_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("--"):
        words = words[1:] if "=" in words[0] or words[0] in ("--version", "--help") else words[2:]
    return words


def test_every_make_target_of_the_readme_exists() -> None:
    named = {target for line in CODE for target in re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)", line)}
    assert sorted(named - TARGETS) == [], "the README names targets that the Makefile lacks"


def test_every_command_of_the_readme_exists() -> None:
    assert sorted({path for path in named_commands() if path not in GROUPS}) == [], "the README calls commands that do not exist"


def test_every_table_of_the_readme_exists() -> None:
    name = re.compile(rf"(?:{'|'.join(LAYERS)})_[a-z_]+[a-z]$")
    models = {file.stem for file in (PROJECT / "dbt_project").rglob("*.sql")}
    named = {word for span in SPANS for word in [span, *span.split(".")[:1]] if name.match(word)}
    assert sorted(named - set(TABLES) - models - _columns()) == [], "the README names tables that do not exist"


def _columns() -> set[str]:
    return {column for table in TABLES.values() for column in table.columns}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    node: Any = typer.main.get_command(app)
    for name in path:
        node = node.commands[name]
    assert node.help, f"feedback-loop {' '.join(path)}: give it a docstring"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_appears_in_the_readme(path: tuple[str, ...]) -> None:
    whole = re.compile(rf"(feedback-loop|^|[\s·|`(])[^\n]*\b{re.escape(' '.join(path))}\b")
    alternatives = rf"{' '.join(path[:-1])} [a-z|\\ -]*\b{re.escape(path[-1])}\b"
    assert any(whole.search(line) or re.search(alternatives, line) for line in CODE), f"show `feedback-loop {' '.join(path)}` in the README"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_appears_in_the_readme(name: str) -> None:
    assert name in SPANS, f"list `{name}` under '## Tables' in the README"


def test_every_mart_is_listed_with_the_question_that_it_answers() -> None:
    assert [table.question for table in marts() if table.question not in README] == [], "copy the question from contracts/tables.py"


def test_every_relative_link_leads_somewhere() -> None:
    links = [target.split("#")[0] for target in re.findall(r"\]\(([^)#:]+)\)", README)]
    assert [target for target in links if not (PROJECT / target).exists()] == []
