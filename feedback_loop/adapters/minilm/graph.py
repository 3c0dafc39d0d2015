"""The BERT encoder as an ONNX graph, put together in memory from the published weights.

Not here: pooling and unit length (`embedder`), because ONNX Runtime sums a batch of one in another order than a batch of two; the same
layers on eight-bit integers (`int8`). The rules that are easy to break: there is no attention mask, so that a batch may only hold texts
of one token length; and the weights are handed to the session beside the graph, because a graph that contains them takes ten times as
long to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnx import NodeProto, TensorProto, helper

from feedback_loop.adapters.minilm.weights import EncoderShape, Weights

CONTRIB = "com.microsoft"


@dataclass
class EncoderGraph:
    """Nodes and constants of a graph from `token_ids` (int64 [texts, tokens]) to `states` (float32 [texts, tokens, hidden])."""

    weights: Weights
    shape: EncoderShape
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, npt.NDArray[np.generic]] = field(default_factory=dict)

    def add(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """The name of the output of a new node."""
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """The name of a new constant."""
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def linear(self, source: str, layer: str) -> str:
        """The output of a published linear layer."""
        matrix = self.constant(f"{layer}.matrix", self.weights[f"{layer}.weight"].T)
        bias = self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])
        return self.add("Add", [self.add("MatMul", [source, matrix], f"{layer}.product"), bias], f"{layer}.sum")

    def attention(self, source: str, layer: str) -> str:
        """The output of a published attention block, before the linear layer behind it."""
        matrix, bias = self.attention_weights(layer)
        names = [self.constant(f"{layer}.attention.matrix", matrix), self.constant(f"{layer}.attention.bias", bias)]
        return self.add("Attention", [source, *names], f"{layer}.mixed", CONTRIB, num_heads=self.shape.head_count)

    def attention_weights(self, layer: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Query, key and value side by side: matrix [hidden, 3 hidden] and bias."""
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self.weights[f"{part}.weight"].T for part in parts], axis=1)
        return matrix, np.concatenate([self.weights[f"{part}.bias"] for part in parts])

    def normalised(self, source: str, layer: str, output: str) -> str:
        """The output of a published layer normalisation."""
        names = [self.constant(f"{layer}.{part}", self.weights[f"{layer}.{part}"]) for part in ("weight", "bias")]
        return self.add("LayerNormalization", [source, *names], output, axis=-1, epsilon=self.shape.epsilon)


class Encoder:
    """The graph, loaded: runs on one thread per call and may be called from several threads at once."""

    def __init__(self, empty: EncoderGraph, outputs: Sequence[str] = ("states",)) -> None:
        """Fills the graph, which says by its kind how layers are computed; more outputs than the states can be asked for by `named`."""
        graph = _encoder(empty)
        self._outputs = list(outputs)
        # The session reads these arrays where they stand, so they must live as long as it does.
        self._constants = {name: ort.OrtValue.ortvalue_from_numpy(value) for name, value in graph.constants.items()}
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Full optimisation fuses Add and LayerNormalization into an operator that is slower on CPUs.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_external_initializers(list(self._constants), list(self._constants.values()))
        self._session = ort.InferenceSession(_serialised(graph, self._outputs), options, providers=["CPUExecutionProvider"])

    def states(self, token_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """float32 [texts, tokens, hidden] of int64 [texts, tokens]: the last layer's state of each token."""
        return np.asarray(self._session.run(["states"], {"token_ids": token_ids})[0], dtype=np.float32)

    def named(self, token_ids: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.float32]]:
        """Every output that was asked for, by name."""
        return dict(zip(self._outputs, self._session.run(self._outputs, {"token_ids": token_ids}), strict=True))


def _encoder(graph: EncoderGraph) -> EncoderGraph:
    states = _token_embeddings(graph)
    last = graph.shape.layer_count - 1
    for index in range(graph.shape.layer_count):
        states = _layer(graph, f"encoder.layer.{index}", states, "states" if index == last else f"states.{index}")
    return graph


def _token_embeddings(graph: EncoderGraph) -> str:
    """Word, position and segment embeddings, normalised; a text has one segment."""
    words = graph.constant("words", graph.weights["embeddings.word_embeddings.weight"])
    segment = graph.weights["embeddings.token_type_embeddings.weight"][0]
    places = graph.constant("places", graph.weights["embeddings.position_embeddings.weight"][: graph.shape.maximum_tokens] + segment)
    first = graph.constant("first", np.array([0], dtype=np.int64))
    length = graph.add("Shape", ["token_ids"], "length", start=1, end=2)
    graph.add("Gather", [words, "token_ids"], "word_states")
    graph.add("Slice", [places, first, length, first], "place_states")
    graph.add("Add", ["word_states", "place_states"], "embedded")
    return graph.normalised("embedded", "embeddings.LayerNorm", "states.embedded")


def _layer(graph: EncoderGraph, layer: str, states: str, output: str) -> str:
    """One transformer layer: attention, feed-forward, each added to its input and normalised."""
    mixed = graph.attention(states, layer)
    attended = graph.add("Add", [graph.linear(mixed, f"{layer}.attention.output.dense"), states], f"{layer}.attended")
    middle = graph.normalised(attended, f"{layer}.attention.output.LayerNorm", f"{layer}.middle")
    wide = graph.add("Gelu", [graph.linear(middle, f"{layer}.intermediate.dense")], f"{layer}.wide", CONTRIB)
    fed = graph.add("Add", [graph.linear(wide, f"{layer}.output.dense"), middle], f"{layer}.fed")
    return graph.normalised(fed, f"{layer}.output.LayerNorm", output)


def _serialised(graph: EncoderGraph, outputs: Sequence[str]) -> bytes:
    """The graph as an ONNX model that names its constants without holding them."""
    token_ids = helper.make_tensor_value_info("token_ids", TensorProto.INT64, ["texts", "tokens"])
    states = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "tokens", None]) for name in outputs]
    constants = [_promised(name, value) for name, value in graph.constants.items()]
    operators = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
    body = helper.make_graph(graph.nodes, "encoder", [token_ids], states, constants)
    return bytes(helper.make_model(body, opset_imports=operators, ir_version=9).SerializeToString())


def _promised(name: str, value: npt.NDArray[np.generic]) -> TensorProto:
    """A tensor whose values the session receives by name."""
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(value.dtype), dims=value.shape)
    tensor.data_location = TensorProto.EXTERNAL
    for key, text in (("location", "in-memory"), ("offset", "0"), ("length", str(value.nbytes))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, text
    return tensor
