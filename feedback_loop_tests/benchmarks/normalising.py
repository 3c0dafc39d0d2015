"""Mojibake repaired, real texts left alone, and the speed of normalising: `python -m feedback_loop_tests.benchmarks.normalising`.

Data: the 24 languages, the Google Play reviews and the App Store reviews of shared/data; what is absent is said. Mojibake is made of each
text that is no ASCII, by reading its UTF-8 as another encoding; a text counts where repair gives exactly what it was. Not here: hostile
inputs (`fuzz`).
"""

from __future__ import annotations

import argparse
import csv
import platform
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from feedback_loop.methods.alignment import rewrite
from feedback_loop.methods.normal_text.mojibake import repaired
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop_tests.real_reviews import FOLDER

SHARED = FOLDER.parent
ENCODINGS = (("cp1252", 1), ("latin-1", 1), ("cp1252", 2), ("cp1251", 1), ("cp1250", 1), ("mac_roman", 1), ("cp437", 1))
WESTERN = frozenset("de en es fr it nl pt sv".split())  # noqa: SIM905 - a row of codes reads better
RUSSIAN = frozenset({"ru", "uk"})


def texts() -> dict[str, list[str]]:
    """The texts of each data set that is present, by its name."""
    found = {path.stem: path.read_text("utf-8").split("\n") for path in sorted((SHARED / "languages").glob("*.txt"))}
    reviews = list(_reviews())
    store = SHARED / "app_store_reviews" / "youtube_2017.txt"
    found |= {"play_reviews": reviews} if reviews else {}
    found |= {"app_store_reviews": store.read_text("utf-8", errors="replace").split("\n")} if store.exists() else {}
    return {name: [text for text in lines if text.strip()] for name, lines in found.items()}


def _reviews() -> Iterator[str]:
    for path in sorted((SHARED / "play_reviews").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (text for row in csv.DictReader(file) for text in (row["content"], row["replyContent"]) if text)


def misread(text: str, encoding: str, times: int) -> str:
    """The text with its UTF-8 read as another encoding, bytes that it leaves out kept as controls."""
    table = [bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(256)]
    for _ in range(times):
        text = "".join(table[byte] for byte in text.encode("utf-8"))
    return text


def read(text: str) -> str:
    """The text once nothing in it is mojibake."""
    while (following := rewrite(text, repaired(text)).text) != text:
        text = following
    return text


def share_repaired(lines: list[str], encoding: str, times: int) -> float:
    """The share of texts that are read exactly as they were before they were misread."""
    spoilt = [text for text in lines if not text.isascii()]
    return sum(read(misread(text, encoding, times)) == read(text) for text in spoilt) / max(1, len(spoilt))


def _rate(lines: list[str]) -> str:
    started = time.process_time()
    for text in lines:
        normalise(text)
    return f"{len(lines) / max(1e-9, time.process_time() - started):,.0f}"


def _table(found: dict[str, list[str]]) -> Table:
    table = Table(
        "data", "texts", "changed by repair", "normalised/CPU s", *(f"{name}{' twice' if n > 1 else ''}" for name, n in ENCODINGS)
    )
    for name, lines in found.items():
        changed = [text for text in lines if read(text) != text]
        shares = (f"{share_repaired(lines, *encoding):.3f}" for encoding in ENCODINGS)
        table.add_row(name, f"{len(lines):,}", str(len(changed)), _rate(lines), *shares)
    for name, members in (("all languages", set(found)), ("Western", WESTERN), ("Russian, Ukrainian", RUSSIAN)):
        lines = [text for member in members & set(found) for text in found[member]]
        table.add_row(name, f"{len(lines):,}", "", _rate(lines), *(f"{share_repaired(lines, *encoding):.3f}" for encoding in ENCODINGS))
    return table


def _print_changed(found: dict[str, list[str]], console: Console) -> None:
    """Where each text that repair changes begins to differ, to be looked at."""
    for name, lines in found.items():
        for text in lines:
            after = read(text)
            if after != text:
                at = next((i for i, (a, b) in enumerate(zip(text, after, strict=False)) if a != b), len(after))
                console.print(f"{name}: {text[max(0, at - 12) : at + 12]!r} -> {after[max(0, at - 12) : at + 12]!r}", markup=False)


def main() -> None:
    """Prints the table, and with `--changed` every text that repair changes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changed", action="store_true", help="print what repair changes in the texts as they are")
    options, console, found = parser.parse_args(), Console(width=170), texts()
    if not found:
        sys.exit(f"skipped: no data at {SHARED}; set FEEDBACK_LOOP_SHARED_DATA")
    console.print(_table(found))
    console.print(f"Python {platform.python_version()}")
    if options.changed:
        _print_changed(found, console)


if __name__ == "__main__":
    main()
