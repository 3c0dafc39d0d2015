"""A second forward pass of BERT, written in NumPy in double precision from the paper's formulas: what the graph is compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from scipy.special import erf

from feedback_loop.adapters.minilm.weights import EncoderShape

Array = npt.NDArray[np.float64]


class Reference:
    """One text at a time, no batch, no fused operator."""

    def __init__(self, path: Path, shape: EncoderShape) -> None:
        self.shape = shape
        with safe_open(path, "numpy") as file:
            self.tensors = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118

    def linear(self, x: Array, name: str) -> Array:
        return np.asarray(x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"])

    def norm(self, x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(-1, keepdims=True) + self.shape.epsilon)
        return np.asarray(scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"])

    def attention(self, x: Array, name: str) -> Array:
        heads, width = self.shape.head_count, self.shape.hidden_size // self.shape.head_count
        q, k, v = (self.linear(x, f"{name}.{part}").reshape(len(x), heads, width).transpose(1, 0, 2) for part in ("query", "key", "value"))
        scores = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(width))
        return np.asarray((scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(x), self.shape.hidden_size))

    def vector(self, ids: npt.NDArray[np.int64]) -> Array:
        t = self.tensors
        x = t["embeddings.word_embeddings.weight"][ids] + t["embeddings.position_embeddings.weight"][: len(ids)]
        x = self.norm(x + t["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for name in (f"encoder.layer.{i}" for i in range(self.shape.layer_count)):
            x = self.norm(
                self.linear(self.attention(x, f"{name}.attention.self"), f"{name}.attention.output.dense") + x,
                f"{name}.attention.output.LayerNorm",
            )
            wide = self.linear(x, f"{name}.intermediate.dense")
            x = self.norm(self.linear(wide * 0.5 * (1 + erf(wide / np.sqrt(2))), f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
        mean = x.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))
