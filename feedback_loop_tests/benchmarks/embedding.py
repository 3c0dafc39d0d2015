"""Speed and memory of the local embedding model: `python -m feedback_loop_tests.benchmarks.embedding [--fast]`.

Made-up texts of 12, 24 and 62 words from a pinned seed, and the distinct reviews of shared/data/play_reviews where they are present.
Not here: how well the vectors serve (the benchmarks of the stages that use them). Cold start runs in a process of its own.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder
from feedback_loop.ports import Embedder

SEED = 20_231_123
REVIEWS = Path(__file__).parents[3] / "shared" / "data" / "play_reviews"
SENTENCES = (
    "the app keeps closing when i open my account and nobody answers please fix this",
    "refund was never paid card login code screen slow update since yesterday good service",
    "cashback transfer failed twice support money order invoice cannot find button after new version phone",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
LIBRARIES = ("onnxruntime", "onnx", "tokenizers", "numpy")
COLD_START = (
    "import time; start = time.perf_counter()\n"
    "from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder\n"
    "loaded = time.perf_counter(); MiniLmEmbedder().embed(['one text'])\n"
    "print(loaded - start, time.perf_counter() - loaded)"
)


def made_up_texts(word_count: int, text_count: int) -> list[str]:
    """Distinct texts of `word_count` words, the same at every run."""
    seeded = random.Random(SEED + word_count)
    return [" ".join(seeded.choices(WORDS, k=word_count)) for _ in range(text_count)]


def real_reviews() -> list[str]:
    """The distinct review texts; empty where the data are absent."""
    texts: dict[str, None] = {}
    for path in sorted(REVIEWS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            texts.update(dict.fromkeys(row["content"] for row in csv.DictReader(file)))
    return list(texts)


def fastest(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Seconds of wall clock and of CPU of the fastest repetition: what others do on the machine only ever adds to them."""
    times = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(times)


def rate(embedder: Embedder, texts: list[str], repeats: int) -> str:
    """Texts per second of wall clock and of CPU; the second figure holds on a machine that others use too."""
    wall, cpu = fastest(lambda: embedder.embed(texts), repeats)
    return f"{len(texts) / wall:,.0f} texts/s, {len(texts) / cpu:,.0f} per CPU second ({len(texts):,} in {wall:.1f} s)"


def cold_start() -> str:
    """Seconds to import and to the first vector, in a fresh process."""
    done = subprocess.run([sys.executable, "-c", COLD_START], capture_output=True, text=True, check=True)
    imported, first = (float(part) for part in done.stdout.split())
    return f"{imported:.2f} s imports + {first:.2f} s to the first vector"


def measure(fast: bool) -> list[tuple[str, str]]:
    """Every figure with its name, in the order of the table."""
    repeats, divisor = (1, 8) if fast else (3, 1)
    model = MiniLmEmbedder()
    rows = [("cold start", cold_start())]
    model.embed(["warm"])
    rows += [
        (f"{words} words", rate(model, made_up_texts(words, count // divisor), repeats))
        for words, count in ((12, 1200), (24, 600), (62, 240))
    ]
    reviews = real_reviews()[::divisor]
    if not reviews:
        return [*rows, ("real reviews", "skipped: shared/data/play_reviews is absent"), ("peak memory", peak_memory())]
    with tempfile.TemporaryDirectory() as folder:
        cache = CachingEmbedder(model, Path(folder) / "embeddings.sqlite")
        rows.append(("distinct real reviews, cache empty", rate(cache, reviews, 1)))
        rows.append(("the same, from the cache", rate(cache, reviews, repeats)))
    rows.append(("peak memory", peak_memory()))
    return [*rows, ("the same with TF-IDF", rate(TfidfEmbedder(), reviews, 1))]


def peak_memory() -> str:
    """The largest resident size of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:,.0f} MB"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="an eighth of the texts, measured once")
    table = Table("figure", "measured", title=f"{MiniLmEmbedder().model_version}, seed {SEED}")
    for name, figure in measure(parser.parse_args().fast):
        table.add_row(name, figure)
    table.add_row("cores", f"{os.cpu_count()} ({platform.machine()})")
    table.add_row("versions", ", ".join(f"{name} {version(name)}" for name in LIBRARIES) + f", Python {platform.python_version()}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
