"""The `Embedder` port on all-MiniLM-L6-v2, or on another BERT that was chosen: mean of the token states, at unit length.

Not here: what is remembered between runs (`adapters.embedding_cache`). The rule that is easy to break: the bits of a vector follow from
its text alone, never from the batch, its order or its size. So texts are batched by exact token length (no padding, no mask), a batch is
computed by one thread, and states are pooled by NumPy, which adds the tokens one after the other whatever the batch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from feedback_loop.adapters.minilm.chosen_model import ChosenModel
from feedback_loop.adapters.minilm.graph import Encoder, EncoderGraph
from feedback_loop.adapters.minilm.int8 import Int8Kernel
from feedback_loop.adapters.minilm.tokenise import Tokeniser, Tokens
from feedback_loop.adapters.minilm.weights import EncoderModel, PublishedModel
from feedback_loop.ports import Vectors

# From 256 to 2,048 tokens at once the CPU time of a text differs by less than a tenth; small batches share out better among threads.
BATCH_TOKENS = 512

Rows = npt.NDArray[np.intp]


class Kernel(Protocol):
    """How layers are computed."""

    @property
    def name(self) -> str:
        """Names everything besides the weights that decides a vector: cached vectors follow it."""
        ...

    def graph(self, model: EncoderModel) -> EncoderGraph:
        """An empty graph that computes layers this way."""
        ...


class Fp32Kernel:
    """Layers in single precision. Change the name with graph, pooling or tokenisation."""

    name = "fp32-ort"

    def graph(self, model: EncoderModel) -> EncoderGraph:
        """The plain graph."""
        return EncoderGraph(model.weights(), model.shape)


def open_encoder(folder: Path | None = None) -> MiniLmEmbedder:
    """The encoder of the folder, or the published model without one. Raises EncoderUnusable, ModelWeightsMissing."""
    return MiniLmEmbedder(None if folder is None else ChosenModel(folder))


def open_int8_encoder() -> MiniLmEmbedder:
    """The published model on eight-bit integers: some 2.7 times as fast, its vectors at a cosine of .997 to the others'."""
    return MiniLmEmbedder(kernel=Int8Kernel())


class MiniLmEmbedder:
    """Sentence vectors computed on this machine, without network; the model is loaded when the first text comes."""

    def __init__(self, model: EncoderModel | None = None, threads: int | None = None, kernel: Kernel | None = None) -> None:
        """Raises ModelWeightsMissing at once where no other model is given and the weights of the published one are not installed."""
        self._model: EncoderModel = model or PublishedModel()
        self._kernel: Kernel = kernel or Fp32Kernel()
        self._threads = threads or os.cpu_count() or 1

    @property
    def model_version(self) -> str:
        """Model, kernel and weights."""
        return f"{self._model.name}/{self._kernel.name}/{self._model.digest[:12]}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._model.shape.hidden_size

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dimension], rows of unit length, in the order of the texts. Raises ModelWeightsCorrupt."""
        place = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        vectors = np.empty((len(place), self.dimension), dtype=np.float32)
        if place:
            tokens = self._tokeniser.tokenise(list(place))
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(partial(_compute, self._encoder, tokens, vectors), _batches(tokens)))
        return vectors[np.fromiter((place[text] for text in texts), dtype=np.intp, count=len(texts))]

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(self._kernel.graph(self._model))

    @cached_property
    def _tokeniser(self) -> Tokeniser:
        return Tokeniser(self._model.tokeniser(), self._model.shape.maximum_tokens)


def _batches(tokens: Sequence[Tokens]) -> Iterator[Rows]:
    """Rows of equal token length, the longest first, at most BATCH_TOKENS at once where one text is not longer than that."""
    lengths = np.array([len(ids) for ids in tokens])
    for length in np.unique(lengths)[::-1]:
        rows = np.flatnonzero(lengths == length)
        step = max(1, BATCH_TOKENS // int(length))
        yield from (rows[start : start + step] for start in range(0, len(rows), step))


def _compute(encoder: Encoder, tokens: Sequence[Tokens], vectors: Vectors, rows: Rows) -> None:
    """Writes the vectors of one batch into their rows."""
    vectors[rows] = pooled(encoder.states(np.stack([tokens[row] for row in rows])))


def pooled(states: npt.NDArray[np.float32]) -> Vectors:
    """float32 [texts, hidden] of unit length: the direction of the mean of each text's token states [texts, tokens, hidden]."""
    sums = states.sum(axis=1)
    return np.asarray(sums / np.sqrt(np.square(sums).sum(axis=1, keepdims=True)), dtype=np.float32)
