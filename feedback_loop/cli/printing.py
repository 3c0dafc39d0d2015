"""What a command prints: JSON for programs, tables and blocks for people; results on standard output, remarks on standard error.

Texts come from customers, so nothing of them may steer the terminal: control characters are shown as a replacement, and rich's markup is
never interpreted.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

MOST_SHOWN = 1_000_000
"""The highest --limit: far more than anybody reads, and no number that a database can't take."""

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

_JOINERS = "\u200c\u200d"
_WIDTH_WITHOUT_TERMINAL = 160
_LONGEST_CELL, _GAP = 400, 3


def print_json(value: object) -> None:
    """The value as JSON."""
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def plain(value: Any) -> Any:
    """The value in what JSON knows: instants and days in ISO form, bytes as hexadecimal, a number that is none as null."""
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(part) for part in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return plain(asdict(value))
        case _:
            return str(value)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows below their column names, numbers to the right; where they are too wide for that, one block per row."""
    from rich.console import Console

    console = Console()
    width = console.width if console.is_terminal else _WIDTH_WITHOUT_TERMINAL
    cells = [[shortened(_cell(value), _LONGEST_CELL) for value in row] for row in rows]
    if rows and sum(max(len(line[n]) for line in [columns, *cells]) + _GAP for n in range(len(columns))) > width:
        _print_blocks(columns, cells)
    else:
        Console(width=width).print(_table(columns, rows, cells))


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]], cells: list[list[str]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(columns):
        is_number = any(isinstance(row[position], int | float | Decimal) for row in rows)
        table.add_column(Text(printable(name)), justify="right" if is_number else "left")
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    return table


def _print_blocks(columns: Sequence[str], cells: list[list[str]]) -> None:
    widest = max(map(len, columns))
    for number, line in enumerate(cells, 1):
        typer.echo(f"── row {number}")
        for name, cell in zip(columns, line, strict=True):
            typer.echo(f"{printable(name):>{widest}}  {cell}")


def say(text: str = "") -> None:
    """One line or paragraph of a result."""
    typer.echo(printable(text))


def remark(text: str) -> None:
    """A line beside the result, on standard error."""
    typer.echo(f"note: {one_line(text)}", err=True)


def printable(text: str) -> str:
    """The text without anything that steers a terminal."""
    return "".join(c if c.isprintable() or c in _JOINERS or c == "\n" else "\ufffd" for c in text)


def one_line(text: str) -> str:
    """The text on one line."""
    return printable(re.sub(r"\s+", " ", text).strip())


def shortened(text: str, limit: int = 160) -> str:
    """The text on one line, cut at a word where it is longer than the limit."""
    line = one_line(text)
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float() | Decimal():
            return f"{value:,.3f}".rstrip("0").rstrip(".")
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            return ", ".join(_cell(part) for part in value)
        case dict():
            return json.dumps(plain(value), ensure_ascii=False)
        case _:
            return one_line(str(value))
