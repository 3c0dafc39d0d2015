"""Another encoder than the published one: a folder with config.json, model.safetensors and tokenizer.json of any sentence encoder of BERT's
kind, such as a multilingual MiniLM.

Not here: which folder (`config`), and the graph (`graph`), which is the same for every size. The rule that is easy to break: what the graph
would compute wrongly is refused when the folder is opened; a vector that is slightly wrong is noticed by nobody.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from feedback_loop.adapters.minilm.weights import TOKENISER_FILE, WEIGHTS_FILE, EncoderShape, Weights
from feedback_loop.errors import EncoderUnusable

CONFIG_FILE = "config.json"
POOLING_FILE = Path("1_Pooling") / "config.json"
_FILES = (CONFIG_FILE, WEIGHTS_FILE, TOKENISER_FILE)
_MAXIMUM_TOKENS = 256
_PREFIX = "bert."
_NEEDED = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
# What BERT's configurations mean where they leave it out.
_ASSUMED = {"hidden_act": "gelu", "position_embedding_type": "absolute", "layer_norm_eps": 1e-12}
_SIZES = ("hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings")
_LAYER_PARTS = (
    *(f"attention.self.{part}" for part in ("query", "key", "value")),
    *("attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"),
)
_TABLES = tuple(f"embeddings.{table}_embeddings.weight" for table in ("word", "position", "token_type"))


class ChosenModel:
    """The encoder of one folder; its weights are read when the first text comes."""

    def __init__(self, folder: Path) -> None:
        """Raises EncoderUnusable where a file is missing, or the encoder is of another kind than the graph computes."""
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise EncoderUnusable(folder, f"it has no {', '.join(missing)}")
        self._folder = folder
        self.shape = _shape(folder)

    @property
    def name(self) -> str:
        """Kind and size, as versions name it."""
        return f"bert-l{self.shape.layer_count}-h{self.shape.hidden_size}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the files that decide a vector."""
        digest = hashlib.sha256()
        for name in _FILES:
            with (self._folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def weights(self) -> Weights:
        """The tensors that the graph reads, as float32. Raises EncoderUnusable where they are not there, or of another size."""
        try:
            tensors = load_file(self._folder / WEIGHTS_FILE)
        except (SafetensorError, TypeError, KeyError, AttributeError, ValueError) as error:
            # NumPy knows no bfloat16; the library then fails with one of several errors.
            raise EncoderUnusable(self._folder, f"{WEIGHTS_FILE} can't be read as float32 or float16") from error
        found = {name.removeprefix(_PREFIX): tensor for name, tensor in tensors.items()}
        missing = [name for name in _tensor_names(self.shape.layer_count) if name not in found]
        if missing:
            raise EncoderUnusable(self._folder, f"{WEIGHTS_FILE} has no tensor {missing[0]} ({len(missing)} of a BERT's are missing)")
        for name in _TABLES:
            if found[name].shape[1] != self.shape.hidden_size:
                raise EncoderUnusable(self._folder, f"{name} is not as wide as hidden_size in {CONFIG_FILE}")
        return {name: found[name].astype(np.float32) for name in _tensor_names(self.shape.layer_count)}

    def tokeniser(self) -> str:
        """The tokeniser's definition as JSON text. Raises EncoderUnusable where it defines none."""
        definition = (self._folder / TOKENISER_FILE).read_text(encoding="utf-8")
        try:
            Tokenizer.from_str(definition)
        except Exception as error:  # the library raises nothing more exact
            raise EncoderUnusable(self._folder, f"{TOKENISER_FILE} defines no tokeniser") from error
        return definition


def _shape(folder: Path) -> EncoderShape:
    """The size that the folder's config.json states."""
    content: dict[str, Any] = {**_ASSUMED, **_json(folder, CONFIG_FILE)}
    for key, needed in _NEEDED.items():
        if content.get(key) != needed:
            raise EncoderUnusable(folder, f"{CONFIG_FILE} has {key} {content.get(key)!r}, and only {needed!r} is computed here")
    wrong = [key for key in _SIZES if type(content.get(key)) is not int or content[key] < 1]
    if not wrong and content["hidden_size"] % content["num_attention_heads"]:
        wrong = ["num_attention_heads"]
    if type(content["layer_norm_eps"]) is not float or not 0 < content["layer_norm_eps"] < 1:
        wrong.append("layer_norm_eps")
    if wrong:
        raise EncoderUnusable(folder, f"{CONFIG_FILE} has no usable {', '.join(wrong)}")
    _require_mean(folder)
    hidden, layers, heads, places = (content[key] for key in _SIZES)
    return EncoderShape(hidden, layers, heads, content["layer_norm_eps"], min(_MAXIMUM_TOKENS, places))


def _require_mean(folder: Path) -> None:
    """Where the folder says how token states become one vector, it must be their mean."""
    if not (folder / POOLING_FILE).is_file():
        return
    modes = {key for key, value in _json(folder, str(POOLING_FILE)).items() if key.startswith("pooling_mode_") and value is True}
    if modes != {"pooling_mode_mean_tokens"}:
        raise EncoderUnusable(
            folder, f"{POOLING_FILE} asks for {', '.join(sorted(modes)) or 'no pooling'}, and only the mean is computed here"
        )


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except ValueError as error:
        raise EncoderUnusable(folder, f"{name} is not JSON") from error
    if not isinstance(content, dict):
        raise EncoderUnusable(folder, f"{name} is not a JSON object")
    return content


def _tensor_names(layer_count: int) -> list[str]:
    """The names of all tensors that the graph reads."""
    linear = ["embeddings.LayerNorm", *(f"encoder.layer.{index}.{part}" for index in range(layer_count) for part in _LAYER_PARTS)]
    return [*_TABLES, *(f"{name}.{part}" for name in linear for part in ("weight", "bias"))]
