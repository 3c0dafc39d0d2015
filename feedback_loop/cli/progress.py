"""Progress on standard error, and only where that is a terminal: programs and logs see results alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str], None]
"""Called with the name of what has just ended."""


@contextmanager
def steps(title: str, total: int) -> Iterator[Advance]:
    """A bar of `total` steps."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[title]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, title=title)
        yield lambda name: progress.update(task, advance=1, description=name)


@contextmanager
def waiting(title: str) -> Iterator[Advance]:
    """A spinner for work whose length is not known; the name that is called with stands beside it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(title) as status:
        yield lambda name: status.update(f"{title} {name}")
