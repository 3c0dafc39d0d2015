"""The README's list of tables, made from the contracts; a test fails when the two disagree.

Run `python -m feedback_loop.workflows.table_list` in the project's root to write it anew.
"""

from __future__ import annotations

from pathlib import Path

from feedback_loop.contracts.tables import Table, marts, python_tables

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
REGENERATE = "python -m feedback_loop.workflows.table_list"


def table_list() -> str:
    """Markdown: the marts with the question that each answers, then the tables that Python writes with their grain and lookback."""
    questions = [f"| `{t.name}` | {t.grain} | {t.question} |" for t in marts()]
    grains = [f"| `{t.name}` | {t.grain} | {_lookback(t)} |" for t in python_tables()]
    head, tail = (
        ["| Mart | One row is | It answers |", "|---|---|---|"],
        ["| Table | One row is | A day of it looks back |", "|---|---|---|"],
    )
    return "\n".join([*head, *questions, "", *tail, *grains])


def with_table_list(readme: str) -> str:
    """The README with its list of tables made anew; raises ValueError where the markers are missing."""
    before, rest = readme.split(BEGIN, 1)
    return f"{before}{BEGIN}\n{table_list()}\n{END}{rest.split(END, 1)[1]}"


def _lookback(table: Table) -> str:
    if table.lookback_days is None:
        return "on everything"
    return f"{table.lookback_days} days" if table.lookback_days else "–"


if __name__ == "__main__":
    path = Path("README.md")
    path.write_text(with_table_list(path.read_text(encoding="utf-8")), encoding="utf-8")
