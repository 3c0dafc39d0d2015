"""The ranges of the eight-bit encoder, and how near its vectors come to those in single precision.

Run it with `python -m feedback_loop_tests.benchmarks.static_int8 [--write FILE] [--data FOLDER]`.
Ranges are measured on the seed taxonomy's sentences, alone and strung together; nearness, on texts that had no part in that. `--write`
makes the file anew, which changes the version of every vector of that kind. Not here: accuracy and speed (`classification_speed`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid
from safetensors.numpy import save_file

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder, open_int8_encoder
from feedback_loop.adapters.minilm.int8 import measured_ranges
from feedback_loop.adapters.minilm.tokenise import Tokeniser
from feedback_loop.adapters.minilm.weights import PublishedModel
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop_tests.benchmarks.embedding import made_up_texts, real_reviews
from feedback_loop_tests.benchmarks.text_classification import banking_rows, clinc_rows
from feedback_loop_tests.real_reviews import FOLDER

SINGLE = 400
STRUNG = 60


def calibration_texts() -> list[str]:
    """Some 460 sentences in nine languages, short ones alone and up to twelve in a row."""
    sentences = [text for text, _ in seed_taxonomy().training_examples()]
    alone = sentences[:: max(1, len(sentences) // SINGLE)]
    strung = [" ".join(sentences[(7 * i + 13 * j) % len(sentences)] for j in range(3 + i % 10)) for i in range(STRUNG)]
    return alone + strung


def nearness_grid(sets: dict[str, Sequence[str]]) -> Grid:
    """Cosines between both kinds of vectors, and what a text's neighbours in a batch do to it."""
    grid = Grid("texts", "mean cosine", "5 %", "least", "moved by batch", title="static int8 beside fp32")
    whole, integers = MiniLmEmbedder(), open_int8_encoder()
    for name, texts in sets.items():
        found = integers.embed(texts)
        cosines = (found * whole.embed(texts)).sum(axis=1)
        alone = np.concatenate([integers.embed([text]) for text in texts[:20]])
        figures = [f"{figure:.4f}" for figure in (cosines.mean(), np.quantile(cosines, 0.05), cosines.min())]
        grid.add_row(f"{name} ({len(texts)})", *figures, f"{np.abs(alone - found[:20]).max():.0e}")
    return grid


def main() -> int:
    """Prints the table; 1 where the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="where to write ranges that are measured anew")
    parser.add_argument("--data", type=Path, default=FOLDER.parent, help="folder that holds banking77/ and clinc150/")
    options = parser.parse_args()
    if options.write:
        model = PublishedModel()
        tokens = Tokeniser(model.tokeniser(), model.shape.maximum_tokens).tokenise(calibration_texts())
        save_file(measured_ranges(model, tokens), options.write)
    sets: dict[str, Sequence[str]] = {"made up, 62 words": made_up_texts(62, 40)}
    if (options.data / "banking77").is_dir() and (options.data / "clinc150").is_dir():
        sets["Banking77"] = [one.text for one in banking_rows(options.data)][::100]
        sets["CLINC150"] = [one.text for one in clinc_rows(options.data)["val"]][::30]
    if reviews := real_reviews():
        sets["reviews"] = reviews[::80]
    Console(width=120).print(nearness_grid(sets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
