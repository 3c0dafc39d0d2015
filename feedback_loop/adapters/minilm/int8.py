"""The encoder's layers on eight-bit integers: ranges of states that were measured once, so that no batch can move another's vector.

Here: the graph, and how ranges are measured; `feedback_loop_tests/benchmarks/static_int8.py` makes the file of them. The rule that is
easy to break: ranges are never taken from the texts at hand ("dynamic" quantisation), which would make a text's vector depend on its batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from feedback_loop.adapters.minilm.graph import CONTRIB, Encoder, EncoderGraph
from feedback_loop.adapters.minilm.weights import EncoderModel, EncoderShape

Floats = npt.NDArray[np.float32]
Ranges = dict[str, Floats]
"""The largest absolute value [channels] of each state that a linear layer reads, by the state's name in the graph."""

RANGES_FILE = Path(__file__).with_name("int8_ranges.safetensors")

_LARGEST = 127
_MIDDLE = 128
_SMALLEST_RANGE = 1e-5
# How much of a channel's range moves from the states into the weights: .8 gave a cosine of .998, 1 (all of it) .997, .5 less.
_SMOOTHING = 0.8


class Int8Kernel:
    """Layers on integers, by ranges of the published model."""

    def __init__(self, file: Path = RANGES_FILE) -> None:
        self._file = file

    @cached_property
    def name(self) -> str:
        """The way of computing and the ranges: vectors of other ranges are others. Change it with the graph."""
        return f"int8-ort-{hashlib.sha256(self._file.read_bytes()).hexdigest()[:8]}"

    def graph(self, model: EncoderModel) -> EncoderGraph:
        """An empty graph whose linear layers count in integers."""
        return Int8Graph(model.weights(), model.shape, ranges=load_file(self._file))


@dataclass
class Int8Graph(EncoderGraph):
    """The same graph with linear layers on integers; normalisation, softmax and sums stay in single precision."""

    ranges: Ranges = field(default_factory=dict)

    def linear(self, source: str, layer: str) -> str:
        """The output of a published linear layer, by unsigned states and signed weights."""
        scales = self._quantised(source, layer)
        matrix, steps, middle = self._weights(layer, self.weights[f"{layer}.weight"].T, scales)
        bias = self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])
        inputs = [f"{layer}.integers", matrix, f"{layer}.step", steps, f"{layer}.middle", middle, bias]
        return self.add("MatMulIntegerToFloat", inputs, f"{layer}.sum", CONTRIB)

    def attention(self, source: str, layer: str) -> str:
        """The output of a published attention block, whose three linear layers count in integers."""
        name = f"{layer}.attention"
        scales = self._quantised(source, name)
        weights, bias = self.attention_weights(layer)
        matrix, steps, middle = self._weights(name, weights, scales)
        bias_name = self.constant(f"{name}.bias", bias)
        inputs = [f"{name}.integers", matrix, bias_name, f"{name}.step", steps, "", f"{name}.middle", middle]
        return self.add("QAttention", inputs, f"{layer}.mixed", CONTRIB, num_heads=self.shape.head_count)

    def _quantised(self, source: str, name: str) -> Floats:
        """What each channel is divided by before it is rounded, so that no loud channel takes the steps of quiet ones (SmoothQuant)."""
        ranges = np.maximum(self.ranges[source], np.float32(_SMALLEST_RANGE))
        scales = np.asarray(ranges**_SMOOTHING, np.float32)
        smooth = self.constant(f"{name}.smooth", 1 / scales)
        step = self.constant(f"{name}.step", np.array((ranges / scales).max() / _LARGEST, np.float32))
        middle = self.constant(f"{name}.middle", np.array(_MIDDLE, np.uint8))
        self.add("QuantizeLinear", [self.add("Mul", [source, smooth], f"{name}.smoothed"), step, middle], f"{name}.integers")
        return scales

    def _weights(self, name: str, matrix: Floats, scales: Floats) -> tuple[str, str, str]:
        """Names of the integers [in, out], the step of each output and its middle."""
        scaled = matrix * scales[:, None]
        steps = np.abs(scaled).max(axis=0) / np.float32(_LARGEST)
        integers = self.constant(f"{name}.matrix", np.rint(scaled / steps).astype(np.int8))
        middle = self.constant(f"{name}.weight_middle", np.zeros(len(steps), np.int8))
        return integers, self.constant(f"{name}.weight_steps", steps.astype(np.float32)), middle


def measured_ranges(model: EncoderModel, tokens: Iterable[npt.NDArray[np.int64]]) -> Ranges:
    """The ranges of texts' states, one text after the other."""
    names = _read_states(model.shape)
    encoder = Encoder(EncoderGraph(model.weights(), model.shape), names)
    ranges: Ranges = {}
    for ids in tokens:
        for name, states in encoder.named(ids[None]).items():
            largest = np.abs(states).max(axis=(0, 1))
            ranges[name] = np.maximum(ranges.get(name, largest), largest)
    return ranges


def _read_states(shape: EncoderShape) -> list[str]:
    """The states that linear layers read, by their names in the graph."""
    layers = range(shape.layer_count)
    inputs = ["states.embedded", *(f"states.{index}" for index in layers[:-1])]
    return [*inputs, *(f"encoder.layer.{index}.{part}" for index in layers for part in ("mixed", "middle", "wide"))]
