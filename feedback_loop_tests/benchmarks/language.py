"""How often and how fast the language of a text is told: `python -m feedback_loop_tests.benchmarks.language`.

Public sentences in 24 languages (shared/data/languages), whole and cut to their first 40 and 20 characters; by language, by length and by
stated confidence, for the even and the odd lines apart. Speed is that of one process on one list of all sentences, model loaded.
Not here: what follows a language (`benchmarks.classification`). Cut texts keep the language of their whole sentence, also where only an
English beginning is left, so that no method reaches 1 on them.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import version
from itertools import pairwise

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.methods.languages.guessing import determined, guess_languages
from feedback_loop_tests.real_reviews import FOLDER

SENTENCES = FOLDER.parent / "languages"
WHY_ABSENT = f"the public sentences are not at {SENTENCES}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds languages/"
LEAST_CHARS = 20
CUTS = (None, 40, 20)
CONFIDENCE_STEPS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)
LIBRARIES = ("py3langid", "numpy", "scipy")
AIM_ACCURACY, AIM_TEXTS_PER_SECOND = 0.97, 20_000


def sentences() -> pl.DataFrame:
    """All sentences of twenty characters or more with the language of their file; `is_even` halves them by line."""
    rows = [
        {"text": line, "language": file.stem, "is_even": number % 2 == 0}
        for file in sorted(SENTENCES.glob("*.txt"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines())
        if len(line) >= LEAST_CHARS
    ]
    return pl.DataFrame(rows)


def cut(text: str, most: int | None) -> str:
    """The text up to its last whole word within so many characters, where it has one."""
    if most is None or len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0] if " " in text[most // 2 : most] else text[:most]


def judged(rows: pl.DataFrame, most: int | None) -> pl.DataFrame:
    """The rows with the guess at each text, cut to so many characters, beside its language."""
    guesses = guess_languages(cut(text, most) for text in rows["text"])
    said = pl.Series([guess.language if guess else None for guess in guesses], dtype=pl.String)
    return rows.with_columns(
        is_right=said.eq_missing(rows["language"]),
        confidence=pl.Series([guess.confidence if guess else 0.0 for guess in guesses]),
        is_stored=pl.Series([determined(guess) is not None for guess in guesses]),
    )


def figures(rows: pl.DataFrame) -> list[str]:
    """Count, share right over all and over both halves, share stored and share right of what is stored."""
    halves = [rows.filter(pl.col("is_even") == even) for even in (True, False)]
    stored = rows.filter("is_stored")
    shares = [rows["is_right"].mean(), *(half["is_right"].mean() for half in halves), rows["is_stored"].mean(), stored["is_right"].mean()]
    return [f"{rows.height:,}", *("–" if share is None else f"{float(str(share)):.4f}" for share in shares)]


def accuracy_grid(by_length: dict[int | None, pl.DataFrame]) -> Grid:
    """By length, and for whole sentences by language."""
    grid = Grid("what", "texts", "right", "even lines", "odd lines", "stored", "right of stored", title="The language of sentences")
    for most, rows in by_length.items():
        grid.add_row("whole sentences" if most is None else f"first {most} characters", *figures(rows))
    whole = by_length[None]
    for language in whole["language"].unique().sort():
        grid.add_row(language, *figures(whole.filter(pl.col("language") == language)))
    return grid


def confidence_grid(by_length: dict[int | None, pl.DataFrame]) -> Grid:
    """Stated confidence beside what was right, over whole and cut texts, for each half."""
    grid = Grid("confidence", "texts, even", "stated", "right", "texts, odd", "stated", "right", title="What confidence means")
    rows = pl.concat(by_length.values())
    for low, high in pairwise(CONFIDENCE_STEPS):
        band = rows.filter(pl.col("confidence").is_between(low, high, closed="left"))
        cells = []
        for even in (True, False):
            half = band.filter(pl.col("is_even") == even)
            cells += [f"{half.height:,}", *(f"{float(str(half[column].mean() or 0)):.3f}" for column in ("confidence", "is_right"))]
        grid.add_row(f"from {low}", *cells)
    return grid


def texts_per_second(texts: list[str]) -> tuple[float, float]:
    """Per second of wall clock and of CPU, of the fastest of three; the second figure holds on a machine that others use too."""
    walls, cpus = [], []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        guess_languages(texts)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return len(texts) / min(walls), len(texts) / min(cpus)


def main() -> int:
    """Prints the tables; 1 where the data are absent or an aim is missed."""
    console = Console()
    if not SENTENCES.is_dir():
        console.print(WHY_ABSENT)
        return 1
    rows = sentences()
    by_length = {most: judged(rows, most) for most in CUTS}
    console.print(accuracy_grid(by_length), confidence_grid(by_length))
    accuracy, (by_wall, by_cpu) = float(str(by_length[None]["is_right"].mean())), texts_per_second(rows["text"].to_list())
    console.print(f"one process of {os.cpu_count()} cores: {by_wall:,.0f} texts/s, {by_cpu:,.0f} per CPU second")
    console.print(f"aims: {AIM_ACCURACY} right, {AIM_TEXTS_PER_SECOND:,} texts per CPU second")
    console.print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    return int(accuracy < AIM_ACCURACY or by_cpu < AIM_TEXTS_PER_SECOND)


if __name__ == "__main__":
    sys.exit(main())
