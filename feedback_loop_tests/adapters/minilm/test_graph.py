"""The graph computes BERT: checked against a second forward pass, written in NumPy in double precision from the paper's formulas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from safetensors import safe_open
from scipy.special import erf

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.adapters.minilm.tokenise import Tokeniser
from feedback_loop.adapters.minilm.weights import WEIGHTS_FILE, model_folder, read_tokeniser

Array = npt.NDArray[np.float64]

TEXTS = [
    "The app crashes whenever I open my statement",
    "ok",
    "",
    "मेरा पैसा वापस नहीं आया 😡",
    "I was charged twice for one order, support answered after nine days and closed the ticket without a refund. " * 20,
]


class Reference:
    """One text at a time, no batch, no fused operator."""

    def __init__(self, path: Path) -> None:
        with safe_open(path, "numpy") as file:
            self.tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118

    def linear(self, x: Array, name: str) -> Array:
        return np.asarray(x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"])

    def norm(self, x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"])

    def attention(self, x: Array, name: str) -> Array:
        q, k, v = (self.linear(x, f"{name}.{part}").reshape(len(x), 12, 32).transpose(1, 0, 2) for part in ("query", "key", "value"))
        scores = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(32))
        return np.asarray((scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(x), 384))

    def vector(self, ids: npt.NDArray[np.int64]) -> Array:
        t = self.tensors
        x = t["embeddings.word_embeddings.weight"][ids] + t["embeddings.position_embeddings.weight"][: len(ids)]
        x = self.norm(x + t["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for name in (f"encoder.layer.{i}" for i in range(6)):
            x = self.norm(
                self.linear(self.attention(x, f"{name}.attention.self"), f"{name}.attention.output.dense") + x,
                f"{name}.attention.output.LayerNorm",
            )
            wide = self.linear(x, f"{name}.intermediate.dense")
            x = self.norm(self.linear(wide * 0.5 * (1 + erf(wide / np.sqrt(2))), f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
        mean = x.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(model_folder() / WEIGHTS_FILE)


@pytest.mark.parametrize("text", TEXTS, ids=["sentence", "one word", "empty", "hindi and emoji", "longer than 256 tokens"])
def test_vector_is_that_of_the_reference(text: str, embedder: MiniLmEmbedder, reference: Reference) -> None:
    (ids,) = Tokeniser(read_tokeniser(model_folder())).tokenise([text])
    assert np.abs(embedder.embed([text])[0] - reference.vector(ids)).max() < 1e-5
